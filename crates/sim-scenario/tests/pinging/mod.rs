//! Scenarios of the toy protocol that load, and their runs.
#![allow(dead_code, reason = "each test file uses some of it")]

use sim_scenario::{Loaded, Prepared, Report, RunOptions, Seen, load_text};

use crate::toy;

pub(crate) fn load(text: &str) -> Loaded {
    load_text("toy.ron", text, &toy::catalogue()).unwrap_or_else(|error| panic!("{error}"))
}

/// A scenario of five nodes in which node 0 pings the others at 100ms, with these fields besides.
pub(crate) fn pinging(fields: &str) -> Loaded {
    pinging_and(fields, "Holds")
}

pub(crate) fn pinging_and(fields: &str, expect: &str) -> Loaded {
    load(&format!(
        "Scenario(title: \"t\", protocol: Ping(nodes: 5), \
         workload: Requests([At(\"100ms\", 0, Everybody)]), \
         {fields} deadline: \"20s\", expect: {expect})"
    ))
}

pub(crate) fn run(loaded: &Loaded, seed: u64) -> Report {
    loaded.prepared.run(seed, &RunOptions::default())
}

pub(crate) fn watch(
    prepared: &dyn Prepared,
    seed: u64,
    options: &RunOptions,
) -> (Report, Vec<Seen>) {
    let mut seen = Vec::new();
    let report = prepared.watch(seed, options, &mut seen);
    (report, seen)
}

pub(crate) fn watched(loaded: &Loaded) -> Vec<Seen> {
    watch(&*loaded.prepared, 0, &RunOptions::default()).1
}
