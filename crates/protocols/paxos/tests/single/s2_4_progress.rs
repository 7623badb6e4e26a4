//! Section 2.4: progress, by a distinguished proposer.

use failure_detectors::Heartbeat;
use paxos::single::{Message, Phase, Settings, Start, Timer, Value};
use sim_node::NodeId;

use crate::harness::{Sent, TestProcess, accept, config, ms, omega, prepare, promise, to};

/// Process 0 is trusted at first.
fn with_leader(acceptors: u32) -> Settings {
    Settings { leader: omega(ms(100)), ..config(acceptors) }
}

/// What is said, but for signs of life.
fn said(sent: Vec<Sent>) -> Vec<Sent> {
    let is_sign = |message: &Message| matches!(message, Message::Detector(_));
    sent.into_iter().filter(|(_, message)| !is_sign(message)).collect()
}

/// The detector has received nothing from this process for a while.
fn silence(process: &mut TestProcess, peer: u32) -> Vec<Sent> {
    let silence = failure_detectors::Timer::Silence(NodeId::new(peer));
    said(process.fire(Timer::Detector(silence)))
}

fn sign_of_life(process: &mut TestProcess, peer: u32) -> Vec<Sent> {
    said(process.receive(peer, Message::Detector(Heartbeat)))
}

fn phase(process: &TestProcess) -> Phase {
    process.node.proposer().expect("a proposer").phase().clone()
}

/// "Proposer p completes phase 1 for a proposal number n1. Another proposer q then completes phase
/// 1 for a proposal number n2 > n1. Proposer p's phase 2 accept requests for a proposal numbered n1
/// are ignored [...]. So, proposer p then begins and completes phase 1 for a new proposal number n3
/// > n2, causing the second phase 2 accept requests of proposer q to be ignored. And so on."
#[test]
fn two_proposers_can_keep_each_other_from_finishing() {
    let mut acceptor = TestProcess::new(2, config(3));
    let (mut p, mut q) = (TestProcess::new(0, config(3)), TestProcess::new(1, config(3)));
    let mut prepared = p.propose(10);
    q.propose(20);
    q.receive(0, prepare(9, 0));
    let of = |sent: &[Sent], receiver: u32| {
        sent.iter().find(|(to, _)| *to == receiver).expect("a letter").1.clone()
    };
    for round in 0..10 {
        let (me, other, id) =
            if round % 2 == 0 { (&mut p, &mut q, 0) } else { (&mut q, &mut p, 1) };
        // One completes phase 1, and before its accept request arrives, the other has done so.
        let answer = acceptor.receive(id, of(&prepared, 2));
        let accepts = me.receive(2, answer[0].1.clone());
        let late = of(&accepts, 2);
        other.receive(id, of(&prepared, 1 - id));
        prepared = other.fire(Timer::Proposer);
        acceptor.receive(1 - id, of(&prepared, 2));
        let refusal = acceptor.receive(id, late);
        assert!(matches!(refusal[0].1, Message::Refuse(_)), "round {round}");
        me.receive(2, refusal[0].1.clone());
        assert_eq!(phase(me), Phase::BackingOff, "round {round}");
    }
    assert_eq!(acceptor.accepted(), None, "ten rounds, and nothing has come of it");
}

/// "A distinguished proposer must be selected as the only one to try issuing proposals."
#[test]
fn only_the_trusted_process_proposes() {
    let mut leader = TestProcess::new(0, with_leader(3));
    assert_eq!(said(leader.propose(10)), to(1..3, &prepare(1, 0)));
    let mut other = TestProcess::new(1, with_leader(3));
    assert_eq!(said(other.propose(20)), [(0, Message::Forward(Value(20)))]);
    assert_eq!(phase(&other), Phase::Idle);
}

/// The others process their values over, again and again, and at once to a new leader.
#[test]
fn a_value_is_handed_to_the_leader() {
    let mut process = TestProcess::new(2, with_leader(3));
    assert_eq!(said(process.propose(30)), [(0, Message::Forward(Value(30)))]);
    let sent = process.fire(Timer::Ask);
    assert!(sent.contains(&(0, Message::Forward(Value(30)))), "{sent:?}");
    assert_eq!(silence(&mut process, 0), [(1, Message::Forward(Value(30)))]);
    // What a leader is handed it proposes, unless it has a value of its own.
    let mut leader = TestProcess::new(0, with_leader(3));
    assert_eq!(said(leader.receive(2, Message::Forward(Value(30)))), to(1..3, &prepare(1, 0)));
    assert_eq!(said(leader.receive(1, promise(1, 0, None))), to(1..3, &accept(1, 0, 30)));
    let mut leader = TestProcess::new(0, with_leader(3));
    leader.propose(10);
    leader.receive(2, Message::Forward(Value(30)));
    assert_eq!(said(leader.receive(1, promise(1, 0, None))), to(1..3, &accept(1, 0, 10)));
}

/// At the start nothing is handed to a leader that has a value itself: one message less.
#[test]
fn at_the_start_a_leader_with_a_value_is_left_alone() {
    let everybody = Settings { start: Start::Everybody, ..with_leader(3) };
    assert_eq!(said(TestProcess::new(1, everybody).first), []);
    let start = Start::Given([(1, Value(20))].into());
    let process = TestProcess::new(1, Settings { start, ..with_leader(3) });
    assert_eq!(said(process.first), [(0, Message::Forward(Value(20)))]);
}

/// When the leader is suspected the next one proposes; when its heartbeats arrive again, that one
/// stops.
#[test]
fn who_is_trusted_next_proposes_until_it_is_not() {
    let mut process = TestProcess::new(1, with_leader(3));
    process.propose(20);
    assert_eq!(silence(&mut process, 0), [(0, prepare(1, 1)), (2, prepare(1, 1))]);
    let handed = sign_of_life(&mut process, 0);
    assert_eq!(handed, [(0, Message::Forward(Value(20)))]);
    assert_eq!(phase(&process), Phase::Idle);
    assert!(!process.timers.contains_key(&Timer::Proposer));
    // A promise that comes now leads to nothing.
    assert_eq!(said(process.receive(2, promise(1, 1, None))), []);
    assert_eq!(process.accepted(), None);
}

/// Section 3: a leader may do phase 1 before there is a value; then it takes phase 2 alone.
#[test]
fn phase_1_may_be_done_ahead() {
    let config = Settings { prepare_ahead: true, ..with_leader(3) };
    let mut process = TestProcess::new(0, config.clone());
    assert_eq!(said(process.first.clone()), to(1..3, &prepare(1, 0)));
    assert_eq!(said(process.receive(2, promise(1, 0, None))), []);
    assert_eq!(said(process.propose(10)), to(1..3, &accept(1, 0, 10)));
    // Reported values are proposed at once: nothing else could be.
    let mut process = TestProcess::new(0, config);
    let reported = Some(crate::harness::proposal(0, 2, 30));
    assert_eq!(said(process.receive(2, promise(1, 0, reported))), to(1..3, &accept(1, 0, 30)));
}
