//! The claims judge what they say: each is violated by steps that contradict it, which the tests
//! make up. Scenarios show the same of whole runs.

use std::sync::Arc;

use paxos::Ballot;
use paxos::multi::{
    Admin, AdminCommand, Chunk, Configurations, Disk, Indication, Message, P2c, Party, Record,
    Settings, Slot, Snapshot, StateMachineSafety, Validity, Value,
};
use service::{ClientIndication, KeyValue, Request, Store};
use sim_check::{Judge, Property, SimTime, View};
use sim_node::{Effect, Either, Event, Node};

use crate::cluster::{at, config, spec};
use crate::harness::{TestServer, accept, ballot, command, node, put};

/// A claim, and the steps of five servers that it is told of.
struct Told<P> {
    config: Arc<<Party as Node>::Config>,
    states: Vec<Option<Party>>,
    claim: P,
    judge: Judge,
    step: u64,
}

impl<P: Property<Party>> Told<P> {
    fn of(config: Settings) -> Self {
        let config = spec(config, KeyValue::default(), at(1)).config;
        let claim = P::new(&config, 5);
        Self { config, states: vec![None; 5], claim, judge: Judge::default(), step: 0 }
    }

    fn tell(&mut self, hook: impl FnOnce(&mut P, &View<'_, Party>, &mut Judge)) {
        self.step += 1;
        let view = View {
            time: SimTime::ZERO,
            step: self.step,
            servers: 5,
            config: &*self.config,
            states: &self.states,
            core: None,
            byzantine: None,
        };
        hook(&mut self.claim, &view, &mut self.judge);
    }

    /// A server is now in this state, after a step with these effects.
    fn steps(&mut self, number: u32, server: &TestServer, effects: &[Effect<Party>]) {
        self.states[number as usize] = Some(Either::Server(server.node.clone()));
        self.tell(|claim, view, judge| claim.after(view, node(number), effects, judge));
    }

    /// A server proposes, by asking another.
    fn proposes(&mut self, ballot: Ballot, slot: u64, value: Value) {
        let message = accept(ballot, slot, value, 0);
        let effect = Effect::Send { to: node(4), message, resend: false, at_once: false };
        self.tell(|claim, view, judge| claim.after(view, ballot.proposer, &[effect], judge));
    }

    /// A server writes a record, which is not durable yet.
    fn writes(&mut self, number: u32, record: Record) {
        let effect = Effect::Write(Either::Server(record));
        self.tell(|claim, view, judge| claim.after(view, node(number), &[effect], judge));
    }

    fn votes(&mut self, numbers: &[u32], ballot: Ballot, slot: u64, value: &Value) {
        for number in numbers {
            let vote = Indication::Voted { slot: Slot(slot), ballot, value: value.clone() };
            let told = Either::Server(vote);
            self.tell(|claim, view, judge| claim.indicated(view, node(*number), &told, judge));
        }
    }

    fn invokes(&mut self, request: Request) {
        let Request { operation, command } = request;
        let told = Either::Client(ClientIndication::Invoked { operation, command });
        let client = operation.client.node;
        self.tell(|claim, view, judge| claim.indicated(view, client, &told, judge));
    }

    fn holds(&self) -> bool {
        self.judge.violation().is_none()
    }

    fn detail(&self) -> &str {
        &self.judge.violation().expect("it is violated").detail
    }
}

fn voted(slot: u64, ballot: Ballot, value: Value) -> Record {
    Record::Voted { slot: Slot(slot), ballot, value }
}

#[test]
fn mp2_is_violated_by_a_command_that_no_client_sent() {
    let mut told = Told::<Validity>::of(config(5));
    told.invokes(put(1));
    told.proposes(ballot(1, 0), 1, command(1));
    told.proposes(ballot(1, 0), 2, Value::Noop);
    assert!(told.holds());
    told.proposes(ballot(1, 0), 3, command(2));
    assert!(!told.holds());
}

#[test]
fn mp2_is_violated_by_what_a_proposer_accepts_itself() {
    let mut told = Told::<Validity>::of(config(5));
    told.writes(0, voted(1, ballot(1, 0), command(1)));
    assert!(!told.holds());
}

#[test]
fn mp2_is_violated_by_a_vote_for_what_was_not_asked_for() {
    let mut told = Told::<Validity>::of(config(5));
    told.invokes(put(1));
    told.votes(&[0, 1], ballot(1, 0), 1, &command(1));
    assert!(told.holds());
    told.votes(&[2], ballot(1, 0), 1, &command(2));
    assert!(!told.holds());
}

#[test]
fn mp2_is_violated_by_members_that_were_not_asked_for_at_that_server() {
    let mut told = Told::<Validity>::of(config(5));
    let event = Event::Request(Either::Server(Admin::Reconfigure(vec![node(3)])));
    told.tell(|claim, view, judge| claim.before(view, node(1), &event, judge));
    let command = |server| {
        let members = [node(3)].into();
        Value::Reconfigure(Arc::new(AdminCommand {
            server: node(server),
            number: 1,
            members,
            request: None,
        }))
    };
    told.proposes(ballot(1, 0), 1, command(1));
    assert!(told.holds());
    told.proposes(ballot(1, 0), 2, command(2));
    assert!(!told.holds());
}

#[test]
fn mp2_takes_what_lies_on_the_disks_at_the_beginning_for_asked_for() {
    let (server, _) = TestServer::with_disk(1, config(5), disk(0, 2));
    let mut told = Told::<Validity>::of(config(5));
    told.steps(1, &server, &[]);
    told.proposes(ballot(2, 0), 2, command(2));
    assert!(told.holds());
    told.proposes(ballot(2, 0), 3, command(3));
    assert!(!told.holds());
}

#[test]
fn mp3_is_violated_by_a_second_value_in_the_same_ballot() {
    let mut told = Told::<P2c>::of(config(5));
    told.proposes(ballot(1, 0), 1, command(1));
    told.proposes(ballot(1, 0), 1, command(1));
    told.proposes(ballot(1, 0), 2, command(2));
    assert!(told.holds(), "the same again, and another slot");
    told.proposes(ballot(1, 0), 1, command(2));
    assert!(told.detail().contains("was proposed before"), "{}", told.detail());
}

#[test]
fn mp3_knows_what_a_proposer_votes_for_itself() {
    let mut told = Told::<P2c>::of(config(5));
    told.proposes(ballot(1, 0), 1, command(1));
    // What others vote for is no proposal of theirs.
    told.writes(1, voted(1, ballot(1, 0), command(2)));
    assert!(told.holds());
    told.writes(0, voted(1, ballot(1, 0), command(2)));
    assert!(!told.holds());
}

#[test]
fn mp3_is_violated_by_a_proposal_that_no_quorum_allows() {
    let told = || {
        let mut told = Told::<P2c>::of(config(5));
        told.proposes(ballot(1, 0), 1, command(1));
        told.votes(&[0, 1, 2], ballot(1, 0), 1, &command(1));
        assert!(told.holds());
        told
    };
    let mut same = told();
    same.proposes(ballot(2, 1), 1, command(1));
    assert!(same.holds());
    let mut another = told();
    another.proposes(ballot(2, 1), 1, command(2));
    assert!(another.detail().contains("no quorum allows"), "{}", another.detail());
}

#[test]
fn mp3_is_violated_by_a_proposal_in_a_slot_whose_members_are_not_decided() {
    let mut told = Told::<P2c>::of(Settings { alpha: 3, ..config(5) });
    told.proposes(ballot(1, 0), 3, command(3));
    assert!(told.holds());
    let mut early = Told::<P2c>::of(Settings { alpha: 3, ..config(5) });
    early.proposes(ballot(1, 0), 4, command(4));
    assert!(early.detail().contains("its members"), "{}", early.detail());
    // They are as soon as the slot before is chosen, three slots ahead.
    told.votes(&[0, 1, 2], ballot(1, 0), 1, &command(1));
    told.proposes(ballot(1, 0), 4, command(4));
    assert!(told.holds());
}

#[test]
fn mp3_takes_the_members_of_a_snapshot_that_was_there_from_the_beginning() {
    let (server, _) = TestServer::with_disk(0, config(5), disk(20, 22));
    let mut told = Told::<P2c>::of(config(5));
    told.steps(0, &server, &[]);
    told.proposes(ballot(2, 0), 26, command(26));
    assert!(told.holds(), "four slots after the last that is chosen");
    told.proposes(ballot(2, 0), 27, command(27));
    assert!(!told.holds());
}

/// The state after so many operations, one in each slot.
fn store(slots: u64) -> Store {
    let mut store = Store::default();
    for sequence in 1..=slots {
        let Request { operation, command } = put(sequence);
        store.execute(operation, &command);
    }
    store
}

fn snapshot(slots: u64) -> Snapshot {
    let configurations = Configurations::first(config(5).first_members());
    Snapshot { slot: Slot(slots), configurations, store: store(slots) }
}

/// A disk with a snapshot, if it is of any slot, and what was chosen after it.
fn disk(snapshot_slot: u64, chosen: u64) -> Disk {
    let mut disk = Disk::default();
    if snapshot_slot > 0 {
        disk.log.compact(Slot(snapshot_slot));
        disk.snapshot = Some(Arc::new(snapshot(snapshot_slot)));
    }
    for slot in snapshot_slot + 1..=chosen {
        disk.log.choose(Slot(slot), ballot(1, 0), command(slot));
    }
    disk
}

/// A leader that has executed three slots.
fn three_slots() -> Told<StateMachineSafety> {
    let mut told = Told::of(config(5));
    let mut leader = TestServer::leader(config(5));
    told.steps(0, &leader, &[]);
    for sequence in 1..=3 {
        leader.ask(put(sequence));
        leader.accepted(sequence, &[1, 2]);
        told.steps(0, &leader, &[]);
    }
    assert!(told.holds());
    told
}

/// A replica that has executed nothing receives a snapshot, in one message.
fn installs(told: &mut Told<StateMachineSafety>, snapshot: Snapshot) {
    let (mut replica, _) = TestServer::new(3, Settings { snapshot_chunk: 100, ..config(5) });
    told.steps(3, &replica, &[]);
    let Snapshot { slot, configurations, store } = snapshot.clone();
    let chunk = Chunk { slot, configurations, data: store.chunk(0, 100) };
    replica.receive(0, Message::Chunk(Box::new(chunk)));
    assert_eq!(replica.node.executed(), slot);
    let record = Record::Compacted { snapshot: Arc::new(snapshot), upto: slot };
    told.steps(3, &replica, &[Effect::Write(Either::Server(record))]);
}

#[test]
fn mp5_is_violated_by_a_wrong_snapshot_that_a_replica_installs() {
    let mut right = three_slots();
    installs(&mut right, snapshot(3));
    installs(&mut right, snapshot(2));
    assert!(right.holds());
    for (store, why) in [(store(2), "too little"), (Store::default(), "nothing")] {
        let mut wrong = three_slots();
        installs(&mut wrong, Snapshot { store, ..snapshot(3) });
        assert!(wrong.detail().contains("another state"), "{why}: {}", wrong.detail());
    }
}

#[test]
fn mp5_is_violated_by_a_snapshot_of_what_no_replica_has_executed() {
    let mut told = three_slots();
    installs(&mut told, snapshot(4));
    assert!(!told.holds());
}

#[test]
fn mp5_is_violated_by_a_snapshot_with_members_that_were_not_decided() {
    let mut told = three_slots();
    let configurations = Configurations::first([node(3)].into());
    installs(&mut told, Snapshot { configurations, ..snapshot(3) });
    assert!(told.detail().contains("members"), "{}", told.detail());
}

#[test]
fn mp5_is_violated_by_another_state_than_the_snapshot_of_a_disk() {
    let mut told = Told::<StateMachineSafety>::of(config(5));
    let (right, _) = TestServer::with_disk(0, config(5), disk(5, 7));
    told.steps(0, &right, &[]);
    // It has executed by itself what the first has in its snapshot.
    let (slow, _) = TestServer::with_disk(1, config(5), disk(3, 6));
    told.steps(1, &slow, &[]);
    let (same, _) = TestServer::with_disk(2, config(5), disk(0, 7));
    told.steps(2, &same, &[]);
    assert!(told.holds());
    let mut other = disk(5, 7);
    other.snapshot = Some(Arc::new(Snapshot { store: store(4), ..snapshot(5) }));
    let (wrong, _) = TestServer::with_disk(4, config(5), other);
    told.steps(4, &wrong, &[]);
    assert!(!told.holds());
}

#[test]
fn mp5_is_violated_by_another_value_in_a_slot() {
    let mut told = three_slots();
    let mut other = disk(0, 3);
    other.log.choose(Slot(2), ballot(1, 0), command(9));
    let (server, _) = TestServer::with_disk(1, config(5), other);
    told.steps(1, &server, &[]);
    assert!(told.detail().contains("slot 2"), "{}", told.detail());
}
