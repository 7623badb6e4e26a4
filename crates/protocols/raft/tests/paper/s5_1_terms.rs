//! Section 5.1: terms.

use raft::{
    AppendEntriesReply, AppendResult, Configuration, Index, InstallSnapshot, InstallSnapshotReply,
    Message, StoreChunk, Term, Timer,
};
use service::Store;

use crate::cluster::config;
use crate::server::{
    TestServer, append, disk, entry, heartbeat, kinds, matched, reply, results, vote, vote_request,
    votes,
};

fn chunk(term: u64) -> Message {
    Message::InstallSnapshot(Box::new(InstallSnapshot {
        term: Term(term),
        last_included_index: Index(9),
        last_included_term: Term(1),
        configuration: Configuration::of_voters(config(3).voters()).into(),
        data: StoreChunk { done: false, ..Store::default().chunk(0, 9) },
    }))
}

/// Every message that tells of a server's own term, in this one.
fn all_of_term(term: u64) -> Vec<Message> {
    let chunk_reply = InstallSnapshotReply {
        term: Term(term),
        last_included_index: Index(0),
        received: 0,
        is_covered: false,
    };
    vec![
        vote_request(term, 0, 0),
        vote(term, false),
        heartbeat(term),
        append(term, (7, 1), vec![entry(term, 8)], 0),
        matched(term, 0),
        reply(term, AppendResult::StaleTerm),
        chunk(term),
        Message::InstallSnapshotReply(chunk_reply),
    ]
}

fn follower() -> TestServer {
    TestServer::with_disk(0, config(3), disk(3, &[1]))
}

fn candidate() -> TestServer {
    let mut server = TestServer::with_disk(0, config(3), disk(2, &[1]));
    server.fire(Timer::Election);
    assert_eq!(server.role(), "candidate");
    server
}

fn leader() -> TestServer {
    let mut server = TestServer::with_disk(0, config(3), disk(2, &[1]));
    server.elect();
    server
}

/// "If one server's current term is smaller than the other's, then it updates its current term to
/// the larger value. If a candidate or leader discovers that its term is out of date, it
/// immediately reverts to follower state."
#[test]
fn a_newer_term_is_taken_over_and_makes_a_follower() {
    for message in all_of_term(5) {
        for mut server in [follower(), candidate(), leader()] {
            assert_eq!(server.term(), 3);
            let before = server.role();
            server.receive(1, message.clone());
            assert_eq!((server.role(), server.term()), ("follower", 5), "a {before}, {message:?}");
            assert!(!server.timers.contains_key(&Timer::Heartbeat), "it leads no longer");
            assert!(server.timers.contains_key(&Timer::Election), "it waits for a leader");
        }
    }
}

/// The current term is part of the "persistent state on all servers (updated on stable storage
/// before responding to RPCs)" (figure 2).
#[test]
fn a_newer_term_survives_a_crash_once_a_message_has_named_it() {
    for message in [vote_request(5, 0, 0), heartbeat(5), chunk(5)] {
        let mut server = follower();
        server.slow_disk = true;
        let early = server.receive(1, message.clone());
        assert!(early.is_empty(), "nothing is said before the term is durable: {early:?}");
        assert_eq!(server.sync().len(), 1, "{message:?}");
        server.restart();
        assert_eq!(server.term(), 5, "{message:?}");
    }
}

/// "If a server receives a request with a stale term number, it rejects the request."
#[test]
fn a_stale_append_is_rejected_with_the_newer_term() {
    let mut server = follower();
    let sent = server.receive(1, append(2, (1, 1), vec![entry(2, 2)], 1));
    let [(to, Message::AppendEntriesReply(AppendEntriesReply { term, result, .. }))] =
        sent.as_slice()
    else {
        panic!("one answer: {sent:?}")
    };
    assert_eq!((to.number(), *term, *result), (1, Term(3), AppendResult::StaleTerm));
    assert_eq!((server.terms(), server.commit()), (vec![1], 0), "nothing has changed");
    assert!(!server.has_set(Timer::Election), "nor is it a heartbeat");
}

#[test]
fn a_stale_request_for_a_vote_is_refused_with_the_newer_term() {
    let mut server = follower();
    let sent = server.receive(1, vote_request(2, 9, 2));
    assert_eq!(votes(&sent), [(1, 3, false)]);
    assert!(!server.has_set(Timer::Election));
}

#[test]
fn a_stale_snapshot_is_rejected_with_the_newer_term() {
    let mut server = follower();
    let sent = server.receive(1, chunk(2));
    let [(_, Message::InstallSnapshotReply(reply))] = sent.as_slice() else {
        panic!("one answer: {sent:?}")
    };
    assert_eq!((reply.term, reply.received, reply.is_covered), (Term(3), 0, false));
    assert!(!server.has_set(Timer::Election));
}

/// Answers of an old term say nothing about this one.
#[test]
fn stale_answers_are_ignored() {
    let mut server = candidate();
    server.receive(1, vote(2, true));
    server.receive(2, vote(2, true));
    assert_eq!(server.role(), "candidate", "votes of another term elect no leader");

    let mut server = leader();
    for message in [matched(2, 2), reply(2, AppendResult::StaleTerm)] {
        let sent = server.receive(1, message);
        assert_eq!(kinds(&sent), [], "nothing is sent for it");
    }
    assert_eq!((server.role(), server.commit()), ("leader", 0), "no entry is counted");
}

/// "Terms act as a logical clock": no message of an older term turns it back.
#[test]
fn terms_never_decrease() {
    for message in all_of_term(1) {
        for mut server in [follower(), candidate(), leader()] {
            let sent = server.receive(1, message.clone());
            assert_eq!(server.term(), 3, "{message:?}");
            assert!(
                results(&sent).iter().all(|one| *one == AppendResult::StaleTerm),
                "nothing of an older term is accepted: {sent:?}"
            );
        }
    }
}
