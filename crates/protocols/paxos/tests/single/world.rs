//! Worlds of processes, made for tests.

use std::sync::Arc;

use paxos::single::{Config, Process, Settings, Suite};
use sim_check::{Properties, SimTime, Verdict};
use sim_engine::{
    Delay, Fault, Link, Network, Outcome, PlannedFault, Transport, When, World, WorldSpec,
};
use sim_node::Ratio;

use crate::harness::ms;

pub(crate) fn at(millis: u64) -> SimTime {
    SimTime::from(ms(millis))
}

/// A world without faults, whose messages take a millisecond, for a tenth of a second.
pub(crate) fn spec(config: Settings) -> WorldSpec<Process> {
    let link = Link {
        delay: Delay::Constant(ms(1)),
        loss: Ratio::ZERO,
        duplication: Ratio::ZERO,
        fifo: false,
    };
    let network = Network::new(Transport::Datagram, link);
    let (servers, others) = (config.nodes, config.separate());
    WorldSpec { others, ..WorldSpec::new(Config::from(config), servers, network, at(100)) }
}

pub(crate) fn planned(faults: impl IntoIterator<Item = (When, Fault)>) -> Vec<PlannedFault> {
    let number = |(id, (when, fault)): (usize, (When, Fault))| {
        let label = format!("{fault:?}");
        PlannedFault { lasts: None, id: id as u64, label, when, fault }
    };
    faults.into_iter().enumerate().map(number).collect()
}

/// Runs a world under all claims.
pub(crate) fn run(spec: WorldSpec<Process>, seed: u64) -> Outcome {
    judge::<Suite>(spec, seed)
}

/// Runs a world under these claims only.
pub(crate) fn judge<P: Properties<Process>>(spec: WorldSpec<Process>, seed: u64) -> Outcome {
    World::<Process, P>::new(Arc::new(spec), seed).run()
}

/// The codes of the claims that are violated.
pub(crate) fn violated(outcome: &Outcome) -> Vec<&'static str> {
    let is_violated = |(_, verdict): &&(_, Verdict)| *verdict == Verdict::Violated;
    outcome.properties.iter().filter(is_violated).map(|(claim, _)| claim.code).collect()
}

/// How many messages of a kind were sent.
pub(crate) fn sent(outcome: &Outcome, kind: &str) -> u64 {
    let found = outcome.counts.by_kind.iter().find(|(name, _)| *name == kind);
    found.map(|(_, count)| *count).expect("a kind of message")
}
