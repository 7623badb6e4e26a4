//! Thesis, 4.1: membership changes one server at a time, with the correction of 2015.

use raft::{Admin, Change, ChangeError, Config, Configuration, Payload, Timer};

use crate::cluster::config;
use crate::group::Group;
use crate::server::{TestServer, answers, disk, kinds, matched, node, put};

fn has_configuration(server: &TestServer) -> bool {
    let mut log = server.node.log().from(raft::Index(0));
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
    let mut group = Group::new(5, &config(3));
    group.elect(0);
    for command in [
        Admin::AddVoter(node(3)),
        Admin::AddVoter(node(4)),
        Admin::Remove(node(1)),
        Admin::Remove(node(2)),
    ] {
        group.admin(0, command);
        group.deliver_all();
    }
    let expected = Configuration::of_voters([0, 3, 4].map(node));
    group.heartbeat(0);
    for id in [0, 3, 4] {
        assert_eq!(group.servers[id].node.configuration(), &expected, "n{id}");
    }
    group.cut = [1, 2].into();
    group.ask(0, 1, put("a"));
    group.deliver_all();
    assert_eq!(group.answered.len(), 1, "three of three");
}

/// A change begins only once the one before it is committed.
#[test]
fn a_second_change_waits_for_the_first() {
    let mut group = Group::new(4, &config(3));
    group.elect(0);
    group.cut = [1, 2].into();
    group.admin(0, Admin::AddLearner(node(3)));
    group.deliver_all();
    assert!(group.servers[0].node.configuration().is_learner(node(3)), "in effect");
    group.admin(0, Admin::Remove(node(2)));
    group.deliver_all();
    group.fire(0, Timer::Admin);
    group.deliver_all();
    assert!(group.servers[0].node.configuration().is_voter(node(2)), "the first is not committed");
    group.cut = [2].into();
    group.heartbeat(0);
    group.fire(0, Timer::Admin);
    group.deliver_all();
    let now = group.servers[0].node.configuration();
    assert!(now.is_learner(node(3)) && !now.is_voter(node(2)), "{now}");
}

/// Ongaro's correction of 2015: "a leader may not append a C_new entry until it has committed an
/// entry from its current term". Otherwise changes of two leaders may miss each other.
#[test]
fn no_change_begins_before_an_entry_of_the_own_term_is_committed() {
    for noop in [true, false] {
        let mut server = TestServer::with_disk(0, Config { noop, ..config(4) }, disk(1, &[1]));
        server.elect();
        server.admin(Admin::Remove(node(3)));
        assert!(!has_configuration(&server), "noop: {noop}");
        assert_eq!(server.terms(), [1, 2], "it makes an entry to commit, if it has none");
        server.receive(1, matched(2, 1));
        server.receive(2, matched(2, 1));
        assert!(!has_configuration(&server), "an entry of an older term does not count");
        server.receive(1, matched(2, 2));
        assert!(!has_configuration(&server), "two of four have it");
        server.receive(2, matched(2, 2));
        assert!(has_configuration(&server));
        assert!(!server.node.configuration().is_voter(node(3)));
    }
}

/// Thesis, 4.2.2: a leader that removes itself "steps down once the C_new entry is committed", and
/// does not count itself.
#[test]
fn the_removed_leader_steps_down_after_the_commit() {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.receive(1, matched(1, 1));
    server.admin(Admin::Remove(node(0)));
    assert!(!server.node.configuration().is_voter(node(0)));
    server.receive(1, matched(1, 2));
    assert_eq!((server.role(), server.commit()), ("leader", 1), "one of n1 and n2 is no majority");
    server.receive(2, matched(1, 2));
    assert_eq!((server.role(), server.commit()), ("follower", 2));
    assert_eq!(kinds(&server.fire(Timer::Election)), [], "and never campaigns");
}

/// At least one server must keep a vote.
#[test]
fn the_last_voter_is_not_removed() {
    let mut server = TestServer::new(0, config(1));
    server.elect();
    server.admin(Admin::Remove(node(0)));
    assert!(server.marked("change refused"));
    assert_eq!(server.role(), "leader");
    assert!(!has_configuration(&server));
    assert_eq!(answers(&server.ask(1, put("a"))).len(), 1, "it goes on to serve");
}

/// A follower passes an administrator's command on to the leader, until it is fulfilled.
#[test]
fn an_admin_command_reaches_the_leader_through_any_server() {
    let mut group = Group::new(4, &config(3));
    group.elect(0);
    group.heartbeat(0);
    // The first attempt is lost.
    group.admin(1, Admin::AddLearner(node(3)));
    group.deliver_all_but(|_, _, message| matches!(message, raft::Message::Admin(_)));
    assert!(!group.servers[0].node.configuration().is_learner(node(3)));
    group.fire(1, Timer::Admin);
    group.deliver_all();
    assert!(group.servers[0].node.configuration().is_learner(node(3)));
    group.heartbeat(0);
    group.fire(1, Timer::Admin);
    assert!(
        !group.servers[1].timers.contains_key(&Timer::Admin),
        "it is done, and asked for no more"
    );
}

/// A client, or a node that does not exist, does not become a member when an administrator names
/// it by mistake.
#[test]
fn only_servers_become_members() {
    let stranger = node(9);
    for command in [
        Admin::AddVoter(stranger),
        Admin::AddLearner(stranger),
        Admin::Remove(stranger),
        Admin::Transfer(stranger),
        Admin::Joint(vec![Change::Remove(node(1)), Change::AddVoter(stranger)]),
    ] {
        let mut server = TestServer::new(0, config(3));
        server.elect();
        server.receive(1, matched(1, 1));
        assert_eq!(kinds(&server.admin(command)), []);
        assert!(server.marked("change refused"));
        assert_eq!(server.node.configuration(), &Configuration::of_voters((0..3).map(node)));
    }
}
