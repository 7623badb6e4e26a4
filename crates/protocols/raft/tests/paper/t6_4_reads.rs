//! Thesis, 6.4: linearizable reads by ReadIndex, without an entry in the log.

use raft::{
    AppendEntries, AppendEntriesReply, AppendKind, AppendResult, Config, Message, Reads, Term,
    Timer,
};
use service::{Answer, Output};

use crate::cluster::config;
use crate::server::{Sent, TestServer, answers, appends, disk, get, kinds, matched, put};

fn features(servers: u32) -> Config {
    Config { reads: Reads::ReadIndex, ..config(servers) }
}

/// n0 leads, its empty entry is committed, and no answer is outstanding.
fn leader(servers: u32) -> TestServer {
    let mut server = TestServer::new(0, features(servers));
    server.elect();
    for follower in 1..servers {
        server.receive(follower, matched(1, 1));
    }
    server
}

/// A follower's answer to an append.
fn answer_to(append: &AppendEntries) -> Message {
    Message::AppendEntriesReply(AppendEntriesReply {
        term: append.term,
        kind: append.kind(),
        sent_at: append.sent_at,
        round: append.round,
        result: AppendResult::Success(append.prev_log_index),
    })
}

fn first(sent: &[Sent]) -> AppendEntries {
    appends(sent).first().map(|(_, append)| (*append).clone()).expect("an append")
}

fn value(text: Option<&str>) -> Answer {
    Answer::Done(Output::Value(text.map(str::to_owned)))
}

/// "It issues a new round of heartbeats and waits for their acknowledgments from a majority of the
/// cluster": then it answers.
#[test]
fn a_read_is_answered_after_a_round_to_a_majority() {
    for servers in [3, 4, 5, 7] {
        let mut server = leader(servers);
        let sent = server.ask(1, get());
        assert_eq!(answers(&sent), []);
        assert_eq!(appends(&sent).len() as u32, servers - 1);
        let append = first(&sent);
        assert_eq!((append.kind(), append.entries.len()), (AppendKind::ReadIndex, 0));
        for follower in 1..servers {
            let told = answers(&server.receive(follower, answer_to(&append)));
            // With its own, the first majority.
            let decides = follower + 1 == servers / 2 + 1;
            assert_eq!(told.len(), usize::from(decides), "{follower} of {servers}");
        }
        assert_eq!(server.terms(), [1], "no entry is made for it");
    }
}

/// A single server needs no other.
#[test]
fn a_single_server_reads_at_once() {
    let mut server = TestServer::new(0, features(1));
    server.elect();
    assert_eq!(answers(&server.ask(1, get())), [value(None)]);
}

/// "If the leader has not yet marked an entry from its current term committed, it waits until it
/// has done so" (step 1): before that it may not know of what its predecessors have committed.
#[test]
fn a_read_waits_until_an_entry_of_the_own_term_is_committed() {
    for noop in [true, false] {
        let mut server = TestServer::with_disk(0, Config { noop, ..features(3) }, disk(1, &[1]));
        server.elect();
        let sent = server.ask(1, get());
        let rounds = appends(&sent).iter().filter(|(_, append)| append.round > 0).count();
        assert_eq!((answers(&sent).len(), rounds), (0, 0), "noop: {noop}");
        server.receive(1, matched(2, 1));
        let sent = server.receive(1, matched(2, 2));
        assert_eq!(answers(&sent), [], "now the round begins");
        let round = appends(&sent).into_iter().find(|(_, append)| append.round > 0);
        let (_, append) = round.expect("a round");
        let answer = answer_to(&append.clone());
        assert_eq!(answers(&server.receive(2, answer)), [value(Some("1.1"))]);
    }
}

/// An answer to a heartbeat from before the read proves nothing: the context of each round is
/// fresh.
#[test]
fn only_answers_to_the_round_itself_count() {
    let mut server = leader(3);
    let heartbeats = server.fire(Timer::Heartbeat);
    let before = first(&heartbeats);
    let one = first(&server.ask(1, get()));
    assert_eq!(answers(&server.receive(1, answer_to(&before))), []);
    assert_eq!(answers(&server.receive(1, matched(1, 1))), []);
    let two = first(&server.ask(2, put_then_get()));
    assert!(two.round > one.round, "a fresh context for each attempt");
    assert_eq!(answers(&server.receive(1, answer_to(&one))).len(), 1, "the first read only");
    assert_eq!(answers(&server.receive(1, answer_to(&two))).len(), 1);
}

