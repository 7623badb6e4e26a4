//! Worlds of detectors.

#![allow(dead_code, reason = "no test file uses everything")]

use std::sync::Arc;

use failure_detectors::{Config, Detects};
use sim_check::{Core, Properties, SimTime};
use sim_engine::{
    Calm, Delay, Fault, Inside, Link, Network, Observer, PlannedFault, StepEnds, Target, Transport,
    When, World, WorldSpec, faults,
};
use sim_node::{Duration, Effect, Node, NodeId, Ratio};

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// An instant so many milliseconds after the beginning.
pub(crate) fn at(millis: u64) -> SimTime {
    SimTime::from(ms(millis))
}

/// A heartbeat every 100 ms, a timeout of 250 ms that grows by 100 ms.
pub(crate) const CONFIG: Config = Config {
    period: Duration::from_millis(100),
    timeout: Duration::from_millis(250),
    increase: Duration::from_millis(100),
    mutant: None,
};

pub(crate) fn network(delay: Delay, loss_percent: u32) -> Network {
    let link = Link {
        delay,
        loss: Ratio::from_percent(loss_percent),
        duplication: Ratio::ZERO,
        fifo: false,
    };
    Network::new(Transport::Datagram, link)
}

/// A world whose messages take 10 ms.
pub(crate) fn steady<N: Node>(config: N::Config, servers: u32, deadline: SimTime) -> WorldSpec<N> {
    let network = network(Delay::Constant(ms(10)), 0);
    WorldSpec { core: Core::Live, ..WorldSpec::new(config, servers, network, deadline) }
}

pub(crate) fn planned(faults: impl IntoIterator<Item = (When, Fault)>) -> Vec<PlannedFault> {
    let number = |(id, (when, fault)): (usize, (When, Fault))| {
        let label = format!("{fault:?}");
        PlannedFault { lasts: None, id: id as u64, label, when, fault }
    };
    faults.into_iter().enumerate().map(number).collect()
}

/// A crash between steps; for good without `down`.
pub(crate) fn crash(who: Target, down: Option<Duration>, inside: Option<Inside>) -> Fault {
    Fault::from(faults::Crash {
        who,
        down,
        disk: sim_engine::DiskLoss::Prefix,
        inside,
        settings: None,
    })
}

/// Calm from an instant on, with messages of at most 20 ms.
pub(crate) fn calm(millis: u64) -> Option<Calm> {
    Some(Calm { at: at(millis), bound: ms(20) })
}

pub(crate) fn world<N: Node, P: Properties<N>>(
    spec: impl Into<Arc<WorldSpec<N>>>,
    seed: u64,
) -> World<N, P> {
    World::new(spec.into(), seed)
}

/// Whom a process suspects, by number.
pub(crate) fn suspects<N: Detects, P: Properties<N>>(world: &World<N, P>, node: u32) -> Vec<u32> {
    let state = world.state(NodeId::new(node)).expect("the process is up");
    state.suspected().iter().map(|node| node.number()).collect()
}

/// Everything that was indicated, by whom, in order.
pub(crate) struct Indications<N: Node>(pub(crate) Vec<(NodeId, N::Indication)>, NodeId);

impl<N: Node> Indications<N> {
    pub(crate) fn new() -> Self {
        Self(Vec::new(), NodeId::default())
    }
}

impl<N: Node> Observer<N> for Indications<N> {
    fn step_begins(&mut self, step: &sim_engine::StepBegins<'_, N>) {
        self.1 = step.node;
    }

    fn step_ends(&mut self, ends: &StepEnds<'_, N>) {
        let effects = ends.effects;
        for effect in effects {
            if let Effect::Indicate(indication) = effect {
                self.0.push((self.1, indication.clone()));
            }
        }
    }
}

/// The codes of the claims that were violated.
pub(crate) fn violated(outcome: &sim_engine::Outcome) -> Vec<&'static str> {
    let violated = |(claim, verdict): &(&'static sim_check::Claim, sim_check::Verdict)| {
        (*verdict == sim_check::Verdict::Violated).then_some(claim.code)
    };
    outcome.properties.iter().filter_map(violated).collect()
}
