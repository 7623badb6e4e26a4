//! Howard, Malkhi, Spiegelman 2016, *Flexible Paxos*: only quorums of different phases must meet.

use paxos::Quorums;
use paxos::single::{Message, SendTo, Settings, Value};
use proptest::prelude::*;

use crate::harness::{TestProcess, accept, accepted, config, prepare, promise, to};

fn flexible(acceptors: u32, prepare: u32, accept: u32) -> Settings {
    let quorums = Quorums::Flexible { prepare, accept };
    Settings { quorums, ..config(acceptors) }
}

/// Phase 1 waits for a phase-1 quorum, and phase 2 for a phase-2 quorum.
#[test]
fn each_phase_waits_for_its_own_quorum() {
    let mut process = TestProcess::new(0, flexible(5, 4, 2));
    process.propose(10);
    assert_eq!(process.receive(1, promise(1, 0, None)), []);
    assert_eq!(process.receive(2, promise(1, 0, None)), [], "a majority is not enough");
    assert_eq!(process.receive(3, promise(1, 0, None)), to(1..5, &accept(1, 0, 10)));
    // Itself and one other.
    assert_eq!(process.receive(4, accepted(1, 0, 10)), to(1..5, &Message::Learn(Value(10))));
}

/// A learner counts phase-2 quorums as well.
#[test]
fn learners_count_quorums_of_phase_2() {
    let mut process = TestProcess::new(4, flexible(5, 2, 4));
    for from in [0, 1, 2] {
        process.receive(from, accepted(1, 0, 10));
        assert_eq!(process.node.learned(), None);
    }
    process.receive(3, accepted(1, 0, 10));
    assert_eq!(process.node.learned(), Some(Value(10)));
}

/// "Phase 2 to a phase-2 quorum only": requests may go to as few as are needed, and what is
/// repeated goes to all.
#[test]
fn requests_may_go_to_a_quorum_only() {
    let mut process =
        TestProcess::new(3, Settings { send_to: SendTo::Quorum, ..flexible(5, 4, 2) });
    assert_eq!(process.propose(10), to([4, 0, 1], &prepare(1, 3)), "and itself");
    process.receive(4, promise(1, 3, None));
    process.receive(0, promise(1, 3, None));
    assert_eq!(process.receive(1, promise(1, 3, None)), to([4], &accept(1, 3, 10)));
    let again = process.fire(paxos::single::Timer::Proposer);
    assert_eq!(again, to([0, 1, 2, 4], &accept(1, 3, 10)));
}

proptest! {
    /// What counts as safe is that any two quorums of different phases share an acceptor: told by
    /// the quorums themselves, each the other's complement as far as may be.
    #[test]
    fn safe_quorums_intersect(n in 1..12_u32, prepare in 0..14_u32, accept in 0..14_u32) {
        let quorums = Quorums::Flexible { prepare, accept };
        // The first acceptors and the last ones: no two quorums of these sizes share fewer.
        let first: Vec<u32> = (0..n).take(prepare as usize).collect();
        let last: Vec<u32> = (0..n).rev().take(accept as usize).collect();
        let enough = first.len() == prepare as usize && last.len() == accept as usize;
        let meet = first.iter().any(|one| last.contains(one));
        prop_assert_eq!(quorums.are_safe(n), enough && meet);
        prop_assert!(Quorums::Majority.are_safe(n));
    }
}
