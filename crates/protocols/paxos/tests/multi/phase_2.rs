//! Phase 2 and learning (Lamport 2001, 2.2 and 2.3; in many slots, section 3).

use paxos::multi::{Indication, Message, Settings, Slot, Timer, Value};
use service::{Answer, Output};

use crate::cluster::config;
use crate::harness::{TestServer, accept, ballot, command, node, proposals, put, replies};

fn accepted(round: u64, proposer: u32, slot: u64) -> Message {
    Message::Accepted { ballot: ballot(round, proposer), slot: Slot(slot) }
}

#[test]
fn an_acceptor_votes_unless_it_has_promised_a_higher_number() {
    let (mut server, _) = TestServer::new(3, config(5));
    let sent = server.receive(1, accept(ballot(2, 1), 1, command(1), 0));
    assert_eq!(sent, [(node(1), accepted(2, 1, 1))]);
    server.receive(2, Message::Prepare { ballot: ballot(3, 2), from: Slot(1) });
    let sent = server.receive(1, accept(ballot(2, 1), 2, command(2), 0));
    assert_eq!(sent, [(node(1), Message::Nack { promised: ballot(3, 2) })]);
    assert_eq!(server.node.log().get(Slot(2)), None);
}

#[test]
fn a_vote_is_durable_before_it_is_sent_and_survives() {
    let (mut server, _) = TestServer::new(3, config(5));
    server.slow_disk = true;
    assert_eq!(server.receive(1, accept(ballot(2, 1), 1, command(1), 0)), []);
    assert_eq!(server.sync(), [(node(1), accepted(2, 1, 1))]);
    server.restart();
    let entry = server.node.log().get(Slot(1)).expect("the vote is remembered");
    assert_eq!((entry.ballot, &entry.value), (ballot(2, 1), &command(1)));
    assert_eq!(server.node.promised(), Some(ballot(2, 1)), "a vote is a promise");
}

#[test]
fn a_vote_is_cast_once_however_often_it_is_asked_for() {
    let (mut server, _) = TestServer::new(3, config(5));
    for _ in 0..3 {
        let sent = server.receive(1, accept(ballot(2, 1), 1, command(1), 0));
        assert_eq!(sent, [(node(1), accepted(2, 1, 1))], "the answer may have been lost");
    }
    let vote = Indication::Voted { slot: Slot(1), ballot: ballot(2, 1), value: command(1) };
    assert_eq!(server.told, [vote]);
}

#[test]
fn a_majority_chooses_and_the_client_is_answered() {
    let mut server = TestServer::leader(config(5));
    server.ask(put(1));
    assert_eq!(server.accepted(1, &[1]), [], "with its own vote that makes two of five");
    assert_eq!(server.accepted(1, &[1]), [], "a vote that comes twice is one");
    let sent = server.accepted(1, &[2]);
    assert_eq!(replies(&sent)[0].answer, Answer::Done(Output::Done));
    assert_eq!(server.value(), Some("1"));
    assert_eq!(server.accepted(1, &[3, 4]), [], "it is answered once");
}

#[test]
fn its_own_vote_counts_once_it_is_durable() {
    let mut server = TestServer::leader(config(5));
    server.slow_disk = true;
    let sent = server.ask(put(1));
    assert_eq!(proposals(&sent).len(), 4, "the others are asked meanwhile");
    server.accepted(1, &[1, 2]);
    assert_eq!(server.executed(), 0, "two others are no majority of five");
    server.sync();
    assert_eq!(server.executed(), 1);
}

#[test]
fn slots_are_executed_in_order_and_without_gaps() {
    // Section 3; van Renesse and Altinbuken 2015, invariant R2.
    let mut server = TestServer::leader(config(5));
    server.ask(put(1));
    server.ask(put(2));
    server.accepted(2, &[1, 2]);
    assert_eq!(server.executed(), 0, "slot 2 is chosen, and slot 1 is not");
    server.accepted(1, &[1, 2]);
    assert_eq!(server.executed(), 2);
    assert_eq!(server.value(), Some("2"));
}

#[test]
fn no_more_than_alpha_slots_are_under_way() {
    // Section 3: "propose commands i + 1 through i + alpha after commands 1 through i are chosen".
    let mut server = TestServer::leader(Settings { alpha: 2, ..config(5) });
    assert_eq!(proposals(&server.ask(put(1))).len(), 4);
    assert_eq!(proposals(&server.ask(put(2))).len(), 4);
    assert_eq!(proposals(&server.ask(put(3))), [], "it waits");
    let sent = server.accepted(1, &[1, 2]);
    assert!(proposals(&sent).contains(&(1, 3, command(3))));
}

#[test]
fn operations_that_wait_share_a_slot() {
    let mut server = TestServer::leader(Settings { alpha: 1, batch: 2, ..config(5) });
    for sequence in 1..=4 {
        server.ask(put(sequence));
    }
    let sent = server.accepted(1, &[1, 2]);
    let batch = Value::Commands([put(2), put(3)].into());
    assert!(proposals(&sent).contains(&(1, 2, batch)));
}

#[test]
fn a_commit_message_tells_what_was_chosen_of_the_own_votes_in_its_ballot() {
    let (mut server, _) = TestServer::new(3, config(5));
    server.receive(1, accept(ballot(1, 1), 1, command(1), 0));
    server.receive(2, accept(ballot(2, 2), 2, command(2), 1));
    assert_eq!(server.executed(), 0, "its vote in slot 1 is of an older ballot");
    server.receive(2, accept(ballot(2, 2), 1, Value::Noop, 0));
    server.receive(2, Message::Commit { ballot: Some(ballot(2, 2)), upto: Slot(2) });
    assert_eq!(server.executed(), 2);
    assert_eq!(server.value(), Some("2"));
}

#[test]
fn the_commit_of_a_slot_travels_with_the_next_proposal() {
    let (mut server, _) = TestServer::new(3, config(5));
    server.receive(1, accept(ballot(1, 1), 1, command(1), 0));
    assert_eq!(server.executed(), 0);
    server.receive(1, accept(ballot(1, 1), 2, command(2), 1));
    assert_eq!(server.executed(), 1);
}

#[test]
fn proposals_are_sent_again_to_those_who_have_not_accepted() {
    let mut server = TestServer::leader(config(5));
    server.ask(put(1));
    server.accepted(1, &[3]);
    server.wait(100);
    let again: Vec<u32> =
        proposals(&server.fire(Timer::Retry)).into_iter().map(|(to, ..)| to).collect();
    assert_eq!(again, [1, 2, 4]);
}

#[test]
fn a_retry_of_an_operation_is_the_same_operation() {
    let mut server = TestServer::leader(config(5));
    server.ask(put(1));
    assert_eq!(server.ask(put(1)), [], "it is under way");
    server.accepted(1, &[1, 2]);
    let sent = server.ask(put(1));
    assert_eq!(replies(&sent)[0].answer, Answer::Done(Output::Done), "it was done before");
    assert_eq!(server.executed(), 1);
}
