//! Clients: retries, redirects, giving up, identities, closed and open loops.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use service::{
    Answer, Client, ClientConfig, ClientIndication, ClientStable, ClientTimer, Command, Key,
    KeyValue, Loop, Operation, Output, Reply, Request, Routing, Scripted, ServiceMessage,
};
use sim_node::{Class, Duration, Effect, Harness, LocalTime, Message, NodeId, Span};
use sim_protocol::Workload as _;

/// What clients and servers say, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Word {
    Request(Request),
    Reply(Reply),
}

impl Message for Word {
    const KINDS: &'static [(&'static str, Class)] =
        &[("Request", Class::Client), ("Reply", Class::Client)];
    fn kind(&self) -> usize {
        matches!(self, Self::Reply(_)).into()
    }
}

impl ServiceMessage for Word {
    fn request(request: Request) -> Self {
        Self::Request(request)
    }
    fn into_reply(self) -> Result<Reply, Self> {
        match self {
            Self::Reply(reply) => Ok(reply),
            other => Err(other),
        }
    }
}

/// One client of three servers, in a test harness. It is node 3.
struct TestClient {
    harness: Harness<Client<Word>>,
    /// What it sent in the last step: to whom, for which operation, and whether again.
    sent: Vec<(u32, Request, bool)>,
    /// What it told in the last step.
    told: Vec<ClientIndication>,
}

impl TestClient {
    fn new(workload: KeyValue) -> Self {
        Self::routed(workload, Routing::Single)
    }

    fn routed(workload: KeyValue, routing: Routing) -> Self {
        let config = ClientConfig { workload, first: 3, routing };
        let (harness, _) = Harness::new(config, NodeId::new(3), 3);
        let mut client = Self { harness, sent: Vec::new(), told: Vec::new() };
        client.take();
        client
    }

    fn restart(&mut self) {
        self.harness.restart();
        self.take();
    }

    fn fire(&mut self, timer: ClientTimer) {
        self.harness.fire(timer);
        self.take();
    }

    fn receive(&mut self, from: u32, operation: Operation, answer: Answer) {
        self.harness.receive(NodeId::new(from), Word::Reply(Reply { operation, answer }));
        self.take();
    }

    /// The next operation begins. Returns whom it asked, and for what.
    fn begin(&mut self) -> (u32, Operation) {
        self.fire(ClientTimer::Next);
        let [(to, request, false)] = self.sent.as_slice() else { panic!("{:?}", self.sent) };
        (*to, request.operation)
    }

    /// Sorts what the step did.
    fn take(&mut self) {
        let request = |effect: &Effect<_>| match effect {
            Effect::Send { to, message: Word::Request(request), resend, .. } => {
                Some((to.number(), request.clone(), *resend))
            }
            Effect::Send { message, .. } => panic!("a client sends {message:?}"),
            _ => None,
        };
        self.sent = self.harness.effects.iter().filter_map(request).collect();
        self.told = std::mem::take(&mut self.harness.told);
    }
}

fn closed(operations: u32, attempts: u32) -> KeyValue {
    KeyValue { clients: 1, operations, attempts, ..KeyValue::default() }
}

fn done() -> Answer {
    Answer::Done(Output::Value(None))
}

const OVERDUE: ClientTimer = ClientTimer::Overdue(0);

#[test]
fn an_operation_is_told_asked_answered_and_told() {
    let mut client = TestClient::new(closed(1, 0));
    let (_, operation) = client.begin();
    let [ClientIndication::Invoked { operation: told, .. }] = client.told[..] else {
        panic!("one operation begins: {:?}", client.told)
    };
    assert_eq!(told, operation);
    assert!(!client.harness.node.is_done());
    client.receive(0, operation, done());
    let output = Output::Value(None);
    assert_eq!(client.told, [ClientIndication::Answered { operation, output }]);
    assert!(client.harness.node.is_done());
    assert!(client.harness.timers.is_empty(), "nothing is left to do: {:?}", client.harness.timers);
}

/// A retry is the same operation, at the next server, for as long as it takes.
#[test]
fn a_retry_is_the_same_operation_at_the_next_server() {
    let mut client = TestClient::new(closed(1, 0));
    let (first, operation) = client.begin();
    for attempt in 1..=10 {
        client.fire(OVERDUE);
        let [(to, request, again)] = client.sent.as_slice() else { panic!("{:?}", client.sent) };
        assert_eq!((*to, request.operation, *again), ((first + attempt) % 3, operation, true));
        assert!(client.told.is_empty(), "nothing has come of it");
    }
}

