//! [`Scenario`]: a scenario of one protocol, ready to run.

use std::sync::Arc;

use sim_check::Properties as _;
use sim_engine::{FaultReport, Observer, Outcome, World, WorldSpec};
use sim_protocol::Protocol;

use crate::costs::Cost;
use crate::observe::Telling;
use crate::outcome::{Lints, report};
use crate::timeline::{Both, Chronicle};
use crate::{Prepared, Report, RunOptions, ScenarioFacts, Watcher};

/// A scenario of one protocol, ready to run.
pub(crate) struct Scenario<P: Protocol> {
    facts: ScenarioFacts,
    spec: Arc<WorldSpec<P::Node>>,
    /// The overrides of the network as they stand in the file.
    overrides: Vec<String>,
    /// What a run may cost.
    costs: Vec<Cost>,
}

impl<P: Protocol> Scenario<P> {
    pub(crate) fn new(
        facts: ScenarioFacts,
        spec: Arc<WorldSpec<P::Node>>,
        overrides: Vec<String>,
        costs: Vec<Cost>,
    ) -> Self {
        Self { facts, spec, overrides, costs }
    }

    /// The world's description without the faults that are left out, and the places in the
    /// scenario's list of those that remain.
    fn spec(&self, options: &RunOptions) -> (Arc<WorldSpec<P::Node>>, Vec<usize>) {
        let all = 0..self.spec.faults.len();
        let kept: Vec<usize> = all.filter(|place| !options.without.contains(place)).collect();
        if kept.len() == self.spec.faults.len() {
            return (Arc::clone(&self.spec), kept);
        }
        let faults = kept.iter().map(|place| self.spec.faults[*place].clone()).collect();
        let spec = WorldSpec { faults, ..WorldSpec::clone(&self.spec) };
        (Arc::new(spec), kept)
    }

    /// Runs it before an observer, and makes the timeline if it is asked for.
    fn watched(
        &self,
        seed: u64,
        options: &RunOptions,
        spec: &Arc<WorldSpec<P::Node>>,
        kept: &[usize],
        watch: &mut dyn Observer<P::Node>,
    ) -> Report {
        let mut world = World::<P::Node, P::Properties>::new(Arc::clone(spec), seed);
        if !options.timeline {
            let outcome = world.run_watched(options.until, watch);
            return self.report(seed, outcome, &mut world, kept, options);
        }
        let mut chronicle = Chronicle::new(kept, P::MARKS, (spec.servers, spec.others));
        let both: &mut dyn Observer<P::Node> = &mut Both(watch, &mut chronicle);
        let outcome = world.run_watched(options.until, both);
        let waits = world.ask(|properties| {
            let mut waits = Vec::new();
            properties.waits(&mut |wait| waits.push(wait));
            waits
        });
        let ended = outcome.ended;
        let mut report = self.report(seed, outcome, &mut world, kept, options);
        chronicle.name_lost_writes(&mut report.crashes);
        report.timeline = Some(chronicle.finish(ended, &waits));
        report
    }

    fn report(
        &self,
        seed: u64,
        mut outcome: Outcome,
        world: &mut World<P::Node, P::Properties>,
        kept: &[usize],
        options: &RunOptions,
    ) -> Report {
        let history = match options.history {
            true => world.ask(P::Properties::history),
            false => None,
        };
        if world.properties().panicked().is_some() {
            // Maybe only when it was asked.
            outcome = world.outcome();
        }
        self.put_back_rows(&mut outcome, kept);
        let lints = Lints {
            faults: &self.spec.faults,
            left_out: &options.without,
            overrides: &self.overrides,
            costs: &self.costs,
            broken_on_purpose: self.spec.model.broken,
        };
        Report { history, ..report(&self.facts, seed, outcome, &lints) }
    }

    /// Faults that were left out have a row that says so, so that rows keep their places.
    fn put_back_rows(&self, outcome: &mut Outcome, kept: &[usize]) {
        if kept.len() == self.facts.faults.len() {
            return;
        }
        let never = |label: &String| FaultReport {
            label: label.clone(),
            struck: 0,
            first: None,
            victims: Vec::new(),
            idle: None,
        };
        let mut rows: Vec<FaultReport> = self.facts.faults.iter().map(never).collect();
        for (row, place) in outcome.faults.drain(..).zip(kept) {
            rows[*place] = row;
        }
        outcome.faults = rows;
        for crash in &mut outcome.crashes {
            crash.fault = kept[crash.fault];
        }
        for one in &mut outcome.byzantine {
            one.fault = kept[one.fault];
        }
    }
}

impl<P: Protocol> Prepared for Scenario<P> {
    fn facts(&self) -> &ScenarioFacts {
        &self.facts
    }

    fn configuration(&self) -> String {
        format!("{:?}", self.spec.config)
    }

    fn run(&self, seed: u64, options: &RunOptions) -> Report {
        let (spec, kept) = self.spec(options);
        // Behind a pointer, as a watcher is, so that each protocol's world is compiled once;
        // the calls that do nothing cost a few nanoseconds a step.
        self.watched(seed, options, &spec, &kept, &mut ())
    }

    fn watch(&self, seed: u64, options: &RunOptions, watcher: &mut dyn Watcher) -> Report {
        let (spec, kept) = self.spec(options);
        let (settings, nodes) = (&self.facts.settings, spec.servers + spec.others);
        let mut telling = Telling::new(watcher, &kept, settings, nodes);
        let report = self.watched(seed, options, &spec, &kept, &mut telling);
        telling.finish();
        report
    }
}
