//! Worlds of synchronous rounds of 100 ms, whose messages take 1 to 10 ms.

#![allow(dead_code, reason = "no test file uses everything")]

use std::sync::Arc;

use consensus::{Config, Consensus, ConsensusClaims, Decide, Inputs, Rule, Value};
use sim_check::{Claim, Core, SimTime, Verdict};
use sim_engine::{
    Delay, DiskLoss, Failures, Fault, Inside, Link, Model, Network, Observer, Occasion, Outcome,
    PlannedFault, StepEnds, Target, Timing, Transport, Trigger, When, World, WorldSpec, faults,
};
use sim_node::{Duration, Effect, Node, NodeId, Ratio, RoundConfig};

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// An instant so many milliseconds after the beginning.
pub(crate) fn at(millis: u64) -> SimTime {
    SimTime::from(ms(millis))
}

/// Synchronous rounds for so many processes with these inputs.
pub(crate) fn synchronous<N: Node<Config = RoundConfig<Config>>>(
    servers: u32,
    rounds: u32,
    inputs: Inputs,
    rule: Rule,
) -> WorldSpec<N> {
    let link = Link {
        delay: Delay::Uniform(ms(1), ms(10)),
        loss: Ratio::ZERO,
        duplication: Ratio::ZERO,
        fifo: false,
    };
    let network = Network::new(Transport::Datagram, link);
    let process = Config { rounds, inputs, rule };
    let config = RoundConfig { length: ms(100), process };
    let timing = Timing::Synchronous { bound: ms(10) };
    let model = Model { timing, failures: Failures::CrashStop, broken: false };
    let deadline = at(100 * u64::from(rounds) + 1_000);
    let world = WorldSpec::new(config, servers, network, deadline);
    WorldSpec { core: Core::Live, model, ..world }
}

/// Everybody starts with 1, but for process 0, which starts with 0.
pub(crate) fn one_zero(servers: u32) -> Inputs {
    Inputs::Given((0..servers).map(|node| Value(u64::from(node > 0))).collect())
}

pub(crate) fn planned(faults: impl IntoIterator<Item = (When, Fault)>) -> Vec<PlannedFault> {
    let number = |(id, (when, fault)): (usize, (When, Fault))| {
        let label = format!("{fault:?}");
        PlannedFault { lasts: None, id: id as u64, label, when, fault }
    };
    faults.into_iter().enumerate().map(number).collect()
}

pub(crate) fn crash(who: Target, down: Option<Duration>, inside: Option<Inside>) -> Fault {
    Fault::from(faults::Crash { who, down, disk: DiskLoss::Prefix, inside, settings: None })
}

/// A chain of f crashes in the middle of sending, one a round: process 0 tells its input to process
/// 1 alone, which in the next round tells it to process 2 alone, and so on. `kind` is the only kind
/// of message.
pub(crate) fn chain(f: u32, kind: &str) -> Vec<PlannedFault> {
    let link = |process: u32| {
        // Sends go out in order of the receivers' numbers: those before the next one have crashed.
        let inside = Some(Inside::First(process + 1));
        if process == 0 {
            let on = Occasion::Send(kind.to_owned());
            let when = When::On(Trigger { at: Some(0), ..Trigger::new(on) });
            return (when, crash(Target::Trigger, None, inside));
        }
        // All messages of the round before have come, and the round's end is the next step.
        let when = When::At(at(100 * u64::from(process) - 20));
        (when, crash(Target::Node(process), None, inside))
    };
    planned((0..f).map(link))
}

/// Runs a world and gives what it became, and who decided what, in order.
pub(crate) fn run<N: Consensus>(
    spec: impl Into<Arc<WorldSpec<N>>>,
    seed: u64,
) -> (Outcome, Vec<(u32, u64)>) {
    let mut world: World<N, ConsensusClaims> = World::new(spec.into(), seed);
    let mut decisions = Decisions::default();
    let outcome = world.run_watched(None, &mut decisions);
    (outcome, decisions.made)
}

/// The codes of the claims that were violated.
pub(crate) fn violated(outcome: &Outcome) -> Vec<&'static str> {
    let violated = |(claim, verdict): &(&'static Claim, Verdict)| {
        (*verdict == Verdict::Violated).then_some(claim.code)
    };
    outcome.properties.iter().filter_map(violated).collect()
}

#[derive(Default)]
struct Decisions {
    who: NodeId,
    made: Vec<(u32, u64)>,
}

impl<N: Consensus> Observer<N> for Decisions {
    fn step_begins(&mut self, step: &sim_engine::StepBegins<'_, N>) {
        self.who = step.node;
    }

    fn step_ends(&mut self, ends: &StepEnds<'_, N>) {
        let effects = ends.effects;
        for effect in effects {
            if let Effect::Indicate(Decide(Value(value))) = effect {
                self.made.push((self.who.number(), *value));
            }
        }
    }
}
