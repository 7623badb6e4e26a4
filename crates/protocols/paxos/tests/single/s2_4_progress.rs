//! Section 2.4: progress, by a distinguished proposer.

use failure_detectors::Heartbeat;
use paxos::single::{Message, Phase, Settings, Start, Timer, Value};
use sim_node::NodeId;

use crate::hand::{Hand, Letter, accept, config, ms, omega, prepare, promise, to};

/// Process 0 is trusted at first.
fn with_leader(acceptors: u32) -> Settings {
    Settings { leader: omega(ms(100)), ..config(acceptors) }
}

/// What is said, but for signs of life.
fn said(letters: Vec<Letter>) -> Vec<Letter> {
    let is_sign = |message: &Message| matches!(message, Message::Detector(_));
    letters.into_iter().filter(|(_, message)| !is_sign(message)).collect()
}

/// The detector has received nothing from this process for a while.
fn silence(hand: &mut Hand, process: u32) -> Vec<Letter> {
    let silence = failure_detectors::Timer::Silence(NodeId::new(process));
    said(hand.fire(Timer::Detector(silence)))
}

fn sign_of_life(hand: &mut Hand, process: u32) -> Vec<Letter> {
    said(hand.hear(process, Message::Detector(Heartbeat)))
}

fn phase(hand: &Hand) -> Phase {
    hand.node.proposer().expect("a proposer").phase().clone()
}

/// "Proposer p completes phase 1 for a proposal number n1. Another proposer q then completes phase
/// 1 for a proposal number n2 > n1. Proposer p's phase 2 accept requests for a proposal numbered n1
/// are ignored [...]. So, proposer p then begins and completes phase 1 for a new proposal number n3
/// > n2, causing the second phase 2 accept requests of proposer q to be ignored. And so on."
#[test]
fn two_proposers_can_keep_each_other_from_finishing() {
    let mut acceptor = Hand::new(2, config(3));
    let (mut p, mut q) = (Hand::new(0, config(3)), Hand::new(1, config(3)));
    let mut prepared = p.propose(10);
    q.propose(20);
    q.hear(0, prepare(9, 0));
    let of = |letters: &[Letter], receiver: u32| {
        letters.iter().find(|(to, _)| *to == receiver).expect("a letter").1.clone()
    };
    for round in 0..10 {
        let (me, other, id) =
            if round % 2 == 0 { (&mut p, &mut q, 0) } else { (&mut q, &mut p, 1) };
        // One completes phase 1, and before its accept request arrives, the other has done so.
        let answer = acceptor.hear(id, of(&prepared, 2));
        let accepts = me.hear(2, answer[0].1.clone());
        let late = of(&accepts, 2);
        other.hear(id, of(&prepared, 1 - id));
        prepared = other.fire(Timer::Proposer);
        acceptor.hear(1 - id, of(&prepared, 2));
        let refusal = acceptor.hear(id, late);
        assert!(matches!(refusal[0].1, Message::Refuse(_)), "round {round}");
        me.hear(2, refusal[0].1.clone());
        assert_eq!(phase(me), Phase::BackingOff, "round {round}");
    }
    assert_eq!(acceptor.accepted(), None, "ten rounds, and nothing has come of it");
}

/// "A distinguished proposer must be selected as the only one to try issuing proposals."
#[test]
fn only_the_trusted_process_proposes() {
    let mut leader = Hand::new(0, with_leader(3));
    assert_eq!(said(leader.propose(10)), to(1..3, &prepare(1, 0)));
    let mut other = Hand::new(1, with_leader(3));
    assert_eq!(said(other.propose(20)), [(0, Message::Forward(Value(20)))]);
    assert_eq!(phase(&other), Phase::Idle);
}

/// The others hand their values over, again and again, and at once to a new leader.
#[test]
fn a_value_is_handed_to_the_leader() {
    let mut hand = Hand::new(2, with_leader(3));
    assert_eq!(said(hand.propose(30)), [(0, Message::Forward(Value(30)))]);
    let letters = hand.fire(Timer::Ask);
    assert!(letters.contains(&(0, Message::Forward(Value(30)))), "{letters:?}");
    assert_eq!(silence(&mut hand, 0), [(1, Message::Forward(Value(30)))]);
    // What a leader is handed it proposes, unless it has a value of its own.
    let mut leader = Hand::new(0, with_leader(3));
    assert_eq!(said(leader.hear(2, Message::Forward(Value(30)))), to(1..3, &prepare(1, 0)));
    assert_eq!(said(leader.hear(1, promise(1, 0, None))), to(1..3, &accept(1, 0, 30)));
    let mut leader = Hand::new(0, with_leader(3));
    leader.propose(10);
    leader.hear(2, Message::Forward(Value(30)));
    assert_eq!(said(leader.hear(1, promise(1, 0, None))), to(1..3, &accept(1, 0, 10)));
}

/// At the start nothing is handed to a leader that has a value itself: one message less.
#[test]
fn at_the_start_a_leader_with_a_value_is_left_alone() {
    let everybody = Settings { start: Start::Everybody, ..with_leader(3) };
    assert_eq!(said(Hand::new(1, everybody).first), []);
    let start = Start::Given([(1, Value(20))].into());
    let hand = Hand::new(1, Settings { start, ..with_leader(3) });
    assert_eq!(said(hand.first), [(0, Message::Forward(Value(20)))]);
}

/// When the leader is suspected the next one proposes; when its heartbeats arrive again, that one
/// stops.
#[test]
fn who_is_trusted_next_proposes_until_it_is_not() {
    let mut hand = Hand::new(1, with_leader(3));
    hand.propose(20);
    assert_eq!(silence(&mut hand, 0), [(0, prepare(1, 1)), (2, prepare(1, 1))]);
    let handed = sign_of_life(&mut hand, 0);
    assert_eq!(handed, [(0, Message::Forward(Value(20)))]);
    assert_eq!(phase(&hand), Phase::Idle);
    assert!(!hand.timers.contains_key(&Timer::Proposer));
    // A promise that comes now leads to nothing.
    assert_eq!(said(hand.hear(2, promise(1, 1, None))), []);
    assert_eq!(hand.accepted(), None);
}

/// Section 3: a leader may do phase 1 before there is a value; then it takes phase 2 alone.
#[test]
fn phase_1_may_be_done_ahead() {
    let config = Settings { prepare_ahead: true, ..with_leader(3) };
    let mut hand = Hand::new(0, config.clone());
    assert_eq!(said(hand.first.clone()), to(1..3, &prepare(1, 0)));
    assert_eq!(said(hand.hear(2, promise(1, 0, None))), []);
    assert_eq!(said(hand.propose(10)), to(1..3, &accept(1, 0, 10)));
    // Reported values are proposed at once: nothing else could be.
    let mut hand = Hand::new(0, config);
    let reported = Some(crate::hand::proposal(0, 2, 30));
    assert_eq!(said(hand.hear(2, promise(1, 0, reported))), to(1..3, &accept(1, 0, 30)));
}
