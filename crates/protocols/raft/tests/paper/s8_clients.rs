//! Section 8: client interaction.

use raft::{Config, Payload, Reads};
use service::{Answer, Command, Key, Output};

use crate::cluster::config;
use crate::group::Group;
use crate::server::{TestServer, answers, disk, entries, get, kinds, matched, put};

/// "A leader must have the latest information on which entries are committed ... Raft handles this
/// by having each leader commit a blank no-op entry into the log at the start of its term."
#[test]
fn a_leader_begins_its_term_with_an_empty_entry() {
    let mut server = TestServer::with_disk(0, config(3), disk(2, &[1, 2]));
    let sent = server.elect();
    assert_eq!(server.terms(), [1, 2, 3]);
    let last = server.node.log().get(raft::Index(3)).map(|entry| entry.payload.clone());
    assert_eq!(last, Some(Payload::Noop));
    assert_eq!(entries(&sent).len(), 2, "and sends it");
    server.receive(1, matched(3, 3));
    assert_eq!((server.commit(), server.value(1)), (3, Some("2.2")), "with all that came before");
}

/// Where it is switched off, the first command does it, or the first read that needs it.
#[test]
fn without_the_empty_entry_a_leader_makes_one_when_a_read_needs_it() {
    let mut server =
        TestServer::with_disk(0, Config { noop: false, ..config(3) }, disk(2, &[1, 2]));
    server.elect();
    assert_eq!(server.terms(), [1, 2]);
    server.ask(1, put("a"));
    assert_eq!(server.terms(), [1, 2, 3], "the command");

    let config = Config { noop: false, reads: Reads::ReadIndex, ..config(3) };
    let mut server = TestServer::with_disk(0, config, disk(2, &[1, 2]));
    server.elect();
    server.ask(1, get());
    assert_eq!(server.terms(), [1, 2, 3]);
}

/// "If the leader crashes after committing the log entry but before responding to the client, the
/// client will retry the command with a new leader, causing it to be executed a second time. The
/// solution is for clients to assign unique serial numbers to every command."
#[test]
fn a_command_that_is_retried_at_a_new_leader_is_executed_once() {
    let command = || Command::Append(Key(1), "x".to_owned());
    let mut group = Group::new(3, &config(3));
    group.elect(0);
    group.heartbeat(0);
    let sent = group.server(0).ask(1, command());
    group.transmit(0, sent);
    // The answer is lost with the leader; the followers have the entry.
    group.deliver_all_but(|_, to, _| to == 0);
    group.cut = [0].into();
    assert_eq!(group.answered, []);
    group.elect(1);
    // The new leader does not know yet whether it is committed.
    group.ask(1, 1, command());
    group.deliver_all();
    group.heartbeat(1);
    assert_eq!(group.answered, [Answer::Done(Output::Done)]);
    assert_eq!(group.servers[1].value(1), Some("x"));
    assert_eq!(group.servers[2].value(1), Some("x"));
}

/// Even when it is in the log twice.
#[test]
fn a_command_that_is_in_the_log_twice_is_executed_once() {
    let command = || Command::Append(Key(1), "x".to_owned());
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.ask(1, command());
    let entry = server.node.log().get(raft::Index(2)).expect("the command").clone();
    let mut follower = TestServer::new(1, config(3));
    follower.receive(0, crate::server::append(1, (0, 0), vec![entry.clone(), entry], 2));
    assert_eq!((follower.commit(), follower.value(1)), (2, Some("x")));
}

/// "Read-only operations ... a leader might have been superseded by a newer leader of which it is
/// unaware": as entries of the log they are answered only once they are committed.
#[test]
fn a_read_in_the_log_is_answered_when_it_is_committed() {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.receive(1, matched(1, 1));
    assert_eq!(answers(&server.ask(1, get())), []);
    assert_eq!(answers(&server.receive(1, matched(1, 2))), [Answer::Done(Output::Value(None))]);
}

/// "Raft has the leader exchange heartbeat messages with a majority of the cluster before
/// responding to read-only requests."
#[test]
fn a_superseded_leader_answers_no_read() {
    for reads in [Reads::Log, Reads::ReadIndex] {
        let mut group = Group::new(3, &Config { reads, ..config(3) });
        group.elect(0);
        group.ask(0, 1, put("old"));
        group.deliver_all();
        group.cut = [0].into();
        group.elect(1);
        group.ask(1, 2, put("new"));
        group.deliver_all();
        group.answered.clear();
        group.ask(0, 3, get());
        group.heartbeat(0);
        assert!(group.servers[0].node.is_leader(), "it has not noticed");
        assert_eq!(group.answered, [], "{reads:?}");
        group.ask(1, 3, get());
        group.deliver_all();
        let new = Output::Value(Some("new".to_owned()));
        assert_eq!(group.answered, [Answer::Done(new)], "{reads:?}");
    }
}

/// The answer goes to the client that asked last: that one waits.
#[test]
fn a_retry_before_the_commit_adds_no_entry_and_is_answered_once() {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.ask(1, put("a"));
    assert_eq!(kinds(&server.ask(1, put("a"))), []);
    assert_eq!(server.terms(), [1, 1]);
    assert_eq!(answers(&server.receive(1, matched(1, 2))), [Answer::Done(Output::Done)]);
}
