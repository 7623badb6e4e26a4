//! What the invitation algorithm costs when nothing fails: exactly `3(n - 1)` for a merge, whatever
//! groups it brings together; heartbeats apart.

mod common;

use common::{assert_held, at, ms, planned, run, run_with, sent, spec};
use election::Invitation;
use election::invitation::{Process, Request, Settings, Unique};
use sim_check::Checked;
use sim_engine::{Cut, Delay, Fault, Outcome, PlannedFault, Target, When, WorldSpec, faults};
use sim_node::{Duration, NodeId, Span};

/// The highest is always the first to merge: the next one waits longer than a period and a check.
fn settings(nodes: u32) -> Settings {
    Settings {
        nodes,
        timeout: ms(50),
        period: Span::exactly(ms(200)),
        priority_delay: ms(300),
        barrier: true,
    }
}

fn spec_of(settings: &Settings, faults: &[PlannedFault], deadline: u64) -> WorldSpec<Process> {
    let delay = Delay::Uniform(ms(1), ms(10));
    let mut spec = spec::<Invitation>(settings, delay, at(deadline));
    spec.faults = faults.to_vec();
    spec
}

fn outcome(settings: &Settings, faults: &[PlannedFault], deadline: u64, seed: u64) -> Outcome {
    run::<Invitation>(spec_of(settings, faults, deadline), seed)
}

/// Everybody but the founder is invited, accepts, and is made ready.
#[test]
fn n_groups_of_one_become_one_for_3_times_n_minus_1() {
    for nodes in 1..=9 {
        for seed in 0..20 {
            let outcome = outcome(&settings(nodes), &[], 5_000, seed);
            assert_held(&outcome, &format!("n = {nodes}, seed {seed}"));
            let others = u64::from(nodes - 1);
            assert_eq!(outcome.counts.protocol, 3 * others, "n = {nodes}");
            for kind in ["Invitation", "Accept", "Ready"] {
                assert_eq!(sent(&outcome, kind), others, "{kind}, n = {nodes}");
            }
        }
    }
}

/// Two groups of a and b processes cost 3(a - 1) and 3(b - 1) to form, and 3(a + b - 1) to merge:
/// the members of the other group are invited by their own coordinator.
#[test]
fn two_groups_become_one_for_3_times_n_minus_1() {
    for nodes in 2..=7_u32 {
        for lower in 1..nodes {
            let group = |numbers: std::ops::Range<u32>| Target::Nodes(numbers.collect());
            let groups = vec![group(0..lower), group(lower..nodes)];
            let parted = Fault::from(faults::Partition(groups, Cut::AtSend));
            let faults = [planned(0, When::Between(at(0), at(3_000)), parted)];
            let apart = u64::from(3 * (lower - 1) + 3 * (nodes - lower - 1));
            // The obligation would be unmet while they are cut off; this run ends before the
            // deadline.
            let parted = spec_of(&settings(nodes), &faults, 3_000);
            let parted = run_with::<_, Checked<Unique>>(parted, 1);
            assert_eq!(parted.counts.protocol, apart, "{lower} of {nodes}, apart");
            let merged = outcome(&settings(nodes), &faults, 6_000, 1);
            assert_held(&merged, &format!("{lower} of {nodes}"));
            let together = u64::from(3 * (nodes - 1));
            assert_eq!(merged.counts.protocol, apart + together, "{lower} of {nodes}");
        }
    }
}

/// A check asks all others and all answer; a member's question is one, and so is its answer.
#[test]
fn signs_of_life_cost_2_times_n_minus_1_for_a_check_and_2_for_a_question() {
    for nodes in 2..=6 {
        let period = Span::exactly(Duration::from_secs(100));
        let settings = Settings { period, ..settings(nodes) };
        let delay = Delay::Uniform(ms(1), ms(10));
        let others = u64::from(nodes - 1);
        // The highest checks and merges at 1 s. All ask again a period after they have joined.
        for (deadline, checks, questions) in [(10_000, 1, 0), (101_500, 2, 1)] {
            let mut spec = spec::<Invitation>(&settings, delay.clone(), at(deadline));
            spec.requests = vec![(at(1_000), NodeId::new(nodes - 1), Request::Check)];
            let outcome = run::<Invitation>(spec, 0);
            assert_held(&outcome, &format!("n = {nodes}"));
            for (kind, count) in [
                ("AreYouCoordinator", checks * others),
                ("Coordinator", checks * others),
                ("AreYouThere", questions * others),
                ("There", questions * others),
            ] {
                assert_eq!(sent(&outcome, kind), count, "{kind}, n = {nodes}");
            }
            assert_eq!(outcome.counts.protocol, 3 * others);
        }
    }
}
