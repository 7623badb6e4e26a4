//! Section 5.1: terms.

use raft::{
    AppendReply, Chunk, ChunkReply, Configuration, Index, Matching, Message, Part, Term, Timer,
};
use service::Store;

use crate::cluster::config;
use crate::hand::{
    Hand, append, disk, entry, heartbeat, kinds, matched, matchings, reply, vote, vote_request,
    votes,
};

fn chunk(term: u64) -> Message {
    let part: Part = Store::default().part(0, 9);
    Message::InstallSnapshot(Chunk {
        term: Term(term),
        index: Index(9),
        last_term: Term(1),
        configuration: Configuration::of_voters(config(3).voters()),
        offset: 0,
        part,
        done: false,
    })
}

/// Every message that tells of a server's own term, in this one.
fn all_of_term(term: u64) -> Vec<Message> {
    let chunk_reply =
        ChunkReply { term: Term(term), index: Index(0), received: 0, installed: false };
    vec![
        vote_request(term, 0, 0),
        vote(term, false),
        heartbeat(term),
        append(term, (7, 1), vec![entry(term, 8)], 0),
        matched(term, 0),
        reply(term, Matching::Stale),
        chunk(term),
        Message::SnapshotReply(chunk_reply),
    ]
}

fn follower() -> Hand {
    Hand::with_disk(0, config(3), disk(3, &[1]))
}

fn candidate() -> Hand {
    let mut hand = Hand::with_disk(0, config(3), disk(2, &[1]));
    hand.fire(Timer::Election);
    assert_eq!(hand.role(), "candidate");
    hand
}

fn leader() -> Hand {
    let mut hand = Hand::with_disk(0, config(3), disk(2, &[1]));
    hand.elect();
    hand
}

/// "If one server's current term is smaller than the other's, then it updates its current term to
/// the larger value. If a candidate or leader discovers that its term is out of date, it
/// immediately reverts to follower state."
#[test]
fn a_newer_term_is_taken_over_and_makes_a_follower() {
    for message in all_of_term(5) {
        for mut hand in [follower(), candidate(), leader()] {
            assert_eq!(hand.term(), 3);
            let before = hand.role();
            hand.hear(1, message.clone());
            assert_eq!((hand.role(), hand.term()), ("follower", 5), "a {before}, {message:?}");
            assert!(!hand.timers.contains_key(&Timer::Heartbeat), "it leads no longer");
            assert!(hand.timers.contains_key(&Timer::Election), "it waits for a leader");
        }
    }
}

/// The current term is part of the "persistent state on all servers (updated on stable storage
/// before responding to RPCs)" (figure 2).
#[test]
fn a_newer_term_survives_a_crash_once_it_was_spoken_of() {
    for message in [vote_request(5, 0, 0), heartbeat(5), chunk(5)] {
        let mut hand = follower();
        hand.slow_disk = true;
        let early = hand.hear(1, message.clone());
        assert!(early.is_empty(), "nothing is said before the term is durable: {early:?}");
        assert_eq!(hand.sync().len(), 1, "{message:?}");
        hand.restart();
        assert_eq!(hand.term(), 5, "{message:?}");
    }
}

/// "If a server receives a request with a stale term number, it rejects the request."
#[test]
fn a_stale_append_is_rejected_with_the_newer_term() {
    let mut hand = follower();
    let letters = hand.hear(1, append(2, (1, 1), vec![entry(2, 2)], 1));
    let [(to, Message::AppendReply(AppendReply { term, matching, .. }))] = letters.as_slice()
    else {
        panic!("one answer: {letters:?}")
    };
    assert_eq!((to.number(), *term, *matching), (1, Term(3), Matching::Stale));
    assert_eq!((hand.terms(), hand.commit()), (vec![1], 0), "nothing has changed");
    assert!(!hand.has_set(Timer::Election), "nor is it a sign of life");
}

#[test]
fn a_stale_request_for_a_vote_is_refused_with_the_newer_term() {
    let mut hand = follower();
    let letters = hand.hear(1, vote_request(2, 9, 2));
    assert_eq!(votes(&letters), [(1, 3, false)]);
    assert!(!hand.has_set(Timer::Election));
}

#[test]
fn a_stale_snapshot_is_rejected_with_the_newer_term() {
    let mut hand = follower();
    let letters = hand.hear(1, chunk(2));
    let [(_, Message::SnapshotReply(reply))] = letters.as_slice() else {
        panic!("one answer: {letters:?}")
    };
    assert_eq!((reply.term, reply.received, reply.installed), (Term(3), 0, false));
    assert!(!hand.has_set(Timer::Election));
}

/// Answers of an old term say nothing about this one.
#[test]
fn stale_answers_are_ignored() {
    let mut hand = candidate();
    hand.hear(1, vote(2, true));
    hand.hear(2, vote(2, true));
    assert_eq!(hand.role(), "candidate", "votes of another term elect nobody");

    let mut hand = leader();
    for message in [matched(2, 2), reply(2, Matching::Stale)] {
        let letters = hand.hear(1, message);
        assert_eq!(kinds(&letters), [], "nothing is sent for it");
    }
    assert_eq!((hand.role(), hand.commit()), ("leader", 0), "no entry is counted");
}

/// "Terms act as a logical clock": no message of an older term turns it back.
#[test]
fn terms_never_decrease() {
    for message in all_of_term(1) {
        for mut hand in [follower(), candidate(), leader()] {
            let letters = hand.hear(1, message.clone());
            assert_eq!(hand.term(), 3, "{message:?}");
            assert!(
                matchings(&letters).iter().all(|one| *one == Matching::Stale),
                "nothing of an older term is accepted: {letters:?}"
            );
        }
    }
}
