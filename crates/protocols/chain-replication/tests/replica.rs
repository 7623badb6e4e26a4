//! Claims about single replicas and the master, each in a test harness, by section of the papers.

mod cluster;

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use chain_replication::{
    Assignment, Chunk, ChunkReply, Config, Configuration, Consistency, Disk, Epoch, Grant,
    Incarnation, Member, Message, Position, Reads, Record, Replica, Update,
};
use cluster::{config, ms, with};
use service::{Answer, ClientId, Command, Key, Operation, Output, Request, Store};
use sim_node::{Harness, LocalTime, NodeId, Stable};

type Sent = (NodeId, Message);

/// A replica in a test harness, in words of chain replication.
struct Subject(Harness<Replica>);

impl Deref for Subject {
    type Target = Harness<Replica>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Subject {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl Subject {
    fn new(id: u32, config: Config) -> Self {
        let replicas = config.nodes;
        let (mut harness, _) = Harness::new(config, NodeId::new(id), replicas);
        // A replica makes no choices.
        harness.choices = Some(VecDeque::new());
        Self(harness)
    }

    /// One that the master has answered.
    fn granted(id: u32, config: Config) -> Self {
        let master = config.nodes;
        let mut harness = Self::new(id, config);
        let grant = Grant { incarnation: Incarnation(1), sent: harness.now };
        harness.receive(master, Message::Grant(grant));
        harness
    }

    fn receive(&mut self, from: u32, message: Message) -> Vec<Sent> {
        self.0.receive(NodeId::new(from), message)
    }
}

const CLIENT: u32 = 9;

fn operation(sequence: u64) -> Operation {
    Operation { client: ClientId { node: NodeId::new(CLIENT), session: 0 }, sequence }
}

fn put(sequence: u64) -> Arc<Request> {
    let command = Command::Put(Key(0), format!("v{sequence}"));
    Arc::new(Request { operation: operation(sequence), command })
}

fn get(sequence: u64) -> Arc<Request> {
    Arc::new(Request { operation: operation(sequence), command: Command::Get(Key(0)) })
}

fn update(epoch: u64, position: u64) -> Message {
    let update = Update { position: Position(position), request: put(position) };
    Message::Update(Epoch(epoch), update)
}

/// The chain of these replicas, of which the links are as old as that.
fn chain(epoch: u64, members: &[(u32, u64)]) -> Configuration {
    let member = |(node, linked): &(u32, u64)| Member {
        node: NodeId::new(*node),
        origin: Incarnation(1),
        incarnation: Incarnation(1),
        linked: Epoch(*linked),
    };
    let chain = members.iter().map(member).collect();
    Configuration { epoch: Epoch(epoch), chain, joining: None }
}

fn configure(configuration: Configuration, successor_last: Option<u64>) -> Message {
    let (configuration, successor_last) = (configuration.into(), successor_last.map(Position));
    Message::Configure(Assignment { configuration, successor_last })
}

fn to(messages: &[Sent], node: u32) -> Vec<&Message> {
    let of = |(to, _): &&Sent| *to == NodeId::new(node);
    messages.iter().filter(of).map(|(_, message)| message).collect()
}

fn answers(messages: &[Sent]) -> Vec<Answer> {
    let answer = |message: &&Message| match message {
        Message::Reply(reply) => Some(reply.answer.clone()),
        _ => None,
    };
    to(messages, CLIENT).iter().filter_map(answer).collect()
}

/// Section 3: "update requests are forwarded to the head, queries to the tail".
#[test]
fn updates_are_for_the_head_and_queries_for_the_tail() {
    for (id, request, serves) in [(0, put(1), 0), (1, put(1), 0), (2, put(1), 0)] {
        let messages = Subject::new(id, config(3)).receive(CLIENT, Message::Request(request));
        let redirect = vec![Answer::Redirect(Some(NodeId::new(serves)))];
        assert_eq!(answers(&messages), if id == serves { vec![] } else { redirect });
    }
    for id in 0..3 {
        let messages = Subject::granted(id, config(3)).receive(CLIENT, Message::Request(get(1)));
        let there = if id == 2 {
            Answer::Done(Output::Value(None))
        } else {
            Answer::Redirect(Some(NodeId::new(2)))
        };
        assert_eq!(answers(&messages), [there]);
    }
}

/// Section 3: only the tail replies, so that what is answered is with all.
#[test]
fn only_the_tail_answers_an_update() {
    let messages = Subject::new(0, config(3)).receive(CLIENT, Message::Request(put(1)));
    assert_eq!((to(&messages, 1).len(), answers(&messages).len()), (1, 0));
    let messages = Subject::new(1, config(3)).receive(0, update(1, 1));
    assert_eq!((to(&messages, 2).len(), answers(&messages).len()), (1, 0));
    let messages = Subject::new(2, config(3)).receive(1, update(1, 1));
    assert_eq!(to(&messages, 1), [&Message::Ack(Epoch(1), Position(1))]);
    assert_eq!(answers(&messages), [Answer::Done(Output::Done)]);
}

/// Section 2: a request that is sent again is not executed again; once it took effect, the tail is
/// asked to answer once more.
#[test]
fn what_is_asked_again_takes_effect_once() {
    let mut head = Subject::new(0, config(3));
    head.receive(CLIENT, Message::Request(put(1)));
    assert_eq!(head.receive(CLIENT, Message::Request(put(1))), [], "it is under way");
    head.receive(1, Message::Ack(Epoch(1), Position(1)));
    let messages = head.receive(CLIENT, Message::Request(put(1)));
    assert_eq!(to(&messages, 2), [&Message::Again(put(1))]);
    assert_eq!(head.node.last(), Position(1));
    let mut tail = Subject::new(2, config(3));
    tail.receive(1, update(1, 1));
    let messages = tail.receive(0, Message::Again(put(1)));
    assert_eq!(answers(&messages), [Answer::Done(Output::Done)]);
}

/// Section 3.1, figure 3: the predecessor sends what its new successor lacks, and only that.
#[test]
fn a_new_successor_gets_what_it_lacks() {
    for last in 0..=3 {
        let mut head = Subject::new(0, config(3));
        for sequence in 1..=3 {
            head.receive(CLIENT, Message::Request(put(sequence)));
        }
        let messages = head.receive(3, configure(chain(2, &[(0, 1), (2, 2)]), Some(last)));
        let [Message::Resume(Epoch(2), updates)] = to(&messages, 2)[..] else { panic!() };
        let positions: Vec<u64> = updates.iter().map(|update| update.position.0).collect();
        assert_eq!(positions, (last + 1..=3).collect::<Vec<_>>());
    }
}

/// Section 3.1: with the tail's failure, everything in `Sent` is with all; the new tail answers.
#[test]
fn a_new_tail_answers_what_is_under_way() {
    let mut middle = Subject::new(1, config(3));
    middle.receive(0, update(1, 1));
    middle.receive(0, update(1, 2));
    let messages = middle.receive(3, configure(chain(2, &[(0, 1), (1, 1)]), None));
    assert_eq!(to(&messages, 0), [&Message::Ack(Epoch(2), Position(2))]);
    assert_eq!(answers(&messages), [Answer::Done(Output::Done)], "the client waits for the second");
    assert!(middle.node.sent().is_empty());
}

/// A message of an old configuration counts only between two that have been neighbours since.
#[test]
fn updates_of_an_old_configuration_are_rejected() {
    let mut tail = Subject::new(2, config(3));
    tail.receive(3, configure(chain(2, &[(0, 1), (2, 2)]), None));
    assert_eq!(tail.receive(1, update(1, 1)), [], "that one is not in the chain any more");
    assert_eq!(tail.receive(0, update(1, 1)), [], "nor was that one the predecessor then");
    assert!(!tail.receive(0, update(2, 1)).is_empty());
    let mut middle = Subject::new(1, config(3));
    middle.receive(3, configure(chain(2, &[(0, 1), (1, 1)]), None));
    assert!(!middle.receive(0, update(1, 1)).is_empty(), "these two are what they were");
}

/// Who is deposed forgets, and is another one afterwards.
#[test]
fn a_deposed_replica_begins_a_new_incarnation() {
    let mut head = Subject::new(0, config(3));
    head.receive(CLIENT, Message::Request(put(1)));
    head.receive(3, configure(chain(2, &[(1, 2), (2, 1)]), None));
    assert_eq!((head.node.incarnation(), head.node.last()), (Incarnation(2), Position(0)));
    assert_eq!((head.disk.incarnation, head.disk.origin), (Incarnation(2), Incarnation(0)));
    let messages = head.receive(CLIENT, Message::Request(put(2)));
    assert_eq!(answers(&messages), [Answer::Redirect(Some(NodeId::new(1)))]);
    // A configuration that names its former self is none of its own.
    head.receive(3, configure(chain(3, &[(0, 1), (1, 1), (2, 1)]), None));
    assert!(!head.node.is_member());
}

/// Without a disk, a crash is the end of an incarnation; with one, everything that was passed on is
/// there.
#[test]
fn a_restart_remembers_what_is_on_disk() {
    for disks in [false, true] {
        let mut middle = Subject::new(1, with(config(3), |it| it.disks = disks));
        middle.receive(0, update(1, 1));
        middle.receive(0, update(1, 2));
        middle.receive(2, Message::Ack(Epoch(1), Position(1)));
        let written = middle.unsynced();
        middle.restart_with(written);
        let known = if disks { 2 } else { 0 };
        assert_eq!(middle.node.last(), Position(known));
        assert_eq!(
            middle.node.base(),
            Position(known / 2),
            "what was acknowledged is no more in Sent"
        );
        assert_eq!(middle.node.incarnation(), Incarnation(2));
        assert!(!middle.node.is_member(), "until the master says so");
    }
}

/// A lease counts from when the heartbeat was sent, and is shorter by the drift.
#[test]
fn a_tail_reads_while_its_lease_lasts() {
    for (wait, reads) in [(0, true), (197, true), (198, false), (1_000, false)] {
        let lease = with(config(3), |it| it.lease = Some(ms(200)));
        let mut tail = Subject::new(2, lease);
        assert_eq!(answers(&tail.receive(CLIENT, Message::Request(get(1)))), [], "it has none yet");
        let grant = Grant { incarnation: Incarnation(1), sent: tail.now };
        assert_eq!(
            answers(&tail.receive(3, Message::Grant(grant))).len(),
            1,
            "who waits is answered"
        );
        tail.now = tail.now + ms(wait);
        let answered = answers(&tail.receive(CLIENT, Message::Request(get(2)))).len() == 1;
        assert_eq!(answered, reads, "after {wait}ms");
    }
}

/// Nor does the answer to a heartbeat of an earlier incarnation give one.
#[test]
fn a_lease_is_for_one_incarnation() {
    let mut tail = Subject::new(2, with(config(3), |it| it.lease = Some(ms(200))));
    tail.receive(3, Message::Grant(Grant { incarnation: Incarnation(7), sent: tail.now }));
    assert_eq!(answers(&tail.receive(CLIENT, Message::Request(get(1)))), []);
}

/// CRAQ, section 2.3: clean versions at once, dirty ones as the tail says; a commit makes clean.
#[test]
fn craq_reads_what_is_committed() {
    let mut middle =
        Subject::granted(1, Config { reads: Reads::Any(Consistency::Strong), ..config(3) });
    let value = |text: &str| Answer::Done(Output::Value(Some(text.to_owned())));
    for position in 1..=3 {
        middle.receive(0, update(1, position));
    }
    for (committed, known) in [(0, Answer::Done(Output::Value(None))), (2, value("v2"))] {
        let messages = middle.receive(CLIENT, Message::Request(get(9)));
        assert_eq!(to(&messages, 2), [&Message::VersionQuery(get(9))]);
        let messages = middle.receive(2, Message::Version(get(9), Position(committed)));
        assert_eq!(answers(&messages), [known], "as of {committed}");
    }
    middle.receive(2, Message::Ack(Epoch(1), Position(3)));
    assert_eq!(answers(&middle.receive(CLIENT, Message::Request(get(9)))), [value("v3")]);
}

/// CRAQ, section 2.4: the relaxed modes answer at once, as long as the bound allows.
#[test]
fn craq_relaxed_reads_answer_with_the_newest_version() {
    for (mode, at_once) in [
        (Consistency::Strong, 0),
        (Consistency::Bounded(1), 1),
        (Consistency::Bounded(2), 2),
        (Consistency::Eventual, 3),
    ] {
        let mut middle = Subject::granted(1, Config { reads: Reads::Any(mode), ..config(3) });
        for position in 1..=3 {
            middle.receive(0, update(1, position));
            let messages = middle.receive(CLIENT, Message::Request(get(9)));
            assert_eq!(answers(&messages).len() == 1, position <= at_once, "{mode:?}, {position}");
        }
    }
}

/// Section 3.1, extending a chain: who was in the chain does not join it in the same incarnation,
/// not even when it has missed that it was taken out. Its disk forgets that it was complete.
#[test]
fn who_was_in_the_chain_joins_in_a_new_incarnation() {
    let mut tail = Subject::new(2, with(config(3), |it| it.disks = true));
    tail.receive(1, update(1, 1));
    let joining = chain(3, &[(2, 3)]).chain[0];
    let joining = Some(Member { origin: Incarnation(0), ..joining });
    let messages =
        tail.receive(3, configure(Configuration { joining, ..chain(3, &[(0, 1)]) }, None));
    let alive = |message: &&Message| {
        matches!(message, Message::Alive(_, report)
            if report.incarnation == Incarnation(2)
                && report.origin == Incarnation(0)
                && report.last == Position(0))
    };
    assert_eq!(to(&messages, 3).iter().filter(|message| alive(message)).count(), 1);
    assert_eq!(tail.disk, Disk { incarnation: Incarnation(2), ..Disk::default() });
}

/// Section 3.1: a failure is detected before anybody returns. Who finds an empty disk may have
/// crashed at its first start, so that the first configuration is over: the master must have
/// answered it.
#[test]
fn no_replica_reads_before_the_master_has_answered_it() {
    let mut tail = Subject::new(2, config(3));
    assert_eq!(answers(&tail.receive(CLIENT, Message::Request(get(1)))), []);
    let grant = |number| {
        Message::Grant(Grant { incarnation: Incarnation(number), sent: LocalTime::default() })
    };
    assert_eq!(answers(&tail.receive(3, grant(2))), [], "another incarnation");
    assert_eq!(answers(&tail.receive(3, grant(1))), [Answer::Done(Output::Value(None))]);
}

/// Section 3 assumes links that keep the order. On others, an update that comes early waits for its
/// turn; but not for one that another predecessor sends.
#[test]
fn updates_take_effect_in_order() {
    let mut middle = Subject::new(1, config(3));
    for (position, last) in [(3, 0), (2, 0), (5, 0), (1, 3)] {
        middle.receive(0, update(1, position));
        assert_eq!(middle.node.last(), Position(last), "after {position}");
    }
    middle.receive(3, configure(chain(2, &[(3, 1), (1, 2), (2, 1)]), Some(3)));
    middle.receive(3, update(2, 4));
    assert_eq!(middle.node.last(), Position(4), "what came early was of another link");
}

/// An update that a crash has lost takes what follows it along.
#[test]
fn a_disk_has_no_gaps() {
    let of = |position| Update { position: Position(position), request: put(position) };
    let mut disk = Disk::default();
    for record in [Record::Update(of(1)), Record::Update(of(3)), Record::Trim(Position(3))] {
        disk.apply(&record);
    }
    assert_eq!((disk.base, disk.log.len()), (Position(1), 0));
}

/// Of the writes of one step, a crash may keep the last and lose those before it: that the history
/// is complete, and not the updates that made it so; or an update, and not the first incarnation.
#[test]
fn a_disk_claims_no_more_than_it_has() {
    let of = |position| Update { position: Position(position), request: put(position) };
    let member = Record::Member { epoch: Epoch(2), origin: Incarnation(1) };
    for (kept, complete) in [(vec![1, 2], true), (vec![1], false), (vec![2], false)] {
        let mut disk = Disk::default();
        disk.apply(&member);
        kept.into_iter().for_each(|position| disk.apply(&Record::Update(of(position))));
        disk.apply(&Record::Complete(Position(2)));
        assert_eq!(disk.complete, complete);
    }
    let mut disk = Disk::default();
    disk.apply(&Record::Update(of(1)));
    disk.apply(&Record::First(Some(Epoch(1))));
    assert_eq!((disk.incarnation, disk.complete, disk.log.len()), (Incarnation(1), true, 0));
}

/// CRAQ, section 2.3, with leases: the answer to a version query may be late. By then the chain may
/// go on without the replica that asked, and the version that it has there was never committed.
#[test]
fn a_late_version_is_none_without_a_lease() {
    for (wait, reads) in [(0, true), (197, true), (198, false)] {
        let reads_strongly = Reads::Any(Consistency::Strong);
        let with_lease =
            Config { reads: reads_strongly, ..with(config(3), |it| it.lease = Some(ms(200))) };
        let mut middle = Subject::granted(1, with_lease);
        middle.receive(0, update(1, 1));
        let messages = middle.receive(CLIENT, Message::Request(get(9)));
        assert_eq!(to(&messages, 2), [&Message::VersionQuery(get(9))]);
        middle.now = middle.now + ms(wait);
        let messages = middle.receive(2, Message::Version(get(9), Position(1)));
        assert_eq!(answers(&messages).len() == 1, reads, "after {wait}ms");
        // With the next one it asks again.
        let grant = Grant { incarnation: Incarnation(1), sent: middle.now };
        let messages = middle.receive(3, Message::Grant(grant));
        assert_eq!(to(&messages, 2).len() == 1, !reads, "after {wait}ms");
    }
}

/// A replica that was not answered yet makes reads wait. Told to take its place, it is answered.
#[test]
fn a_replica_that_takes_its_place_was_answered() {
    let mut tail = Subject::new(2, config(3));
    assert_eq!(answers(&tail.receive(CLIENT, Message::Request(get(1)))), []);
    let messages = tail.receive(3, configure(chain(2, &[(0, 1), (2, 2)]), None));
    assert_eq!(answers(&messages), [Answer::Done(Output::Value(None))]);
}

/// Section 3.1, extending a chain: the history may come in chunks that are late, double and out of
/// order; it is there once all are.
#[test]
fn a_history_comes_in_pieces() {
    let mut store = Store::default();
    for sequence in 1..=5 {
        let command = Command::Put(Key(sequence), format!("v{sequence}"));
        store.execute(operation(u64::from(sequence)), &command);
    }
    let mut spare = Subject::new(2, with(config(3), |it| it.length = Some(2)));
    let joining =
        Member { origin: Incarnation(0), linked: Epoch(2), ..chain(2, &[(2, 2)]).chain[0] };
    let joined = Configuration { joining: Some(joining), ..chain(2, &[(0, 1), (1, 1)]) };
    spare.receive(3, configure(joined, None));
    let chunk = |epoch, offset| {
        let data = store.chunk(offset, 4);
        Message::Chunk(Box::new(Chunk { epoch: Epoch(epoch), base: Position(5), data }))
    };
    let reply = |received| Message::ChunkReply(ChunkReply { epoch: Epoch(2), received });
    for (from, epoch, offset, received) in [
        (0, 2, 0, None),
        (1, 1, 0, None),
        (1, 2, 4, Some(Some(0))),
        (1, 2, 0, Some(Some(4))),
        (1, 2, 0, Some(Some(4))),
        (1, 2, 4, Some(None)),
        (1, 2, 0, Some(None)),
    ] {
        let messages = spare.receive(from, chunk(epoch, offset));
        let expected: Vec<Message> = received.into_iter().map(reply).collect();
        assert_eq!(to(&messages, from), expected.iter().collect::<Vec<_>>(), "chunk {offset}");
    }
    assert_eq!((spare.node.last(), spare.node.store()), (Position(5), &store));
    assert!(spare.node.is_joining() && !spare.node.is_member());
}
