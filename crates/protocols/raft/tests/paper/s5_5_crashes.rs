//! Section 5.5: follower and candidate crashes.

use raft::{Index, Matching, Timer};

use crate::cluster::config;
use crate::hand::{Hand, append, disk, entry, kinds, matchings, put, vote, vote_request, votes};
use crate::team::Team;

/// "Raft RPCs are idempotent ... if a follower receives an AppendEntries request that includes log
/// entries already present in its log, it ignores those entries in the new request."
#[test]
fn an_append_that_arrives_twice_is_answered_twice_and_done_once() {
    let mut hand = Hand::new(0, config(3));
    let message = append(1, (0, 0), vec![entry(1, 1), entry(1, 2)], 1);
    for _ in 0..2 {
        let letters = hand.hear(1, message.clone());
        assert_eq!(matchings(&letters), [Matching::Upto(Index(2))]);
        assert_eq!((hand.terms(), hand.commit()), (vec![1, 1], 1));
    }
}

/// "If a server crashes after completing an RPC but before responding, then it will receive the
/// same RPC again after it restarts."
#[test]
fn an_append_is_completed_after_a_crash() {
    let mut hand = Hand::new(0, config(3));
    hand.slow_disk = true;
    let message = append(1, (0, 0), vec![entry(1, 1)], 0);
    assert_eq!(kinds(&hand.hear(1, message.clone())), []);
    // The entry was durable, and its answer was not sent.
    let _lost_answer = hand.sync();
    hand.restart();
    hand.slow_disk = false;
    assert_eq!(matchings(&hand.hear(1, message)), [Matching::Upto(Index(1))]);
    assert_eq!(hand.terms(), [1]);
}

#[test]
fn what_was_not_durable_was_never_promised() {
    let mut hand = Hand::new(0, config(3));
    hand.slow_disk = true;
    assert_eq!(kinds(&hand.hear(1, append(1, (0, 0), vec![entry(1, 1)], 0))), []);
    assert_eq!(kinds(&hand.hear(2, vote_request(2, 1, 1))), []);
    hand.restart();
    assert_eq!((hand.term(), hand.terms()), (0, vec![]));
    assert_eq!(kinds(&hand.sync()), [], "what the barrier held has died with the incarnation");
}

#[test]
fn a_candidate_that_crashes_does_not_forget_that_it_voted_for_itself() {
    let mut hand = Hand::new(0, config(3));
    hand.fire(Timer::Election);
    hand.restart();
    assert_eq!((hand.role(), hand.term()), ("follower", 1));
    assert_eq!(votes(&hand.hear(1, vote_request(1, 0, 0))), [(1, 1, false)]);
    // Late votes of the campaign before the crash elect nobody.
    hand.hear(1, vote(1, true));
    hand.hear(2, vote(1, true));
    assert_eq!(hand.role(), "follower");
}

/// "Volatile state on all servers" (figure 2): the commit index begins at 0, and is learnt again.
#[test]
fn the_state_machine_is_made_again_from_the_log() {
    let mut team = Team::new(3, &config(3));
    team.elect(0);
    for sequence in 1..=3 {
        team.ask(0, sequence, put(&sequence.to_string()));
    }
    team.settle();
    team.beat(0);
    assert_eq!(team.hands[1].value(1), Some("3"));
    team.hand(1).restart();
    assert_eq!((team.hands[1].commit(), team.hands[1].value(1)), (0, None));
    assert_eq!(team.hands[1].terms(), [1; 4], "the log is on disk");
    team.beat(0);
    assert_eq!((team.hands[1].commit(), team.hands[1].value(1)), (4, Some("3")));
}

/// "Persistent state on all servers": term, vote and log; nothing else needs to survive.
#[test]
fn term_vote_and_log_survive() {
    let mut hand = Hand::with_disk(0, config(3), disk(2, &[1, 2]));
    hand.hear(1, vote_request(3, 2, 2));
    hand.hear(1, append(3, (2, 2), vec![entry(3, 3)], 0));
    let before = hand.disk.clone();
    hand.restart();
    assert_eq!(hand.disk, before, "a start writes nothing");
    assert_eq!((hand.term(), hand.terms()), (3, vec![1, 2, 3]));
    assert_eq!(votes(&hand.hear(2, vote_request(3, 9, 3))), [(2, 3, false)]);
}

/// All servers crash at once, and the cluster goes on where it was.
#[test]
fn a_cold_restart_of_all_loses_nothing_that_was_acknowledged() {
    let mut team = Team::new(3, &config(3));
    team.elect(0);
    team.ask(0, 1, put("a"));
    team.settle();
    assert_eq!(team.answered.len(), 1);
    team.hands.iter_mut().for_each(Hand::restart);
    team.elect(1);
    team.beat(1);
    for hand in &team.hands {
        assert_eq!(hand.value(1), Some("a"), "{}", hand.id);
    }
}