#[test]
fn a_late_answer_is_an_answer_and_a_second_one_is_none() {
    let mut client = TestClient::new(closed(2, 0));
    let (first, operation) = client.begin();
    client.fire(OVERDUE);
    client.receive(first, operation, done());
    assert_eq!(client.told.len(), 1);
    client.receive((first + 1) % 3, operation, done());
    assert!(client.told.is_empty() && client.sent.is_empty());
    let (to, next) = client.begin();
    assert_eq!((to, next.client, next.sequence), (first, operation.client, operation.sequence + 1));
    client.receive(first, operation, done());
    assert!(client.told.is_empty(), "an answer to another operation");
}

/// After giving up, nobody knows whether it took effect: what comes next has another identity, so
/// that it cannot be taken for a later operation of the same session.
#[test]
fn giving_up_takes_a_new_identity() {
    let mut client = TestClient::new(closed(3, 2));
    let (_, operation) = client.begin();
    client.fire(OVERDUE);
    assert_eq!(client.sent.len(), 1, "the second attempt");
    client.fire(OVERDUE);
    assert!(client.sent.is_empty());
    assert_eq!(client.told, [ClientIndication::GivenUp { operation }]);
    client.receive(0, operation, done());
    assert!(client.told.is_empty(), "it waits for it no longer");
    let (_, next) = client.begin();
    assert_ne!(next.client, operation.client);
    assert_eq!((next.client.node, next.sequence), (operation.client.node, 1));
}

/// A redirect is followed at once, and the leader is asked first from then on.
#[test]
fn redirects_are_followed() {
    let mut client = TestClient::new(closed(2, 0));
    let (first, operation) = client.begin();
    let leader = (first + 2) % 3;
    client.receive(first, operation, Answer::Redirect(Some(NodeId::new(leader))));
    let [(to, request, again)] = client.sent.as_slice() else { panic!("{:?}", client.sent) };
    assert_eq!((*to, request.operation, *again), (leader, operation, true));
    client.receive(leader, operation, done());
    assert_eq!(client.begin().0, leader);
}

/// Two servers that send it from one to the other are left alone after a while: the answer becomes
/// overdue although replies come all the time.
#[test]
fn redirects_in_a_circle_end() {
    let mut client = TestClient::new(closed(1, 0));
    let (mut at, operation) = client.begin();
    client.harness.timers.clear();
    for _ in 0..3 {
        let other = 1 - at;
        client.receive(at, operation, Answer::Redirect(Some(NodeId::new(other))));
        assert_eq!(client.sent.len(), 1);
        at = other;
    }
    client.receive(at, operation, Answer::Redirect(Some(NodeId::new(1 - at))));
    assert!(client.sent.is_empty(), "as many redirects as there are servers");
    assert!(client.harness.timers.is_empty(), "what is overdue stays so, wherever redirects lead");
    client.harness.timers.insert(OVERDUE, Span::from(Duration::from_millis(1)));
    let asked: BTreeSet<u32> = (0..3)
        .map(|_| {
            client.fire(OVERDUE);
            client.sent[0].0
        })
        .collect();
    assert_eq!(asked.len(), 3, "each server has its turn");
}

/// In a chain, the head takes updates, and the tail answers both them and reads.
#[test]
fn updates_and_reads_may_have_servers_of_their_own() {
    let mix = |get, put| service::Mix { get, put, append: 0, cas: 0, delete: 0 };
    let route = |mix, routing| {
        let workload = KeyValue { mix, ..closed(2, 0) };
        let mut client = TestClient::routed(workload, routing);
        let (first, operation) = client.begin();
        client.receive((first + 2) % 3, operation, done());
        (client.begin().0 + 3 - first) % 3
    };
    assert_eq!(route(mix(0, 1), Routing::Split), 0, "an update goes to where the last one went");
    assert_eq!(route(mix(1, 0), Routing::Split), 2, "a read goes to who answered the last one");
    assert_eq!(route(mix(0, 1), Routing::Single), 2);
    assert_eq!(route(mix(1, 0), Routing::Single), 2);
}

