//! Reads without a slot: a leader asks whether it still leads.

use paxos::multi::{Message, Reads, Settings, Slot};
use service::{Answer, Command, Key, Output};

use crate::cluster::config;
use crate::hand::{Hand, Letter, ballot, command, promise, put, replies, request};

fn by_quorum() -> Settings {
    Settings { reads: Reads::Quorum, ..config(5) }
}

fn get(hand: &mut Hand, sequence: u64) -> Vec<Letter> {
    hand.ask(request(sequence, Command::Get(Key(0))))
}

fn confirmed(round: u64) -> Message {
    Message::Confirmed { ballot: ballot(1, 0), round }
}

#[test]
fn a_read_is_answered_when_a_quorum_has_promised_nothing_higher() {
    let mut hand = Hand::leader(by_quorum());
    hand.ask(put(1));
    hand.accepted(1, &[1, 2]);
    let letters = get(&mut hand, 2);
    let confirm = Message::Confirm { ballot: ballot(1, 0), round: 1 };
    assert_eq!(letters.len(), 4);
    assert!(letters.iter().all(|(_, message)| *message == confirm));
    assert_eq!(hand.hear(1, confirmed(1)), []);
    assert_eq!(hand.hear(1, confirmed(1)), [], "twice is once");
    let letters = hand.hear(2, confirmed(1));
    assert_eq!(replies(&letters)[0].answer, Answer::Done(Output::Value(Some("1".to_owned()))));
}

#[test]
fn an_answer_to_an_earlier_round_confirms_no_later_one() {
    let mut hand = Hand::leader(by_quorum());
    get(&mut hand, 1);
    get(&mut hand, 2);
    let letters = [hand.hear(1, confirmed(1)), hand.hear(2, confirmed(1))].concat();
    assert_eq!(replies(&letters).len(), 1);
    let letters = [hand.hear(1, confirmed(2)), hand.hear(2, confirmed(2))].concat();
    assert_eq!(replies(&letters).len(), 1);
}

#[test]
fn an_acceptor_that_has_promised_more_does_not_confirm() {
    let (mut hand, _) = Hand::new(3, by_quorum());
    hand.hear(1, Message::Prepare { ballot: ballot(2, 1), from: Slot(1) });
    let letters = hand.hear(0, Message::Confirm { ballot: ballot(1, 0), round: 1 });
    assert_eq!(letters[0].1, Message::Nack { promised: ballot(2, 1) });
}

#[test]
fn a_deposed_leader_answers_no_reads() {
    let mut hand = Hand::leader(by_quorum());
    get(&mut hand, 1);
    hand.hear(1, confirmed(1));
    hand.hear(2, Message::Nack { promised: ballot(2, 1) });
    assert_eq!(hand.hear(3, confirmed(1)), []);
}

#[test]
fn reads_wait_for_what_may_have_been_chosen_before() {
    let (mut hand, _) = Hand::new(0, by_quorum());
    let votes = [(1, ballot(0, 1), command(7))];
    hand.hear(1, promise(ballot(1, 0), 0, &votes));
    hand.hear(2, promise(ballot(1, 0), 0, &[]));
    assert!(hand.node.is_leader());
    assert_eq!(get(&mut hand, 8), [], "slot 1 is proposed in again, and not executed");
    let letters = hand.accepted(1, &[1, 2]);
    assert_eq!(letters.len(), 4, "now it asks");
    hand.hear(1, confirmed(1));
    let letters = hand.hear(2, confirmed(1));
    assert_eq!(replies(&letters)[0].answer, Answer::Done(Output::Value(Some("7".to_owned()))));
}
