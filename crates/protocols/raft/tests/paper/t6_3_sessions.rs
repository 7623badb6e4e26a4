//! Thesis, 6.3: linearizable semantics by sessions: every operation takes effect once.

use raft::Entry;
use service::{Answer, Command, Key, Output};

use crate::cluster::config;
use crate::hand::{Hand, answers, append, kinds, matched};

fn add(text: &str) -> Command {
    Command::Append(Key(1), text.to_owned())
}

fn leader() -> Hand {
    let mut hand = Hand::new(0, config(3));
    hand.elect();
    hand.hear(1, matched(1, 1));
    hand
}

/// "If a server receives a command whose serial number has already been executed, it responds
/// immediately without re-executing the request" (section 8).
#[test]
fn a_retry_of_what_took_effect_gets_the_same_answer_at_once() {
    let mut hand = leader();
    let swap = Command::CompareAndSet(Key(1), None, "a".to_owned());
    hand.ask(1, swap.clone());
    assert_eq!(answers(&hand.hear(1, matched(1, 2))), [Answer::Done(Output::Written(true))]);
    for _ in 0..2 {
        let letters = hand.ask(1, swap.clone());
        assert_eq!(answers(&letters), [Answer::Done(Output::Written(true))], "as the first time");
        assert_eq!(kinds(&letters).len(), 1, "nothing is replicated for it");
    }
    assert_eq!(hand.terms(), [1, 1]);
}

/// An operation that its session has gone beyond is not executed any more, wherever it comes from:
/// its client waits for it no longer.
#[test]
fn an_operation_that_was_overtaken_has_no_effect_and_no_answer() {
    let mut hand = leader();
    hand.ask(1, add("1"));
    hand.ask(2, add("2"));
    hand.hear(1, matched(1, 3));
    assert_eq!(hand.value(1), Some("12"));
    hand.ask(1, add("1"));
    assert_eq!(answers(&hand.hear(1, matched(1, 4))), []);
    assert_eq!(hand.value(1), Some("12"));
}

/// Sessions are told apart by client and session, so equal numbers of two of them are two
/// operations.
#[test]
fn equal_numbers_of_two_sessions_are_two_operations() {
    let mut hand = Hand::new(1, config(3));
    let entries: Vec<Entry> = vec![crate::hand::entry(1, 1), crate::hand::entry(1, 2)];
    hand.hear(0, append(1, (0, 0), entries, 2));
    assert_eq!(hand.value(1), Some("1.2"), "both were executed");
}

/// Every server remembers the sessions alike, since they are part of the state machine.
#[test]
fn followers_filter_as_the_leader_does() {
    let mut hand = leader();
    hand.ask(1, add("1"));
    hand.ask(2, add("2"));
    hand.hear(1, matched(1, 3));
    hand.ask(1, add("1"));
    let log: Vec<Entry> =
        hand.node.log().from(raft::Index(0)).map(|(_, entry)| entry.clone()).collect();
    assert_eq!(log.len(), 4, "the late one is in the log");
    hand.hear(1, matched(1, 4));
    let mut follower = Hand::new(1, config(3));
    follower.hear(0, append(1, (0, 0), log, 4));
    assert_eq!(follower.node.store(), hand.node.store());
}
