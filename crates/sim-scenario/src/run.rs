//! [`Scenario`]: a scenario of one protocol, ready to run.

use std::sync::Arc;

use sim_engine::{FaultReport, Observer, Outcome, World, WorldSpec};
use sim_protocol::Protocol;

use crate::observe::Telling;
use crate::outcome::{Lints, report};
use crate::typed::{SetupTexts, set_up_again};
use crate::{Prepared, Report, RunOptions, ScenarioFacts, Watcher};

/// A scenario of one protocol, ready to run.
pub(crate) struct Scenario<P: Protocol> {
    facts: ScenarioFacts,
    spec: Arc<WorldSpec<P::Node>>,
    /// The overrides of the network as they stand in the file.
    overrides: Vec<String>,
    /// What the protocol was set up with, to do so again.
    texts: SetupTexts,
}

impl<P: Protocol> Scenario<P> {
    pub(crate) fn new(
        facts: ScenarioFacts,
        spec: Arc<WorldSpec<P::Node>>,
        overrides: Vec<String>,
        texts: SetupTexts,
    ) -> Self {
        Self { facts, spec, overrides, texts }
    }

    /// The world's description without the faults that are left out, and the places in the
    /// scenario's list of those that remain.
    fn spec(&self, options: &RunOptions) -> (Arc<WorldSpec<P::Node>>, Vec<usize>) {
        let all = 0..self.spec.faults.len();
        let kept: Vec<usize> = all.filter(|place| !options.without.contains(place)).collect();
        if kept.len() == self.spec.faults.len() {
            return (Arc::clone(&self.spec), kept);
        }
        // A configuration need not be a value that can be cloned, but it can be made again.
        let spec = &self.spec;
        let spec = WorldSpec {
            config: set_up_again::<P>(&self.texts).config,
            servers: spec.servers,
            others: spec.others,
            network: spec.network.clone(),
            disks: spec.disks.clone(),
            clocks: spec.clocks.clone(),
            service: spec.service.clone(),
            images: spec.images.clone(),
            requests: spec.requests.clone(),
            faults: kept.iter().map(|place| spec.faults[*place].clone()).collect(),
            calm: spec.calm,
            deadline: spec.deadline,
            core: spec.core,
            model: spec.model.clone(),
            ties: spec.ties,
            steps_max: spec.steps_max,
            bytes: spec.bytes,
        };
        (Arc::new(spec), kept)
    }

    fn report(
        &self,
        seed: u64,
        mut outcome: Outcome,
        world: &World<P::Node, P::Properties>,
        kept: &[usize],
        options: &RunOptions,
    ) -> Report {
        self.put_back_rows(&mut outcome, kept);
        let lints = Lints {
            faults: &self.spec.faults,
            left_out: &options.without,
            overrides: &self.overrides,
            broken_on_purpose: self.spec.model.broken,
        };
        let history = options.history.then(|| P::history(world.properties())).flatten();
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
        };
        let mut rows: Vec<FaultReport> = self.facts.faults.iter().map(never).collect();
        for (row, place) in outcome.faults.drain(..).zip(kept) {
            rows[*place] = row;
        }
        outcome.faults = rows;
    }
}

impl<P: Protocol> Prepared for Scenario<P> {
    fn facts(&self) -> &ScenarioFacts {
        &self.facts
    }

    fn run(&self, seed: u64, options: &RunOptions) -> Report {
        let (spec, kept) = self.spec(options);
        let mut world = World::<P::Node, P::Properties>::new(spec, seed);
        // Behind a pointer, as whoever watches is, so that each protocol's world is compiled once;
        // the calls that do nothing cost a few nanoseconds a step.
        let watch: &mut dyn Observer<P::Node> = &mut ();
        let outcome = world.run_watched(options.until, watch);
        self.report(seed, outcome, &world, &kept, options)
    }

    fn watch(&self, seed: u64, options: &RunOptions, watcher: &mut dyn Watcher) -> Report {
        let (spec, kept) = self.spec(options);
        let mut telling = Telling::new(watcher, &kept, spec.servers + spec.others);
        let mut world = World::<P::Node, P::Properties>::new(spec, seed);
        let watch: &mut dyn Observer<P::Node> = &mut telling;
        let outcome = world.run_watched(options.until, watch);
        telling.finish();
        self.report(seed, outcome, &world, &kept, options)
    }
}
