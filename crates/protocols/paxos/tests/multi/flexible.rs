//! Quorums of different sizes (Howard, Malkhi, Spiegelman 2016).

use paxos::Quorums;
use paxos::multi::{Members, Settings};

use crate::cluster::config;
use crate::harness::{TestServer, ballot, node, promise, put};

fn flexible(prepare: u32, accept: u32) -> Settings {
    Settings { quorums: Quorums::Flexible { prepare, accept }, ..config(5) }
}

#[test]
fn each_phase_waits_for_its_own_quorum() {
    let (mut server, _) = TestServer::new(0, flexible(4, 2));
    server.receive(1, promise(ballot(1, 0), 0, &[]));
    server.receive(2, promise(ballot(1, 0), 0, &[]));
    assert!(!server.node.is_leader(), "three promises of four");
    server.receive(3, promise(ballot(1, 0), 0, &[]));
    assert!(server.node.is_leader());
    server.ask(put(1));
    server.accepted(1, &[4]);
    assert_eq!(server.executed(), 1, "two have accepted");
}

#[test]
fn members_whose_quorums_do_not_meet_are_refused() {
    let members = |count: u32| (0..count).map(node).collect::<Members>();
    let config = flexible(4, 2);
    assert!(config.allows(members(5), 5));
    assert!(!config.allows(members(3), 5), "four of three cannot be");
    let small = flexible(2, 2);
    assert!(small.allows(members(3), 5));
    assert!(!small.allows(members(4), 5), "two and two of four need not meet");
    let reckless = Settings { quorums_intersect: false, ..flexible(2, 2) };
    assert!(reckless.allows(members(4), 5));
    assert!(!reckless.allows(Members::new(), 5), "somebody must accept");
    assert!(!reckless.allows(members(6), 5), "there is no server 5");
}