#[test]
fn redirects_that_lead_nowhere_are_waited_out() {
    for to in [None, Some(0), Some(3), Some(99)] {
        let mut client = TestClient::new(closed(1, 0));
        let (first, operation) = client.begin();
        assert_eq!(first, 0);
        client.receive(first, operation, Answer::Redirect(to.map(NodeId::new)));
        assert!(client.sent.is_empty(), "to {to:?}: nobody to ask but whom it has asked");
        assert!(client.harness.timers.contains_key(&OVERDUE));
        client.fire(OVERDUE);
        assert_eq!(client.sent.len(), 1);
    }
}

#[test]
fn a_closed_loop_has_one_operation_under_way() {
    let mut client = TestClient::new(closed(3, 0));
    for sequence in 1..=3 {
        let (to, operation) = client.begin();
        assert_eq!(operation.sequence, sequence);
        assert!(!client.harness.timers.contains_key(&ClientTimer::Next), "it waits for the answer");
        client.receive(to, operation, done());
    }
    assert!(client.harness.node.is_done() && client.harness.timers.is_empty());
}

/// An open loop begins operations whether or not others are answered, each in a session of its own.
#[test]
fn an_open_loop_has_a_lane_for_each_operation_under_way() {
    let every = Span::exactly(Duration::from_millis(5));
    let mut client = TestClient::new(KeyValue { arrivals: Loop::Open { every }, ..closed(5, 0) });
    let begun: Vec<Operation> = (0..4).map(|_| client.begin().1).collect();
    let sessions: BTreeSet<u64> = begun.iter().map(|one| one.client.session).collect();
    assert_eq!(sessions.len(), 4, "operations under way at once are of different sessions");
    for lane in 0..4 {
        assert!(client.harness.timers.contains_key(&ClientTimer::Overdue(lane)));
    }
    client.receive(0, begun[2], done());
    assert!(!client.harness.timers.contains_key(&ClientTimer::Overdue(2)));
    let (_, last) = client.begin();
    assert_eq!((last.client, last.sequence), (begun[2].client, 2), "an idle lane goes on");
    assert!(!client.harness.timers.contains_key(&ClientTimer::Next), "all have begun");
    client.fire(ClientTimer::Overdue(3));
    assert_eq!(client.sent[0].1.operation, begun[3], "each lane has its own timeout");
    assert!(!client.harness.node.is_done());
    for operation in [begun[0], begun[1], begun[3], last] {
        client.receive(0, operation, done());
    }
    assert!(client.harness.node.is_done());
}

/// A restarted client remembers how often it has started, and so never uses an identity twice.
#[test]
fn a_restart_never_uses_an_identity_again() {
    let mut client = TestClient::new(closed(100, 1));
    let mut seen = BTreeSet::new();
    for start in 0..5 {
        for _ in 0..3 {
            let (_, operation) = client.begin();
            assert!(seen.insert(operation.client), "{operation} after {start} restarts");
            client.fire(OVERDUE);
        }
        let (_, operation) = client.begin();
        assert!(seen.insert(operation.client), "under way at the crash: {operation}");
        client.restart();
    }
    assert_eq!(*client.harness.disk, ClientStable { starts: 6, begun: 20 });
}

/// An operation counts before anybody receives it: a crash loses only what was never sent, and its
/// number is free.
#[test]
fn an_operation_counts_before_it_is_spoken_of() {
    let mut client = TestClient::new(closed(1, 0));
    client.harness.slow_disk = true;
    client.harness.fire(ClientTimer::Next);
    assert_eq!((client.harness.held().count(), &client.harness.told), (2, &vec![]));
    client.restart();
    client.harness.sync();
    assert_eq!(*client.harness.disk, ClientStable { starts: 2, begun: 0 });
    assert_eq!(client.harness.fire(ClientTimer::Next), []);
    assert_eq!((client.harness.sync().len(), client.harness.told.len()), (1, 1));
    assert_eq!(*client.harness.disk, ClientStable { starts: 2, begun: 1 });
    client.restart();
    assert!(client.harness.node.is_done());
}

/// What it had begun counts, so that all its incarnations together make the operations of its
/// share.
#[test]
fn a_restarted_client_makes_what_is_left() {
    let mut client = TestClient::new(closed(3, 0));
    let (to, operation) = client.begin();
    client.receive(to, operation, done());
    client.begin();
    client.restart();
    let (to, operation) = client.begin();
    client.receive(to, operation, done());
    assert!(client.harness.node.is_done() && client.harness.timers.is_empty());
}

