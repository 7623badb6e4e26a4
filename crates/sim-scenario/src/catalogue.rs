//! [`Catalogue`]: the protocols that scenarios can name, and [`Prepared`], a scenario ready to run. Here
//! types are erased, once.

use std::collections::BTreeSet;

use serde::Serialize;
use sim_check::{Claim, SimTime};
use sim_protocol::Field;

use crate::{Report, Watcher};

/// What a protocol says of itself.
#[derive(Clone, Debug, Serialize)]
pub struct ProtocolFacts {
    /// The name that scenarios use.
    pub name: &'static str,
    /// The family, and the folder of its scenarios.
    pub family: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Paper or book, and section.
    pub source: &'static str,
    /// The model it assumes.
    pub model: &'static str,
    /// Its roles.
    pub roles: &'static [&'static str],
    /// Its marks.
    pub marks: &'static [&'static str],
    /// Its kinds of messages.
    pub kinds: Vec<&'static str>,
    /// The least and the greatest number of servers.
    pub servers: (u32, u32),
    /// What can be set.
    pub fields: &'static [Field],
    /// Its claims.
    pub properties: Vec<&'static Claim>,
}

/// What is known of a scenario before it runs.
#[derive(Clone, Debug)]
pub struct ScenarioFacts {
    /// Its title.
    pub title: String,
    /// Its protocol.
    pub protocol: ProtocolFacts,
    /// What it expects.
    pub expect: Expectation,
    /// How many servers.
    pub servers: u32,
    /// How many other nodes.
    pub others: u32,
    /// Its faults, as they stand in the file, in order.
    pub faults: Vec<String>,
    /// When the storm ends.
    pub calm: Option<SimTime>,
    /// When liveness is due.
    pub deadline: SimTime,
}

/// What a scenario expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Every property holds, with every seed.
    Holds,
    /// This property falls, and no other, with every seed. Its code.
    Violates(&'static str),
    /// This property, and no other, falls with at least one of so many seeds.
    Sometimes {
        /// Its code.
        code: &'static str,
        /// Of so many seeds.
        of: u64,
    },
}

/// How to run a prepared scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Stop at this time, whatever is still owed.
    pub until: Option<SimTime>,
    /// Leave these faults out, by their place in the scenario's list. The others draw as before.
    pub without: BTreeSet<usize>,
}

/// A scenario ready to run, with any seed, any number of times, from any number of threads.
pub trait Prepared: Send + Sync {
    /// What is known of it before it runs.
    fn facts(&self) -> &ScenarioFacts;
    /// Runs it.
    fn run(&self, seed: u64, options: &RunOptions) -> Report;
    /// Runs it and tells what happens. The report is the same as without.
    fn watch(&self, seed: u64, options: &RunOptions, watcher: &mut dyn Watcher) -> Report;
}
