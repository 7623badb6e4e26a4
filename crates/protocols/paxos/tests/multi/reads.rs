//! Reads without a slot: a leader asks whether it still leads.

use paxos::multi::{Message, Reads, Settings, Slot};
use service::{Answer, Command, Key, Output};

use crate::cluster::config;
use crate::harness::{Sent, TestServer, ballot, command, promise, put, replies, request};

fn by_quorum() -> Settings {
    Settings { reads: Reads::Quorum, ..config(5) }
}

fn get(server: &mut TestServer, sequence: u64) -> Vec<Sent> {
    server.ask(request(sequence, Command::Get(Key(0))))
}

fn confirmed(round: u64) -> Message {
    Message::Confirmed { ballot: ballot(1, 0), round }
}

#[test]
fn a_read_is_answered_when_a_quorum_has_promised_nothing_higher() {
    let mut server = TestServer::leader(by_quorum());
    server.ask(put(1));
    server.accepted(1, &[1, 2]);
    let sent = get(&mut server, 2);
    let confirm = Message::Confirm { ballot: ballot(1, 0), round: 1 };
    assert_eq!(sent.len(), 4);
    assert!(sent.iter().all(|(_, message)| *message == confirm));
    assert_eq!(server.receive(1, confirmed(1)), []);
    assert_eq!(server.receive(1, confirmed(1)), [], "twice is once");
    let sent = server.receive(2, confirmed(1));
    assert_eq!(replies(&sent)[0].answer, Answer::Done(Output::Value(Some("1".to_owned()))));
}

#[test]
fn an_answer_to_an_earlier_round_confirms_no_later_one() {
    let mut server = TestServer::leader(by_quorum());
    get(&mut server, 1);
    get(&mut server, 2);
    let sent = [server.receive(1, confirmed(1)), server.receive(2, confirmed(1))].concat();
    assert_eq!(replies(&sent).len(), 1);
    let sent = [server.receive(1, confirmed(2)), server.receive(2, confirmed(2))].concat();
    assert_eq!(replies(&sent).len(), 1);
}

#[test]
fn an_acceptor_that_has_promised_more_does_not_confirm() {
    let (mut server, _) = TestServer::new(3, by_quorum());
    server.receive(1, Message::Prepare { ballot: ballot(2, 1), from: Slot(1) });
    let sent = server.receive(0, Message::Confirm { ballot: ballot(1, 0), round: 1 });
    assert_eq!(sent[0].1, Message::Nack { promised: ballot(2, 1) });
}

#[test]
fn a_deposed_leader_answers_no_reads() {
    let mut server = TestServer::leader(by_quorum());
    get(&mut server, 1);
    server.receive(1, confirmed(1));
    server.receive(2, Message::Nack { promised: ballot(2, 1) });
    assert_eq!(server.receive(3, confirmed(1)), []);
}

#[test]
fn reads_wait_for_what_may_have_been_chosen_before() {
    let (mut server, _) = TestServer::new(0, by_quorum());
    let votes = [(1, ballot(0, 1), command(7))];
    server.receive(1, promise(ballot(1, 0), 0, &votes));
    server.receive(2, promise(ballot(1, 0), 0, &[]));
    assert!(server.node.is_leader());
    assert_eq!(get(&mut server, 8), [], "slot 1 is proposed in again, and not executed");
    let sent = server.accepted(1, &[1, 2]);
    assert_eq!(sent.len(), 4, "now it asks");
    server.receive(1, confirmed(1));
    let sent = server.receive(2, confirmed(1));
    assert_eq!(replies(&sent)[0].answer, Answer::Done(Output::Value(Some("7".to_owned()))));
}
