//! Who leads, and what an old leader does (Lamport 2001, 2.4 and section 3).

use paxos::multi::{Chunk, Leader, Message, Settings, Slot, Timer, Value};
use service::Answer;

use crate::cluster::config;
use crate::harness::{TestServer, accept, ballot, command, node, promise, proposals, put, replies};

#[test]
fn the_lowest_member_that_is_not_suspected_leads() {
    let (server, _) = TestServer::new(1, config(5));
    assert_eq!(server.node.ballot(), None, "it trusts server 0");
    let mut server = server;
    let silence = failure_detectors::Timer::Silence(node(0));
    let sent = server.fire(Timer::Detector(silence));
    assert_eq!(sent.len(), 4, "it asks for promises");
    // Server 0 is back: it leads, and this one ceases to.
    server.receive(0, Message::Detector(failure_detectors::Heartbeat));
    assert_eq!(server.node.ballot(), None);
}

#[test]
fn others_send_clients_to_the_leader() {
    let (mut server, _) = TestServer::new(1, config(5));
    let sent = server.ask(put(1));
    assert_eq!(replies(&sent)[0].answer, Answer::Redirect(Some(node(0))));
}

#[test]
fn a_proposer_that_is_outbid_waits_and_tries_a_higher_ballot() {
    let mut server = TestServer::leader(config(5));
    server.receive(1, Message::Nack { promised: ballot(8, 1) });
    assert!(!server.node.is_leader());
    let sent = server.fire(Timer::Backoff);
    assert_eq!(server.node.ballot(), Some(ballot(9, 0)));
    assert_eq!(sent.len(), 4);
}

#[test]
fn a_leader_that_is_outbid_while_idle_is_told() {
    // All wait for it; it must learn that no acceptor accepts anything in its ballot.
    let (mut server, _) = TestServer::new(3, config(5));
    server.receive(1, Message::Prepare { ballot: ballot(5, 1), from: Slot(1) });
    let commit = Message::Commit { ballot: Some(ballot(2, 0)), upto: Slot(0) };
    assert_eq!(server.receive(0, commit), [(node(0), Message::Nack { promised: ballot(5, 1) })]);
}

#[test]
fn a_leader_that_learns_another_value_than_its_own_leads_no_more() {
    // Its acceptors would take the commit message for their votes in its ballot.
    let mut server = TestServer::leader(config(5));
    server.ask(put(1));
    server.receive(2, Message::Learn(vec![(Slot(1), ballot(4, 2), command(9))]));
    assert!(!server.node.is_leader());
    assert_eq!(server.executed(), 1);
    assert_eq!(server.value(), Some("9"));
}

#[test]
fn a_leader_that_was_overtaken_by_a_snapshot_leads_no_more() {
    // Another value may have been chosen in its slot; a snapshot does not tell.
    let mut server = TestServer::leader(config(5));
    server.ask(put(1));
    let configurations = server.node.configurations().clone();
    let slot = Slot(1);
    let chunk = Chunk { slot, configurations, data: service::Store::default().chunk(0, 1) };
    server.receive(1, Message::Commit { ballot: None, upto: slot });
    server.receive(1, Message::Chunk(Box::new(chunk)));
    assert_eq!(server.executed(), 1);
    assert!(!server.node.is_leader());
}

#[test]
fn a_report_of_a_slot_that_is_known_to_be_chosen_does_not_matter() {
    // Slot 1 is reported by one, and learned from another before it can be proposed in.
    let (mut server, _) = TestServer::new(0, config(5));
    server.receive(1, promise(ballot(1, 0), 0, &[(1, ballot(0, 3), command(1))]));
    server.receive(3, Message::Learn(vec![(Slot(1), ballot(0, 3), command(1))]));
    let sent = server.receive(2, promise(ballot(1, 0), 1, &[]));
    assert!(server.node.is_leader());
    assert_eq!(proposals(&sent), [], "there is no gap to fill");
}

#[test]
fn where_everybody_may_lead_a_server_that_is_asked_does() {
    let (mut server, sent) =
        TestServer::new(2, Settings { leader: Leader::Everybody, ..config(5) });
    assert_eq!(sent, [], "no client has asked");
    let sent = server.ask(put(1));
    assert_eq!(sent.len(), 4, "it asks for promises");
    // Outbid after it proposed, it tries again with what was not chosen.
    server.receive(1, promise(ballot(1, 2), 0, &[]));
    server.receive(3, promise(ballot(1, 2), 0, &[]));
    server.receive(4, accept(ballot(2, 4), 5, Value::Noop, 0));
    server.fire(Timer::Backoff);
    assert_eq!(server.node.ballot(), Some(ballot(3, 2)));
}
