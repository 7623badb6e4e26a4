//! Section 2.2: choosing a value.

use paxos::single::{Disk, Indication, Message, Phase, Timer, Value};
use sim_node::{RequestId, RequestOutcome, Span};

use crate::harness::{
    TestProcess, accept, accepted, ballot, config, ms, prepare, promise, proposal, refuse, to,
};

/// "P1. An acceptor must accept the first proposal that it receives."
#[test]
fn an_acceptor_accepts_the_first_proposal() {
    let mut process = TestProcess::new(2, config(3));
    assert_eq!(process.receive(0, accept(4, 0, 10)), [(0, accepted(4, 0, 10))]);
    assert_eq!(process.accepted(), Some(proposal(4, 0, 10)));
    assert_eq!(process.told, [Indication::Accepted(proposal(4, 0, 10))]);
}

/// "We must allow an acceptor to accept more than one proposal."
#[test]
fn an_acceptor_accepts_a_higher_numbered_proposal_later() {
    let mut process = TestProcess::new(2, config(3));
    process.receive(0, accept(1, 0, 10));
    assert_eq!(process.receive(1, accept(1, 1, 20)), [(1, accepted(1, 1, 20))]);
    assert_eq!(process.accepted(), Some(proposal(1, 1, 20)));
}

/// Phase 1b: "it responds to the request with a promise not to accept any more proposals numbered
/// less than n and with the highest-numbered proposal (if any) that it has accepted."
#[test]
fn a_promise_tells_the_highest_proposal_accepted() {
    let mut process = TestProcess::new(2, config(3));
    assert_eq!(process.receive(0, prepare(1, 0)), [(0, promise(1, 0, None))]);
    process.receive(0, accept(1, 0, 10));
    assert_eq!(process.receive(1, prepare(1, 1)), [(1, promise(1, 1, Some(proposal(1, 0, 10))))]);
    process.receive(1, accept(1, 1, 20));
    assert_eq!(process.receive(0, prepare(2, 0)), [(0, promise(2, 0, Some(proposal(1, 1, 20))))]);
}

/// "P1a. An acceptor can accept a proposal numbered n iff it has not responded to a prepare request
/// having a number greater than n."
#[test]
fn an_acceptor_keeps_its_promise() {
    let mut process = TestProcess::new(2, config(3));
    process.receive(1, prepare(2, 1));
    for lower in [ballot(1, 0), ballot(1, 2), ballot(2, 0)] {
        let proposer = lower.proposer.number();
        let sent = process.receive(proposer, accept(lower.round, proposer, 10));
        if proposer != 2 {
            assert_eq!(sent, [(proposer, refuse(ballot(2, 1)))]);
        }
        assert_eq!(process.accepted(), None, "{lower} is below the promise");
    }
    // The promised number itself and greater ones may be accepted.
    assert_eq!(process.receive(1, accept(2, 1, 20)), [(1, accepted(2, 1, 20))]);
    assert_eq!(process.receive(0, accept(3, 0, 20)), [(0, accepted(3, 0, 20))]);
}

/// "There is no reason for the acceptor to respond to the new prepare request, since it will not
/// accept the proposal numbered n that the proposer wants to issue." It says so, by section 2.4.
#[test]
fn a_lower_prepare_request_is_refused() {
    let mut process = TestProcess::new(2, config(3));
    process.receive(1, prepare(2, 1));
    assert_eq!(process.receive(0, prepare(2, 0)), [(0, refuse(ballot(2, 1)))]);
    assert_eq!(process.promised(), Some(ballot(2, 1)));
}

/// Messages may be duplicated and repeated: the same request gets the same answer, and nothing is
/// written or told a second time.
#[test]
fn a_repeated_request_is_answered_again() {
    let mut process = TestProcess::new(2, config(3));
    for _ in 0..3 {
        assert_eq!(process.receive(0, prepare(1, 0)), [(0, promise(1, 0, None))]);
    }
    for _ in 0..3 {
        assert_eq!(process.receive(0, accept(1, 0, 10)), [(0, accepted(1, 0, 10))]);
    }
    assert_eq!(process.told.len(), 1);
}

