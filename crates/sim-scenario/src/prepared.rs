//! [`Prepared`]: a scenario ready to run, free of its protocol's types.

use std::collections::BTreeSet;

use sim_check::SimTime;

use crate::{Report, ScenarioFacts, Watcher};

/// How to run a prepared scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Stop at this time, even if obligations are still pending.
    pub until: Option<SimTime>,
    /// Leave these faults out, by their place in the scenario's list. The others draw as before.
    pub without: BTreeSet<usize>,
    /// Keep what the clients asked and were told, in [`Report::history`].
    pub history: bool,
    /// Make a timeline, in [`Report::timeline`].
    pub timeline: bool,
}

/// A scenario ready to run, with any seed, any number of times, from any number of threads.
pub trait Prepared: Send + Sync {
    /// What is known of it before it runs.
    fn facts(&self) -> &ScenarioFacts;
    /// What the protocol's settings and its workload became: its configuration, for a test that
    /// compares two scenarios.
    fn configuration(&self) -> String;
    /// Runs it.
    fn run(&self, seed: u64, options: &RunOptions) -> Report;
    /// Runs it and tells what happens. The report is the same as without.
    fn watch(&self, seed: u64, options: &RunOptions, watcher: &mut dyn Watcher) -> Report;
}
