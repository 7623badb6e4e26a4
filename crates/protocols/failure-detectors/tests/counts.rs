//! Exact counts (THEORY 2.4): all-to-all heartbeats cost n(n-1) messages a period, and Omega costs
//! nothing above its detector.

mod common;

use common::{CONFIG, at, steady, world};
use failure_detectors::{EventuallyPerfect, Omega, OmegaConfig};
use sim_check::Verdict;
use sim_engine::{Counts, Outcome};

const PERIODS: u64 = 20;

/// Half a period after the last of so many, so that everything sent has arrived.
fn deadline() -> sim_check::SimTime {
    at(100 * (PERIODS - 1) + 50)
}

fn assert_heartbeats(outcome: &Outcome, nodes: u64) {
    let heartbeat = PERIODS * nodes * (nodes - 1);
    let Counts { by_kind, in_flight, lost, .. } = &outcome.counts;
    assert_eq!(outcome.counts.heartbeat, heartbeat, "n = {nodes}");
    assert_eq!(outcome.counts.total(), heartbeat, "and nothing else");
    assert_eq!(by_kind[..], [("Heartbeat", heartbeat)]);
    assert_eq!((*in_flight, *lost), (0, 0));
    assert_eq!(outcome.verdict, Verdict::Held, "{:?}", outcome.findings);
}

#[test]
fn a_period_costs_n_times_n_minus_1_heartbeats() {
    for nodes in 2..=8 {
        let spec = steady::<EventuallyPerfect>(CONFIG, nodes, deadline());
        let mut world = world::<_, failure_detectors::DetectorClaims>(spec, 0);
        assert_heartbeats(&world.run(), u64::from(nodes));
    }
}

#[test]
fn omega_costs_what_its_detector_costs() {
    for nodes in 2..=8 {
        let spec = steady::<Omega>(OmegaConfig { detector: CONFIG }, nodes, deadline());
        let mut world = world::<_, failure_detectors::LeaderClaims>(spec, 0);
        assert_heartbeats(&world.run(), u64::from(nodes));
    }
}