/// "An acceptor needs to remember only the highest-numbered proposal that it has ever accepted and
/// the number of the highest-numbered prepare request to which it has responded [...] even if it
/// fails and then restarts."
#[test]
fn an_acceptor_remembers_across_a_restart() {
    let mut process = TestProcess::new(2, config(3));
    process.receive(0, accept(1, 0, 10));
    process.receive(1, prepare(5, 1));
    assert_eq!(process.restart(), []);
    assert_eq!(process.promised(), Some(ballot(5, 1)));
    assert_eq!(process.receive(0, accept(2, 0, 10)), [(0, refuse(ballot(5, 1)))]);
    assert_eq!(process.receive(0, prepare(6, 0)), [(0, promise(6, 0, Some(proposal(1, 0, 10))))]);
}

/// Section 2.5: "an acceptor records its intended response in stable storage before actually
/// sending the response."
#[test]
fn an_acceptor_speaks_when_its_answer_is_durable() {
    let mut process = TestProcess::new(2, config(3));
    process.slow_disk = true;
    assert_eq!(process.receive(0, prepare(1, 0)), []);
    assert_eq!(*process.disk, Disk::default());
    assert_eq!(process.sync(), [(0, promise(1, 0, None))]);
    assert_eq!(process.disk.promised, Some(ballot(1, 0)));
    assert_eq!(process.receive(0, accept(1, 0, 10)), []);
    assert_eq!(process.told, []);
    assert_eq!(process.sync(), [(0, accepted(1, 0, 10))]);
    assert_eq!(process.disk.accepted, Some(proposal(1, 0, 10)));
    assert_eq!(process.told, [Indication::Accepted(proposal(1, 0, 10))]);
    // A crash takes what was not durable, and no process knows of it.
    assert_eq!(process.receive(1, prepare(2, 1)), []);
    process.restart();
    assert_eq!(process.promised(), Some(ballot(1, 0)));
}

/// Phase 1a: "a proposer selects a proposal number n and sends a prepare request with number n to a
/// majority of acceptors"; here to all, its own acceptor among them.
#[test]
fn a_proposer_prepares_before_it_proposes() {
    let mut process = TestProcess::new(0, config(5));
    assert_eq!(process.propose(10), to(1..5, &prepare(1, 0)));
    assert_eq!(process.promised(), Some(ballot(1, 0)), "its own acceptor has promised");
}

/// Phase 2a: "if the proposer receives a response to its prepare requests (numbered n) from a
/// majority of acceptors, then it sends an accept request to each of those acceptors for a proposal
/// numbered n"; "any value if the responses reported no proposals".
#[test]
fn a_majority_of_promises_lets_it_propose_its_own_value() {
    let mut process = TestProcess::new(0, config(5));
    process.propose(10);
    assert_eq!(process.receive(1, promise(1, 0, None)), []);
    // The same acceptor again is not another one.
    assert_eq!(process.receive(1, promise(1, 0, None)), []);
    assert_eq!(process.receive(4, promise(1, 0, None)), to(1..5, &accept(1, 0, 10)));
    assert_eq!(process.accepted(), Some(proposal(1, 0, 10)), "its own acceptor has accepted");
    // Later promises change nothing.
    assert_eq!(process.receive(2, promise(1, 0, Some(proposal(0, 3, 7)))), []);
}

/// Phase 2a: "where v is the value of the highest-numbered proposal among the responses".
#[test]
fn the_value_of_the_highest_reported_proposal_is_adopted() {
    for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] {
        let mut process = TestProcess::new(0, config(7));
        process.propose(10);
        process.receive(5, refuse(ballot(8, 5)));
        let sent = process.fire(Timer::Proposer);
        assert_eq!(sent, to(1..7, &prepare(9, 0)));
        let reported = |from| match from {
            1 => Some(proposal(3, 4, 40)),
            2 => Some(proposal(7, 5, 50)),
            _ => None,
        };
        let mut sent = Vec::new();
        for from in order {
            sent = process.receive(from, promise(9, 0, reported(from)));
        }
        assert_eq!(sent, to(1..7, &accept(9, 0, 50)), "{order:?}");
    }
}

