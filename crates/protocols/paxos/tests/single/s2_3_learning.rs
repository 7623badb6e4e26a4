//! Section 2.3: learning a chosen value.

use paxos::single::{Indication, Learn, Message, Proposers, Settings, Timer, Value};
use sim_node::NodeId;

use crate::harness::{TestProcess, accept, accepted, config, prepare, promise, proposal, to};

fn learned(process: &TestProcess) -> Option<u64> {
    process.node.learned().map(|value| value.0)
}

/// A proposer of five, two of whose acceptances are still missing.
fn proposing() -> TestProcess {
    let mut process = TestProcess::new(0, config(5));
    process.propose(10);
    process.receive(1, promise(1, 0, None));
    process.receive(2, promise(1, 0, None));
    process
}

/// "The acceptors respond with their acceptances to a distinguished learner, which in turn informs
/// the other learners when a value has been chosen."
#[test]
fn the_proposer_tells_all_processes_what_is_chosen() {
    let mut process = proposing();
    assert_eq!(process.receive(3, accepted(1, 0, 10)), []);
    assert_eq!(
        process.receive(3, accepted(1, 0, 10)),
        [],
        "the same acceptor again is not another one"
    );
    assert_eq!(learned(&process), None);
    assert_eq!(process.receive(4, accepted(1, 0, 10)), to(1..5, &Message::Learn(Value(10))));
    assert_eq!(learned(&process), Some(10));
    assert!(process.timers.is_empty(), "it is done");
}

/// "Have each acceptor, whenever it accepts a proposal, respond to all learners, sending them the
/// proposal": the proposer then tells no process.
#[test]
fn acceptors_tell_all_processes_what_they_accept() {
    let config = Settings { learn: Learn::FromAcceptors, ..config(5) };
    let mut process = TestProcess::new(3, config.clone());
    assert_eq!(process.receive(0, accept(1, 0, 10)), to([0, 1, 2, 4], &accepted(1, 0, 10)));
    process.receive(1, accepted(1, 0, 10));
    assert_eq!(learned(&process), None, "two of five");
    process.receive(4, accepted(1, 0, 10));
    assert_eq!(learned(&process), Some(10), "its own vote, and those of 1 and 4");
    let mut proposer = TestProcess::new(0, config);
    proposer.propose(10);
    proposer.receive(1, promise(1, 0, None));
    proposer.receive(2, promise(1, 0, None));
    proposer.receive(1, accepted(1, 0, 10));
    assert_eq!(proposer.receive(2, accepted(1, 0, 10)), []);
    assert_eq!(learned(&proposer), Some(10));
}

/// "A learner must find out that a proposal has been accepted by a majority of acceptors": one
/// proposal, not several of one value.
#[test]
fn acceptances_of_different_proposals_do_not_add_up() {
    let mut process = TestProcess::new(4, config(5));
    process.receive(0, accepted(1, 0, 10));
    process.receive(1, accepted(2, 1, 10));
    process.receive(2, accepted(1, 0, 10));
    assert_eq!(learned(&process), None);
    process.receive(3, accepted(2, 1, 10));
    // An acceptor that has gone on is not counted for what it accepted before.
    process.receive(1, accepted(1, 0, 10));
    assert_eq!(learned(&process), None);
    process.receive(2, accepted(2, 1, 10));
    assert_eq!(learned(&process), Some(10));
}

/// "The learner could ask the acceptors what proposals they have accepted."
#[test]
fn a_learner_asks_the_acceptors() {
    let mut learner = TestProcess::new(4, config(5));
    assert_eq!(learner.fire(Timer::Ask), to(0..4, &Message::Ask));
    let mut acceptor = TestProcess::new(1, config(5));
    assert_eq!(acceptor.receive(4, Message::Ask), [], "it has nothing to tell");
    acceptor.receive(0, accept(1, 0, 10));
    assert_eq!(acceptor.receive(4, Message::Ask), [(4, accepted(1, 0, 10))]);
    for from in [0, 1, 2] {
        learner.receive(from, accepted(1, 0, 10));
    }
    assert_eq!(learned(&learner), Some(10));
    // It asks again until it knows.
    let mut learner = TestProcess::new(4, config(5));
    learner.fire(Timer::Ask);
    assert_eq!(learner.fire(Timer::Ask), to(0..4, &Message::Ask));
}

/// A process that has learned answers every request, of learners and of proposers, with the value.
#[test]
fn a_process_that_has_learned_answers_all_that_ask_or_propose() {
    let mut process = TestProcess::new(1, config(3));
    process.receive(0, Message::Learn(Value(10)));
    let requests = [Message::Ask, prepare(9, 2), accept(9, 2, 20), Message::Forward(Value(20))];
    for request in requests {
        assert_eq!(process.receive(2, request), [(2, Message::Learn(Value(10)))]);
    }
    assert_eq!(process.accepted(), None, "it has accepted nothing");
}

/// PX5: it learns once, and says so once; a crash does not make it forget.
#[test]
fn a_decision_is_logged_and_told_once() {
    let mut process = proposing();
    process.receive(1, Message::Learn(Value(7)));
    process.receive(2, Message::Learn(Value(7)));
    let told = [Indication::Accepted(proposal(1, 0, 10)), Indication::Learned(Value(7))];
    assert_eq!(process.told, told);
    assert_eq!(process.disk.learned, Some(Value(7)));
    assert_eq!(process.restart(), [], "nothing is left to propose");
    assert!(process.timers.is_empty(), "nothing is left to ask");
    process.receive(2, Message::Learn(Value(7)));
    for from in [2, 3, 4] {
        process.receive(from, accepted(9, 1, 7));
    }
    assert_eq!(process.told, told);
}

/// The decision is durable before it is indicated. Other processes may learn earlier: the value
/// is chosen, whatever becomes of this process.
#[test]
fn a_decision_is_durable_before_it_is_told() {
    let mut process = proposing();
    process.slow_disk = true;
    process.receive(3, accepted(1, 0, 10));
    let sent = process.receive(4, accepted(1, 0, 10));
    assert_eq!(sent, to(1..5, &Message::Learn(Value(10))));
    assert_eq!(process.told.len(), 1, "that it accepted");
    process.restart();
    assert_eq!(learned(&process), None, "and it will learn again, for the first time");
    let mut process = proposing();
    process.slow_disk = true;
    process.receive(1, Message::Learn(Value(10)));
    process.sync();
    assert_eq!(process.told.last(), Some(&Indication::Learned(Value(10))));
}

/// A proposer that is no acceptor is a learner as well.
#[test]
fn separate_proposers_learn_and_are_told() {
    let config = Settings { proposers: Proposers::Separate(2), ..config(3) };
    let mut process = TestProcess::new(3, config.clone());
    assert_eq!(process.propose(10), to(0..3, &prepare(1, 3)));
    assert!(process.node.acceptor().is_none());
    process.receive(0, promise(1, 3, None));
    assert_eq!(process.receive(1, promise(1, 3, None)), to(0..3, &accept(1, 3, 10)));
    process.receive(0, accepted(1, 3, 10));
    let everybody_else = to([0, 1, 2, 4], &Message::Learn(Value(10)));
    assert_eq!(process.receive(2, accepted(1, 3, 10)), everybody_else);
    // An acceptor that is no proposer does not propose.
    let mut acceptor = TestProcess::new(0, config);
    assert_eq!(acceptor.propose(10), []);
    assert!(acceptor.node.proposer().is_none());
    assert!(!acceptor.config.is_proposer(NodeId::new(0)));
}
