//! Locks in the simulator.

use std::sync::Arc;

use sim_check::{Properties, SimTime, Verdict};
use sim_engine::{Network, Outcome, PlannedFault, World, WorldSpec};
use sim_node::{Duration, Node};
use sim_protocol::Protocol;

/// The world of a protocol with these settings, which ends after so many seconds.
pub(crate) fn world<P: Protocol>(
    settings: &P::Settings,
    network: Network,
    deadline_secs: u64,
    faults: Vec<PlannedFault>,
) -> Arc<WorldSpec<P::Node>> {
    let setup = P::setup(settings, None).expect("the settings make sense");
    let deadline = SimTime::from(Duration::from_secs(deadline_secs));
    let mut spec = WorldSpec::new(setup.config, P::servers(settings), network, deadline);
    spec.others = setup.others;
    spec.core = setup.core;
    spec.faults = faults;
    Arc::new(spec)
}

/// Runs every seed below this number and returns the outcomes.
pub(crate) fn sweep<N: Node, P: Properties<N>>(
    spec: &Arc<WorldSpec<N>>,
    seeds: u64,
) -> impl Iterator<Item = (u64, Outcome)> {
    (0..seeds).map(|seed| (seed, World::<N, P>::new(spec.clone(), seed).run()))
}

/// The codes of the claims with this verdict, in order.
pub(crate) fn codes(outcome: &Outcome, verdict: Verdict) -> Vec<&'static str> {
    let properties = outcome.properties.iter();
    properties.filter(|(_, is)| *is == verdict).map(|(claim, _)| claim.code).collect()
}