fn put_then_get() -> service::Command {
    service::Command::Get(service::Key(2))
}

/// A retry is a new attempt with a round of its own.
#[test]
fn a_retry_begins_a_round_of_its_own() {
    let mut server = leader(3);
    let one = first(&server.ask(1, get()));
    let two = first(&server.ask(1, get()));
    assert!(two.round > one.round);
}

/// Who followed this leader after a later round began did so after the earlier ones, too: "a leader
/// can amortize" one round over several reads.
#[test]
fn an_answer_to_a_later_round_confirms_the_earlier_ones() {
    let mut server = leader(3);
    for sequence in 1..=4 {
        server.ask(sequence, get());
    }
    let last = first(&server.ask(5, get()));
    assert_eq!(answers(&server.receive(2, answer_to(&last))).len(), 5);
}

/// The answers of one follower, however many, are one follower's.
#[test]
fn one_follower_is_no_majority_of_five() {
    let mut server = leader(5);
    let round = first(&server.ask(1, get()));
    for _ in 0..4 {
        assert_eq!(answers(&server.receive(1, answer_to(&round))), []);
    }
    assert_eq!(answers(&server.receive(2, answer_to(&round))).len(), 1);
}

/// The round may be lost; heartbeats repeat it.
#[test]
fn heartbeats_carry_the_round_that_is_not_confirmed() {
    let mut server = leader(3);
    let round = first(&server.ask(1, get()));
    let again = first(&server.fire(Timer::Heartbeat));
    assert_eq!(again.round, round.round);
    assert_eq!(answers(&server.receive(2, answer_to(&again))).len(), 1);
    assert_eq!(first(&server.fire(Timer::Heartbeat)).round, 0, "nothing is left to confirm");
}

/// A read sees everything that was committed when it came, and what has been since may be in it.
#[test]
fn a_read_sees_what_was_acknowledged_before_it() {
    let mut server = leader(3);
    server.ask(1, put("a"));
    assert_eq!(answers(&server.receive(1, matched(1, 2))).len(), 1);
    let round = first(&server.ask(2, get()));
    assert_eq!(answers(&server.receive(1, answer_to(&round))), [value(Some("a"))]);
}

/// A leader that learns of a newer term answers none of its reads.
#[test]
fn a_deposed_leader_forgets_its_reads() {
    let mut server = leader(3);
    let round = first(&server.ask(1, get()));
    server.receive(1, crate::server::reply(2, AppendResult::StaleTerm));
    assert_eq!((server.role(), server.term()), ("follower", 2));
    assert_eq!(answers(&server.receive(2, answer_to(&round))), []);
}

/// Refusals do not confirm anything.
#[test]
fn a_stale_answer_confirms_nothing() {
    let mut server = leader(3);
    let append = first(&server.ask(1, get()));
    let stale = AppendEntriesReply {
        term: Term(1),
        kind: AppendKind::ReadIndex,
        sent_at: append.sent_at,
        round: append.round,
        result: AppendResult::StaleTerm,
    };
    assert_eq!(answers(&server.receive(1, Message::AppendEntriesReply(stale))), []);
}

/// A follower that finds a conflict follows this leader all the same.
#[test]
fn a_follower_whose_log_lags_confirms_leadership() {
    let mut server = leader(3);
    let append = first(&server.ask(1, get()));
    let conflict = AppendResult::Rejected {
        rejected: append.prev_log_index,
        conflict_term: None,
        first_index: raft::Index(1),
    };
    let reply = AppendEntriesReply {
        term: Term(1),
        kind: AppendKind::ReadIndex,
        sent_at: append.sent_at,
        round: append.round,
        result: conflict,
    };
    assert_eq!(answers(&server.receive(1, Message::AppendEntriesReply(reply))).len(), 1);
}

/// Learners have no say in it.
#[test]
fn a_learner_confirms_nothing() {
    let mut server = leader(3);
    server.admin(raft::Admin::AddLearner(crate::server::node(3)));
    server.receive(1, matched(1, 2));
    let append = first(&server.ask(1, get()));
    assert_eq!(answers(&server.receive(3, answer_to(&append))), []);
    assert_eq!(answers(&server.receive(2, answer_to(&append))).len(), 1);
}

/// Writes go through the log as ever.
#[test]
fn only_reads_take_the_short_way() {
    let mut server = leader(3);
    let sent = server.ask(1, put("a"));
    assert_eq!(kinds(&sent), [(1, "AppendEntries"), (2, "AppendEntries")]);
}
