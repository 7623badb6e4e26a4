//! Phase 2 and learning (Lamport 2001, 2.2 and 2.3; in many slots, section 3).

use paxos::multi::{Indication, Message, Settings, Slot, Timer, Value};
use service::{Answer, Output};

use crate::cluster::config;
use crate::hand::{Hand, accept, ballot, command, node, proposals, put, replies};

fn accepted(round: u64, proposer: u32, slot: u64) -> Message {
    Message::Accepted { ballot: ballot(round, proposer), slot: Slot(slot) }
}

#[test]
fn an_acceptor_votes_unless_it_has_promised_a_higher_number() {
    let (mut hand, _) = Hand::new(3, config(5));
    let letters = hand.hear(1, accept(ballot(2, 1), 1, command(1), 0));
    assert_eq!(letters, [(node(1), accepted(2, 1, 1))]);
    hand.hear(2, Message::Prepare { ballot: ballot(3, 2), from: Slot(1) });
    let letters = hand.hear(1, accept(ballot(2, 1), 2, command(2), 0));
    assert_eq!(letters, [(node(1), Message::Nack { promised: ballot(3, 2) })]);
    assert_eq!(hand.node.log().get(Slot(2)), None);
}

#[test]
fn a_vote_is_durable_before_it_is_sent_and_survives() {
    let (mut hand, _) = Hand::new(3, config(5));
    hand.slow_disk = true;
    assert_eq!(hand.hear(1, accept(ballot(2, 1), 1, command(1), 0)), []);
    assert_eq!(hand.sync(), [(node(1), accepted(2, 1, 1))]);
    hand.restart();
    let entry = hand.node.log().get(Slot(1)).expect("the vote is remembered");
    assert_eq!((entry.ballot, &entry.value), (ballot(2, 1), &command(1)));
    assert_eq!(hand.node.promised(), Some(ballot(2, 1)), "a vote is a promise");
}

#[test]
fn a_vote_is_cast_once_however_often_it_is_asked_for() {
    let (mut hand, _) = Hand::new(3, config(5));
    for _ in 0..3 {
        let letters = hand.hear(1, accept(ballot(2, 1), 1, command(1), 0));
        assert_eq!(letters, [(node(1), accepted(2, 1, 1))], "the answer may have been lost");
    }
    let vote = Indication::Voted { slot: Slot(1), ballot: ballot(2, 1), value: command(1) };
    assert_eq!(hand.told, [vote]);
}

#[test]
fn a_majority_chooses_and_the_client_is_answered() {
    let mut hand = Hand::leader(config(5));
    hand.ask(put(1));
    assert_eq!(hand.accepted(1, &[1]), [], "with its own vote that makes two of five");
    assert_eq!(hand.accepted(1, &[1]), [], "a vote that comes twice is one");
    let letters = hand.accepted(1, &[2]);
    assert_eq!(replies(&letters)[0].answer, Answer::Done(Output::Done));
    assert_eq!(hand.value(), Some("1"));
    assert_eq!(hand.accepted(1, &[3, 4]), [], "it is answered once");
}

#[test]
fn its_own_vote_counts_once_it_is_durable() {
    let mut hand = Hand::leader(config(5));
    hand.slow_disk = true;
    let letters = hand.ask(put(1));
    assert_eq!(proposals(&letters).len(), 4, "the others are asked meanwhile");
    hand.accepted(1, &[1, 2]);
    assert_eq!(hand.executed(), 0, "two others are no majority of five");
    hand.sync();
    assert_eq!(hand.executed(), 1);
}

#[test]
fn slots_are_executed_in_order_and_without_gaps() {
    // Section 3; van Renesse and Altinbuken 2015, invariant R2.
    let mut hand = Hand::leader(config(5));
    hand.ask(put(1));
    hand.ask(put(2));
    hand.accepted(2, &[1, 2]);
    assert_eq!(hand.executed(), 0, "slot 2 is chosen, and slot 1 is not");
    hand.accepted(1, &[1, 2]);
    assert_eq!(hand.executed(), 2);
    assert_eq!(hand.value(), Some("2"));
}

#[test]
fn no_more_than_alpha_slots_are_under_way() {
    // Section 3: "propose commands i + 1 through i + alpha after commands 1 through i are chosen".
    let mut hand = Hand::leader(Settings { alpha: 2, ..config(5) });
    assert_eq!(proposals(&hand.ask(put(1))).len(), 4);
    assert_eq!(proposals(&hand.ask(put(2))).len(), 4);
    assert_eq!(proposals(&hand.ask(put(3))), [], "it waits");
    let letters = hand.accepted(1, &[1, 2]);
    assert!(proposals(&letters).contains(&(1, 3, command(3))));
}

#[test]
fn operations_that_wait_share_a_slot() {
    let mut hand = Hand::leader(Settings { alpha: 1, batch: 2, ..config(5) });
    for sequence in 1..=4 {
        hand.ask(put(sequence));
    }
    let letters = hand.accepted(1, &[1, 2]);
    let batch = Value::Commands([put(2), put(3)].into());
    assert!(proposals(&letters).contains(&(1, 2, batch)));
}

#[test]
fn a_commit_message_tells_what_was_chosen_of_the_own_votes_in_its_ballot() {
    let (mut hand, _) = Hand::new(3, config(5));
    hand.hear(1, accept(ballot(1, 1), 1, command(1), 0));
    hand.hear(2, accept(ballot(2, 2), 2, command(2), 1));
    assert_eq!(hand.executed(), 0, "its vote in slot 1 is of an older ballot");
    hand.hear(2, accept(ballot(2, 2), 1, Value::Noop, 0));
    hand.hear(2, Message::Commit { ballot: Some(ballot(2, 2)), upto: Slot(2) });
    assert_eq!(hand.executed(), 2);
    assert_eq!(hand.value(), Some("2"));
}

#[test]
fn the_commit_of_a_slot_travels_with_the_next_proposal() {
    let (mut hand, _) = Hand::new(3, config(5));
    hand.hear(1, accept(ballot(1, 1), 1, command(1), 0));
    assert_eq!(hand.executed(), 0);
    hand.hear(1, accept(ballot(1, 1), 2, command(2), 1));
    assert_eq!(hand.executed(), 1);
}

#[test]
fn proposals_are_sent_again_to_those_who_have_not_accepted() {
    let mut hand = Hand::leader(config(5));
    hand.ask(put(1));
    hand.accepted(1, &[3]);
    hand.wait(100);
    let again: Vec<u32> =
        proposals(&hand.fire(Timer::Retry)).into_iter().map(|(to, ..)| to).collect();
    assert_eq!(again, [1, 2, 4]);
}

#[test]
fn a_retry_of_an_operation_is_the_same_operation() {
    let mut hand = Hand::leader(config(5));
    hand.ask(put(1));
    assert_eq!(hand.ask(put(1)), [], "it is under way");
    hand.accepted(1, &[1, 2]);
    let letters = hand.ask(put(1));
    assert_eq!(replies(&letters)[0].answer, Answer::Done(Output::Done), "it was done before");
    assert_eq!(hand.executed(), 1);
}
