//! Thesis, 4.1: membership changes one server at a time, with the correction of 2015.

use raft::{Admin, Change, ChangeError, Config, Configuration, Payload, Timer};

use crate::cluster::config;
use crate::hand::{Hand, answers, disk, kinds, matched, node, put};
use crate::team::Team;

fn has_configuration(hand: &Hand) -> bool {
    let mut log = hand.node.log().from(raft::Index(0));
    log.any(|(_, entry)| matches!(entry.payload, Payload::Configuration(_)))
}

/// "Raft restricts the types of changes that are allowed: only one server can be added or removed
/// from the cluster at a time", so that majorities overlap.
#[test]
fn more_than_one_voter_at_once_needs_joint_consensus() {
    let old = Configuration::of_voters([0, 1, 2].map(node));
    let two = [Change::AddVoter(node(3)), Change::AddVoter(node(4))];
    assert_eq!(old.simple(&two), Err(ChangeError::MoreThanOneVoter));
    let swap = [Change::AddVoter(node(3)), Change::Remove(node(0))];
    assert_eq!(old.simple(&swap), Err(ChangeError::MoreThanOneVoter));
    assert!(old.simple(&two[..1]).is_ok());
    assert!(old.enter_joint(true, &two).is_ok());
}

#[test]
fn servers_are_added_and_removed_one_after_the_other() {
    let mut team = Team::new(5, &config(3));
    team.elect(0);
    for wish in [
        Admin::AddVoter(node(3)),
        Admin::AddVoter(node(4)),
        Admin::Remove(node(1)),
        Admin::Remove(node(2)),
    ] {
        team.wish(0, wish);
        team.settle();
    }
    let expected = Configuration::of_voters([0, 3, 4].map(node));
    team.beat(0);
    for id in [0, 3, 4] {
        assert_eq!(team.hands[id].node.configuration(), &expected, "n{id}");
    }
    team.cut = [1, 2].into();
    team.ask(0, 1, put("a"));
    team.settle();
    assert_eq!(team.answered.len(), 1, "three of three");
}

/// A change begins only once the one before it is committed.
#[test]
fn a_second_change_waits_for_the_first() {
    let mut team = Team::new(4, &config(3));
    team.elect(0);
    team.cut = [1, 2].into();
    team.wish(0, Admin::AddLearner(node(3)));
    team.settle();
    assert!(team.hands[0].node.configuration().is_learner(node(3)), "in effect");
    team.wish(0, Admin::Remove(node(2)));
    team.settle();
    team.fire(0, Timer::Admin);
    team.settle();
    assert!(team.hands[0].node.configuration().is_voter(node(2)), "the first is not committed");
    team.cut = [2].into();
    team.beat(0);
    team.fire(0, Timer::Admin);
    team.settle();
    let now = team.hands[0].node.configuration();
    assert!(now.is_learner(node(3)) && !now.is_voter(node(2)), "{now}");
}

/// Ongaro's correction of 2015: "a leader may not append a C_new entry until it has committed an
/// entry from its current term". Otherwise changes of two leaders may miss each other.
#[test]
fn no_change_begins_before_an_entry_of_the_own_term_is_committed() {
    for noop in [true, false] {
        let mut hand = Hand::with_disk(0, Config { noop, ..config(4) }, disk(1, &[1]));
        hand.elect();
        hand.wish(Admin::Remove(node(3)));
        assert!(!has_configuration(&hand), "noop: {noop}");
        assert_eq!(hand.terms(), [1, 2], "it makes an entry to commit, if it has none");
        hand.hear(1, matched(2, 1));
        hand.hear(2, matched(2, 1));
        assert!(!has_configuration(&hand), "an entry of an older term does not count");
        hand.hear(1, matched(2, 2));
        assert!(!has_configuration(&hand), "two of four have it");
        hand.hear(2, matched(2, 2));
        assert!(has_configuration(&hand));
        assert!(!hand.node.configuration().is_voter(node(3)));
    }
}

/// Thesis, 4.2.2: a leader that removes itself "steps down once the C_new entry is committed", and
/// does not count itself.
#[test]
fn the_removed_leader_steps_down_after_the_commit() {
    let mut hand = Hand::new(0, config(3));
    hand.elect();
    hand.hear(1, matched(1, 1));
    hand.wish(Admin::Remove(node(0)));
    assert!(!hand.node.configuration().is_voter(node(0)));
    hand.hear(1, matched(1, 2));
    assert_eq!((hand.role(), hand.commit()), ("leader", 1), "one of n1 and n2 is no majority");
    hand.hear(2, matched(1, 2));
    assert_eq!((hand.role(), hand.commit()), ("follower", 2));
    assert_eq!(kinds(&hand.fire(Timer::Election)), [], "and never campaigns");
}

/// Somebody must keep a vote.
#[test]
fn the_last_voter_is_not_removed() {
    let mut hand = Hand::new(0, config(1));
    hand.elect();
    hand.wish(Admin::Remove(node(0)));
    assert!(hand.marked("change refused"));
    assert_eq!(hand.role(), "leader");
    assert!(!has_configuration(&hand));
    assert_eq!(answers(&hand.ask(1, put("a"))).len(), 1, "it goes on to serve");
}

/// A follower passes an administrator's wish on to the leader, until it is fulfilled.
#[test]
fn a_wish_reaches_the_leader_through_any_server() {
    let mut team = Team::new(4, &config(3));
    team.elect(0);
    team.beat(0);
    // The first attempt is lost.
    team.wish(1, Admin::AddLearner(node(3)));
    team.settle_but(|_, _, message| matches!(message, raft::Message::Admin(_)));
    assert!(!team.hands[0].node.configuration().is_learner(node(3)));
    team.fire(1, Timer::Admin);
    team.settle();
    assert!(team.hands[0].node.configuration().is_learner(node(3)));
    team.beat(0);
    team.fire(1, Timer::Admin);
    assert!(!team.hands[1].timers.contains_key(&Timer::Admin), "it is done, and asked for no more");
}

/// Whom an administrator names by mistake, a client or nobody at all, does not become a member.
#[test]
fn only_servers_become_members() {
    let stranger = node(9);
    for wish in [
        Admin::AddVoter(stranger),
        Admin::AddLearner(stranger),
        Admin::Remove(stranger),
        Admin::Transfer(stranger),
        Admin::Joint(vec![Change::Remove(node(1)), Change::AddVoter(stranger)]),
    ] {
        let mut hand = Hand::new(0, config(3));
        hand.elect();
        hand.hear(1, matched(1, 1));
        assert_eq!(kinds(&hand.wish(wish)), []);
        assert!(hand.marked("change refused"));
        assert_eq!(hand.node.configuration(), &Configuration::of_voters((0..3).map(node)));
    }
}
