//! Section 2.5: numbers, and stable storage.

use paxos::Ballot;
use paxos::single::{Disk, Proposers, Settings, Timer};
use proptest::prelude::*;
use sim_node::NodeId;

use crate::harness::{TestProcess, ballot, config, prepare, refuse, to};

proptest! {
    /// "Different proposers choose their numbers from disjoint sets of numbers, so two different
    /// proposers never issue a proposal with the same number": a number tells its proposer. And a
    /// new number is greater than all that were seen, by as little as can be.
    #[test]
    fn numbers_grow_and_tell_their_proposers(
        round in 0..1_000_u64,
        seen in 0..9_u32,
        me in 0..9_u32,
    ) {
        let seen = Ballot { round, proposer: NodeId::new(seen) };
        let next = Ballot::after(Some(seen), NodeId::new(me));
        prop_assert_eq!(next.proposer.number(), me);
        prop_assert!(next > seen);
        let one_less = next.round.checked_sub(1).map(|round| Ballot { round, ..next });
        prop_assert!(one_less.is_none_or(|less| less <= seen));
    }
}

/// "Each proposer remembers (in stable storage) the highest-numbered proposal it has tried to
/// issue, and begins phase 1 with a higher proposal number than any it has already used."
#[test]
fn a_restarted_proposer_never_uses_a_number_again() {
    let mut process = TestProcess::new(0, config(3));
    assert_eq!(process.propose(10), to(1..3, &prepare(1, 0)));
    for round in 2..6 {
        assert_eq!(process.restart(), to(1..3, &prepare(round, 0)), "it goes on with its value");
        assert_eq!(process.disk.ballot, Some(ballot(round, 0)));
    }
}

/// The number is durable before it is sent.
#[test]
fn a_number_is_durable_before_it_is_used() {
    let mut process = TestProcess::new(0, config(3));
    process.slow_disk = true;
    assert_eq!(process.propose(10), []);
    process.restart();
    assert_eq!(process.node.own(), None, "no process knows of the value, either");
    assert_eq!(process.propose(20), []);
    assert_eq!(process.sync(), to(1..3, &prepare(1, 0)));
    assert_eq!(process.disk.ballot, Some(ballot(1, 0)));
}

/// A proposer that is no acceptor has nothing else to remember, and does.
#[test]
fn a_separate_proposer_remembers_its_number() {
    let config = Settings { proposers: Proposers::Separate(1), ..config(3) };
    let mut process = TestProcess::new(3, config);
    process.propose(10);
    process.receive(1, refuse(ballot(7, 3)));
    assert_eq!(process.fire(Timer::Proposer), to(0..3, &prepare(8, 3)));
    assert_eq!(process.restart(), to(0..3, &prepare(9, 3)));
}

/// A crash may keep any subset of the unsynced writes: an acceptance tells of the promise that was
/// lost beside it.
#[test]
fn an_acceptance_implies_the_promise() {
    let mut disk = Disk::default();
    let accepted = crate::harness::proposal(4, 1, 10);
    sim_node::Stable::apply(&mut disk, &paxos::single::Record::Accepted(accepted));
    assert_eq!(disk.promised, Some(ballot(4, 1)));
    let process =
        TestProcess::with_disk(0, config(3), Disk { accepted: Some(accepted), ..Disk::default() });
    assert_eq!(
        process.promised(),
        Some(ballot(4, 1)),
        "even where a scenario has written the disk"
    );
}
