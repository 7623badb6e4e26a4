//! Disks with which a run may begin: those of several processes that no run leaves behind are
//! refused, and no others (section 2.2, P2a).

use std::collections::BTreeMap;

use paxos::single::{Disk, Mutant, Paxos, Proposal, Settings, Value};
use paxos::{Ballot, Quorums};
use sim_node::NodeId;
use sim_protocol::Protocol;

use crate::settings::settings;

/// An acceptor's last vote: the round, which is that of proposer 0, and the value.
fn vote(round: u64, value: u64) -> Disk {
    let ballot = Ballot { round, proposer: NodeId::new(0) };
    Disk { accepted: Some(Proposal { ballot, value: Value(value) }), ..Disk::default() }
}

fn learned(value: u64, disk: Disk) -> Disk {
    Disk { learned: Some(Value(value)), ..disk }
}

/// Whose disk is refused, and at what.
fn refused(settings: &Settings, disks: &[Disk]) -> Option<(u32, Vec<String>)> {
    let config = Paxos::setup(settings, None).expect("it makes sense").config;
    let images: BTreeMap<NodeId, Disk> =
        (0..).map(NodeId::new).zip(disks.iter().copied()).collect();
    let refused = Paxos::check_images(&images, &config).err();
    refused.map(|wrong| (wrong.node.number(), wrong.error.path))
}

fn at(node: u32, path: &[&str]) -> Option<(u32, Vec<String>)> {
    Some((node, path.iter().map(ToString::to_string).collect()))
}

const VALUE: &[&str] = &["accepted", "value"];

/// "If a proposal with value v is chosen, then every higher-numbered proposal accepted by any
/// acceptor has value v": what is wrong is told where the later of the two disks shows it.
#[test]
fn no_vote_is_for_another_value_above_a_chosen_proposal() {
    let three = settings(3);
    assert_eq!(refused(&three, &[vote(3, 10), vote(3, 10), vote(4, 11)]), at(2, VALUE));
    assert_eq!(refused(&three, &[vote(4, 11), vote(3, 10), vote(3, 10)]), at(2, VALUE));
    assert_eq!(refused(&three, &[vote(3, 10), vote(4, 11), vote(3, 10)]), at(2, VALUE));
    let five = [vote(4, 11), vote(3, 10), vote(3, 10), vote(3, 10), vote(2, 12)];
    assert_eq!(refused(&settings(5), &five), at(3, VALUE));
    // A lower vote, a vote for the same value, and a value that is not chosen.
    assert_eq!(refused(&three, &[vote(3, 10), vote(3, 10), vote(2, 11)]), None);
    assert_eq!(refused(&three, &[vote(3, 10), vote(3, 10), vote(4, 10)]), None);
    assert_eq!(refused(&three, &[vote(3, 10), vote(4, 11)]), None);
    assert_eq!(refused(&three, &[vote(2, 10), vote(3, 10), vote(4, 11)]), None);
}

/// No disk tells in which ballot it was chosen: at the latest in the lowest of the highest votes
/// that are a quorum.
#[test]
fn no_vote_is_for_another_value_above_that_in_which_a_learned_one_was_chosen() {
    let three = settings(3);
    let learner = learned(10, vote(5, 10));
    assert_eq!(refused(&three, &[vote(3, 10), learner, vote(6, 11)]), at(2, VALUE));
    assert_eq!(refused(&three, &[vote(3, 10), learner, vote(4, 11)]), at(2, VALUE));
    assert_eq!(refused(&three, &[vote(4, 11), vote(3, 10), learner]), at(2, &["learned"]));
    assert_eq!(refused(&three, &[vote(3, 10), learner, vote(2, 11)]), None);
    // The process that learned has voted itself, before.
    let both = learned(10, vote(2, 11));
    assert_eq!(refused(&three, &[vote(3, 10), vote(5, 10), both]), None);
    let both = learned(10, vote(4, 11));
    assert_eq!(refused(&three, &[vote(3, 10), vote(5, 10), both]), at(2, VALUE));
}

/// Only a quorum of phase 2 chooses, and only quorums that meet keep what is chosen.
#[test]
fn quorums_are_those_of_the_settings() {
    let flexible = |prepare, accept| Quorums::Flexible { prepare, accept };
    let disks = [vote(3, 10), vote(3, 10), vote(4, 11)];
    let four = Settings { quorums: flexible(3, 2), ..settings(4) };
    assert_eq!(refused(&four, &disks), at(2, VALUE));
    let four = Settings { quorums: flexible(2, 3), ..settings(4) };
    assert_eq!(refused(&four, &disks), None);
    let missing = Settings { quorums: flexible(1, 2), unsafe_quorums: true, ..settings(3) };
    assert_eq!(refused(&missing, &disks), None);
}

/// What has a bug may leave anything behind.
#[test]
fn unsafe_settings_may_leave_that_behind() {
    let disks = [vote(3, 10), vote(3, 10), vote(4, 11)];
    let mutant = Settings { mutant: Some(Mutant::AnyValue), ..settings(3) };
    assert_eq!(refused(&mutant, &disks), None);
    assert_eq!(refused(&Settings { barrier: false, ..settings(3) }, &disks), None);
}