/// Promises of an earlier number do not count for a later one.
#[test]
fn promises_of_another_number_do_not_count() {
    let mut process = TestProcess::new(0, config(3));
    process.propose(10);
    process.receive(2, refuse(ballot(1, 2)));
    process.fire(Timer::Proposer);
    assert_eq!(process.receive(1, promise(1, 0, None)), []);
    assert_eq!(process.receive(2, promise(1, 0, None)), []);
    assert_eq!(process.receive(1, promise(2, 0, None)), to(1..3, &accept(2, 0, 10)));
}

/// "A proposer can abandon a proposal in the middle of the protocol at any time", and makes another
/// one later: "it's probably a good idea to abandon a proposal if some proposer has begun trying to
/// issue a higher-numbered one", of which a refusal tells.
#[test]
fn a_refused_proposal_is_abandoned_for_a_higher_one() {
    let mut process = TestProcess::new(0, config(3));
    process.propose(10);
    process.receive(1, promise(1, 0, None));
    assert_eq!(process.receive(2, refuse(ballot(4, 2))), []);
    assert_eq!(*process.node.proposer().expect("a proposer").phase(), Phase::BackingOff);
    assert_eq!(process.timers[&Timer::Proposer], Span::exactly(ms(50)));
    // What is still said about the abandoned proposal is not counted by the proposer.
    assert_eq!(process.receive(1, promise(1, 0, None)), []);
    assert_eq!(process.fire(Timer::Proposer), to(1..3, &prepare(5, 0)));
}

/// The same when its own acceptor receives the higher number.
#[test]
fn a_proposer_abandons_when_its_own_acceptor_promises_more() {
    let mut process = TestProcess::new(0, config(3));
    process.propose(10);
    assert_eq!(process.receive(1, prepare(1, 1)), [(1, promise(1, 1, None))]);
    assert_eq!(*process.node.proposer().expect("a proposer").phase(), Phase::BackingOff);
    assert_eq!(process.fire(Timer::Proposer), to(1..3, &prepare(2, 0)));
}

/// A refusal of an older request, or for a number that is lower than its own, changes nothing.
#[test]
fn an_old_refusal_changes_nothing() {
    let mut process = TestProcess::new(2, config(3));
    process.receive(0, prepare(3, 0));
    assert_eq!(process.propose(10), to(0..2, &prepare(3, 2)));
    process.receive(1, refuse(ballot(3, 1)));
    assert_eq!(process.receive(0, promise(3, 2, None)), to(0..2, &accept(3, 2, 10)));
}

/// What is not answered is repeated, to those that are silent.
#[test]
fn unanswered_requests_are_repeated() {
    let mut process = TestProcess::new(0, config(5));
    process.propose(10);
    process.receive(3, promise(1, 0, None));
    assert_eq!(process.fire(Timer::Proposer), to([1, 2, 4], &prepare(1, 0)));
    assert_eq!(process.resent(), 3, "counted as sent again");
    process.receive(1, promise(1, 0, None));
    process.receive(4, accepted(1, 0, 10));
    assert_eq!(process.fire(Timer::Proposer), to([1, 2, 3], &accept(1, 0, 10)));
    assert_eq!(process.fire(Timer::Proposer), to([1, 2, 3], &accept(1, 0, 10)), "again and again");
}

/// A value may be asked for once; the first stands.
#[test]
fn the_first_request_stands() {
    let mut process = TestProcess::new(0, config(3));
    process.propose(10);
    assert_eq!(process.propose(20), []);
    assert_eq!(process.node.own(), Some(Value(10)));
    process.restart();
    assert_eq!(process.node.own(), Some(Value(10)), "it is on the disk");
}

/// Each request has its own outcome: the one whose value stands when something is chosen, also
/// after a crash, any other at once.
#[test]
fn each_request_has_its_own_outcome() {
    let refused = |why: &str| RequestOutcome::Refused(why.to_owned());
    let (first, second) = (RequestId::new(0), RequestId::new(1));
    for (chosen, outcome) in [(10, RequestOutcome::Done), (20, refused("20 was chosen"))] {
        let mut process = TestProcess::new(0, config(3));
        process.propose(10);
        process.propose(10);
        assert_eq!(process.outcomes, [(second, refused("it proposes 10 already"))]);
        process.restart();
        process.receive(1, Message::Learn(Value(chosen)));
        assert_eq!(process.outcomes, [(first, outcome)]);
    }
}
