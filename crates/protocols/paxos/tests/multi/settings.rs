//! What a scenario may set, and what it is told when it may not.

use paxos::Quorums;
use paxos::multi::{MultiPaxos, Settings};
use sim_node::{Duration, NodeId};
use sim_protocol::{Core, Protocol};

pub(crate) fn settings(nodes: u32) -> Settings {
    Settings {
        nodes,
        members: None,
        quorums: Quorums::Majority,
        quorums_intersect: true,
        leader: paxos::multi::Leader::Omega,
        heartbeat: Duration::from_millis(100),
        timeout: Duration::from_millis(250),
        increase: Duration::from_millis(100),
        backoff: Duration::from_millis(50).into(),
        retry: Duration::from_millis(100),
        alpha: 4,
        batch: 1,
        reads: paxos::multi::Reads::Log,
        snapshot_every: 0,
        snapshot_keep: 0,
        snapshot_chunk: 1,
        barrier: true,
        mutant: None,
    }
}

fn nodes(numbers: &[u32]) -> Vec<NodeId> {
    numbers.iter().copied().map(NodeId::new).collect()
}

fn wrong(settings: Settings) -> &'static str {
    match MultiPaxos::setup(&settings, None) {
        Ok(_) => panic!("it makes no sense"),
        Err(error) => error.field,
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let zero = Duration::from_millis(0);
    assert_eq!(wrong(Settings { heartbeat: zero, ..settings(3) }), "heartbeat");
    assert_eq!(wrong(Settings { retry: zero, ..settings(3) }), "retry");
    assert_eq!(wrong(Settings { timeout: Duration::from_millis(100), ..settings(3) }), "timeout");
    assert_eq!(wrong(Settings { alpha: 0, ..settings(3) }), "alpha");
    assert_eq!(wrong(Settings { batch: 0, ..settings(3) }), "batch");
    assert_eq!(wrong(Settings { snapshot_chunk: 0, ..settings(3) }), "snapshot_chunk");
    assert_eq!(wrong(Settings { members: Some(vec![]), ..settings(3) }), "members");
    assert_eq!(wrong(Settings { members: Some(nodes(&[3])), ..settings(3) }), "members");
}

#[test]
fn quorums_must_meet_unless_that_is_the_point() {
    let quorums = |prepare, accept| Quorums::Flexible { prepare, accept };
    assert_eq!(wrong(Settings { quorums: quorums(2, 3), ..settings(5) }), "quorums");
    assert_eq!(wrong(Settings { quorums: quorums(6, 3), ..settings(5) }), "quorums");
    assert_eq!(wrong(Settings { quorums: quorums(6, 0), ..settings(5) }), "quorums");
    let reckless = Settings { quorums: quorums(2, 3), quorums_intersect: false, ..settings(5) };
    assert!(MultiPaxos::setup(&reckless, None).is_ok());
    // The members count, not the servers.
    let few = Settings { members: Some(nodes(&[0, 1, 2])), quorums: quorums(2, 2), ..settings(5) };
    assert!(MultiPaxos::setup(&few, None).is_ok());
}

#[test]
fn the_calm_brings_back_a_quorum_of_both_phases() {
    let core = |settings| MultiPaxos::setup(&settings, None).expect("it makes sense").core;
    assert_eq!(core(settings(5)), Core::Majority);
    let quorums = Quorums::Flexible { prepare: 4, accept: 2 };
    assert_eq!(core(Settings { quorums, ..settings(5) }), Core::AtLeast(4));
    assert_eq!(core(Settings { members: Some(nodes(&[0, 1])), ..settings(5) }), Core::All);
}
