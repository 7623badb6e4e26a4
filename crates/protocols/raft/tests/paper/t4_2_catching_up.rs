//! Thesis, 4.2.1: new servers catch up before they get a vote.

use raft::{Admin, Timer};

use crate::cluster::config;
use crate::hand::{Hand, matched, node, put, vote};
use crate::team::Team;

/// "A new server joins the cluster as a non-voting member. The leader replicates log entries to it,
/// but it is not yet counted towards majorities for voting or commitment purposes."
#[test]
fn a_learner_gets_the_log_and_counts_for_nothing() {
    let mut team = Team::new(4, &config(3));
    team.elect(0);
    team.wish(0, Admin::AddLearner(node(3)));
    team.settle();
    team.cut = [1, 2].into();
    team.ask(0, 1, put("a"));
    team.settle();
    assert_eq!(team.hands[3].terms().len(), 3, "it has the entry");
    assert_eq!(team.answered, [], "n0 and a learner are no majority");
    let mut candidate = Hand::with_disk(1, config(3), team.hands[1].disk.clone());
    candidate.fire(Timer::Election);
    candidate.hear(3, vote(2, true));
    assert_eq!(candidate.role(), "candidate", "its vote elects nobody");
    team.cut.clear();
    team.fire(3, Timer::Election);
    assert_eq!(team.hands[3].role(), "follower", "and it does not campaign");
}

/// A server that is added has no vote until it has caught up.
#[test]
fn a_new_voter_catches_up_first() {
    let mut team = Team::new(4, &config(3));
    team.elect(0);
    for sequence in 1..=30 {
        team.ask(0, sequence, put(&sequence.to_string()));
    }
    team.settle();
    team.cut = [3].into();
    team.wish(0, Admin::AddVoter(node(3)));
    team.settle();
    for _ in 0..5 {
        team.beat(0);
        assert!(team.hands[0].node.configuration().is_learner(node(3)));
    }
    team.cut.clear();
    team.beat(0);
    assert!(team.hands[0].node.configuration().is_voter(node(3)));
    assert_eq!(team.hands[3].terms().len(), team.hands[0].terms().len());
}

/// n0 leads, and n3 is to become a voter. Returns it at the beginning of the first round.
fn adding() -> Hand {
    let mut hand = Hand::new(0, config(3));
    hand.elect();
    hand.hear(1, matched(1, 1));
    hand.wish(Admin::AddVoter(node(3)));
    hand.hear(1, matched(1, 2));
    assert!(hand.node.configuration().is_learner(node(3)));
    hand
}

/// A round takes so long, and a client's entry comes in meanwhile.
fn round(hand: &mut Hand, number: u64, millis: u64) {
    let last = 1 + number;
    hand.ask(number, put("a"));
    hand.wait(millis);
    hand.hear(3, matched(1, last));
}

/// "The replication of entries to the new server is split into rounds ... Each round replicates all
/// the log entries present in the leader's log at the start of the round"; "if the last round lasts
/// less than an election timeout, then the leader adds the new server to the cluster".
#[test]
fn a_learner_whose_round_is_short_gets_its_vote() {
    let mut hand = adding();
    for number in 1..=4 {
        round(&mut hand, number, 200);
        assert!(hand.node.configuration().is_learner(node(3)), "round {number} took too long");
    }
    round(&mut hand, 5, 100);
    assert!(hand.node.configuration().is_voter(node(3)));
}

/// The same where the leader is busy, and so always a little ahead of a learner whose link is slow:
/// the round counts, and not whether the learner has all that is committed by then.
#[test]
fn a_learner_whose_link_is_slow_gets_its_vote_from_a_busy_leader() {
    let mut hand = adding();
    for number in 1..=2 {
        hand.ask(number, put("a"));
        hand.hear(1, matched(1, 2 + number));
    }
    hand.wait(20);
    hand.hear(3, matched(1, 3));
    assert_eq!(hand.commit(), 4, "more than the learner has");
    assert!(hand.node.configuration().is_voter(node(3)));
}

/// "The algorithm waits a fixed number of rounds (such as 10) ... otherwise, the leader aborts the
/// configuration change."
#[test]
fn a_learner_that_is_too_slow_is_given_up() {
    let mut hand = adding();
    for number in 1..=10 {
        assert!(!hand.marked("learner too slow"), "round {number}");
        round(&mut hand, number, 200);
    }
    assert!(hand.marked("learner too slow"));
    round(&mut hand, 11, 1);
    assert!(hand.node.configuration().is_learner(node(3)), "the change is over");
    hand.wish(Admin::Remove(node(2)));
    hand.hear(1, matched(1, 13));
    assert!(!hand.node.configuration().is_voter(node(2)), "and others may begin");
}

/// A learner that does not answer at all does not hold up other changes for good.
#[test]
fn a_learner_that_is_dead_is_given_up_for_another_change() {
    let mut hand = adding();
    hand.wish(Admin::Remove(node(2)));
    assert!(hand.node.configuration().is_voter(node(2)));
    hand.wait(3_001);
    hand.wish(Admin::Remove(node(2)));
    assert!(hand.marked("learner too slow"));
    assert!(!hand.node.configuration().is_voter(node(2)));
}
