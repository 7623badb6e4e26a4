//! Thesis, 6.3: linearizable semantics by sessions: every operation takes effect once.

use raft::Entry;
use service::{Answer, Command, Key, Output};

use crate::cluster::config;
use crate::server::{TestServer, answers, append, kinds, matched};

fn add(text: &str) -> Command {
    Command::Append(Key(1), text.to_owned())
}

fn leader() -> TestServer {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.receive(1, matched(1, 1));
    server
}

/// "If a server receives a command whose serial number has already been executed, it responds
/// immediately without re-executing the request" (section 8).
#[test]
fn a_retry_of_what_took_effect_gets_the_same_answer_at_once() {
    let mut server = leader();
    let swap = Command::CompareAndSet(Key(1), None, "a".to_owned());
    server.ask(1, swap.clone());
    assert_eq!(answers(&server.receive(1, matched(1, 2))), [Answer::Done(Output::Written(true))]);
    for _ in 0..2 {
        let sent = server.ask(1, swap.clone());
        assert_eq!(answers(&sent), [Answer::Done(Output::Written(true))], "as the first time");
        assert_eq!(kinds(&sent).len(), 1, "nothing is replicated for it");
    }
    assert_eq!(server.terms(), [1, 1]);
}

/// An operation that its session has gone beyond is not executed any more, wherever it comes from:
/// its client waits for it no longer.
#[test]
fn an_operation_that_was_overtaken_has_no_effect_and_no_answer() {
    let mut server = leader();
    server.ask(1, add("1"));
    server.ask(2, add("2"));
    server.receive(1, matched(1, 3));
    assert_eq!(server.value(1), Some("12"));
    server.ask(1, add("1"));
    assert_eq!(answers(&server.receive(1, matched(1, 4))), []);
    assert_eq!(server.value(1), Some("12"));
}

/// Sessions are told apart by client and session, so equal numbers of two of them are two
/// operations.
#[test]
fn equal_numbers_of_two_sessions_are_two_operations() {
    let mut server = TestServer::new(1, config(3));
    let entries: Vec<Entry> = vec![crate::server::entry(1, 1), crate::server::entry(1, 2)];
    server.receive(0, append(1, (0, 0), entries, 2));
    assert_eq!(server.value(1), Some("1.2"), "both were executed");
}

/// Every server remembers the sessions alike, since they are part of the state machine.
#[test]
fn followers_filter_as_the_leader_does() {
    let mut server = leader();
    server.ask(1, add("1"));
    server.ask(2, add("2"));
    server.receive(1, matched(1, 3));
    server.ask(1, add("1"));
    let log: Vec<Entry> =
        server.node.log().from(raft::Index(0)).map(|(_, entry)| entry.clone()).collect();
    assert_eq!(log.len(), 4, "the late one is in the log");
    server.receive(1, matched(1, 4));
    let mut follower = TestServer::new(1, config(3));
    follower.receive(0, append(1, (0, 0), log, 4));
    assert_eq!(follower.node.state_machine(), server.node.state_machine());
}