/// Values tell every write apart, over all clients and restarts.
#[test]
fn every_write_has_a_value_of_its_own() {
    let mix = service::Mix { get: 0, put: 1, append: 0, cas: 0, delete: 0 };
    let mut client = TestClient::new(KeyValue { mix, ..closed(6, 1) });
    let mut values = BTreeSet::new();
    for _ in 0..6 {
        client.begin();
        let Command::Put(_, value) = client.sent[0].1.command.clone() else {
            panic!("only puts are asked for")
        };
        assert!(value.starts_with("3."), "the client's number: {value}");
        assert!(values.insert(value));
        client.restart();
    }
}

fn scripted() -> KeyValue {
    let at = |millis, client, command| Scripted::At(Duration::from_millis(millis), client, command);
    let put = |value: &str| Command::Put(Key(1), value.to_owned());
    let script = vec![
        at(20, 0, put("a")),
        at(30, 1, put("b")),
        Scripted::To(Duration::from_millis(40), 0, NodeId::new(2), Command::Get(Key(1))),
    ];
    KeyValue { script, ..closed(0, 0) }
}

/// Each client makes its own, whether or not it waits for something.
#[test]
fn operations_of_the_script_begin_at_their_times() {
    let mut client = TestClient::new(scripted());
    let spans = |client: &TestClient| -> Vec<(ClientTimer, Duration)> {
        let timers = client.harness.timers.iter();
        timers.map(|(timer, span)| (*timer, span.shortest())).collect()
    };
    let millis = Duration::from_millis;
    let (first, second) = (ClientTimer::Scripted(0), ClientTimer::Scripted(2));
    assert_eq!(spans(&client), [(first, millis(20)), (second, millis(40))]);
    assert!(!client.harness.node.is_done());
    client.fire(first);
    let [(0, put, false)] = client.sent.as_slice() else { panic!("{:?}", client.sent) };
    let put = put.clone();
    assert_eq!(put.command, Command::Put(Key(1), "a".to_owned()));
    client.fire(second);
    let [(2, get, false)] = client.sent.as_slice() else { panic!("{:?}", client.sent) };
    let get = get.clone();
    assert_eq!(get.command, Command::Get(Key(1)));
    assert_ne!(get.operation.client, put.operation.client, "two sessions");
    client.receive(2, get.operation, done());
    client.receive(0, put.operation, Answer::Done(Output::Done));
    assert!(client.harness.node.is_done());
}

/// Nobody makes up for what came while a client was down.
#[test]
fn a_restarted_client_leaves_out_what_is_over() {
    let mut client = TestClient::new(scripted());
    client.harness.now = LocalTime::from_nanos(25_000_000);
    client.restart();
    let timers = client.harness.timers.iter();
    let left: Vec<_> = timers.map(|(timer, span)| (*timer, span.shortest())).collect();
    assert_eq!(left, [(ClientTimer::Scripted(2), Duration::from_millis(15))]);
}

#[test]
fn a_script_is_of_clients_keys_and_servers_that_exist() {
    let wrong = |scripted: Scripted| {
        let workload = KeyValue { script: vec![scripted], ..closed(0, 0) };
        workload.validate(3).expect_err("it is wrong").message
    };
    let at = |client, key| Scripted::At(Duration::ZERO, client, Command::Get(Key(key)));
    assert!(wrong(at(1, 0)).contains("client 1"), "{}", wrong(at(1, 0)));
    assert!(wrong(at(0, 4)).contains("key 4"), "{}", wrong(at(0, 4)));
    let to_client = Scripted::To(Duration::ZERO, 0, NodeId::new(3), Command::Get(Key(0)));
    assert!(wrong(to_client.clone()).contains("node 3"), "{}", wrong(to_client));
    assert_eq!(scripted().script.len(), 3);
    assert!(KeyValue { clients: 2, ..scripted() }.validate(3).is_ok());
}

/// The share of each client, which together are all operations.
#[test]
fn clients_share_the_operations() {
    for (clients, operations) in [(1, 7), (3, 7), (3, 9), (5, 3), (4, 0)] {
        let workload = KeyValue { clients, operations, ..KeyValue::default() };
        let shares: Vec<u32> = (0..clients).map(|place| workload.share(place)).collect();
        assert_eq!(shares.iter().sum::<u32>(), operations);
        let (least, most) = (shares.iter().min(), shares.iter().max());
        assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 1), "{shares:?}");
    }
}
