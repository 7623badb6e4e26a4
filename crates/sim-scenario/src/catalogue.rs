//! [`Catalogue`]: the protocols that scenarios can name, and [`Prepared`], a scenario ready to run. Here
//! types are erased, once.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use serde::Serialize;
use sim_check::{Claim, Properties, SimTime};
use sim_node::{Message, Node};
use sim_protocol::{Field, Protocol};

use crate::{Report, Watcher};

/// The protocols that scenarios can name.
pub struct Catalogue {
    entries: Vec<Box<dyn Entry>>,
}

impl Catalogue {
    /// A catalogue of these protocols, in this order; see [`entry`].
    ///
    /// # Panics
    /// When two protocols share a name.
    #[must_use]
    pub fn new(entries: Vec<Box<dyn Entry>>) -> Self {
        let mut names = BTreeSet::new();
        for entry in &entries {
            let name = entry.facts().name;
            assert!(names.insert(name), "two protocols are called {name}");
        }
        Self { entries }
    }

    /// What every protocol says of itself, in the catalogue's order.
    pub fn protocols(&self) -> impl Iterator<Item = &ProtocolFacts> {
        self.entries.iter().map(|entry| entry.facts())
    }

    /// What the protocol of this name says of itself; ignores case and dashes, as the command line does.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&ProtocolFacts> {
        let plain = |name: &str| name.replace(['-', '_'], "").to_lowercase();
        self.protocols().find(|facts| plain(facts.name) == plain(name))
    }
}

/// A protocol in a [`Catalogue`], its types erased. Made by [`entry`].
pub trait Entry: Send + Sync {
    /// What it says of itself.
    fn facts(&self) -> &ProtocolFacts;
}

/// The catalogue's entry of a protocol.
#[must_use]
pub fn entry<P: Protocol>() -> Box<dyn Entry> {
    Box::new(Typed::<P> { facts: ProtocolFacts::of::<P>(), protocol: PhantomData })
}

struct Typed<P> {
    facts: ProtocolFacts,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> Entry for Typed<P> {
    fn facts(&self) -> &ProtocolFacts {
        &self.facts
    }
}

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

impl ProtocolFacts {
    /// What this protocol says of itself.
    #[must_use]
    pub fn of<P: Protocol>() -> Self {
        let kinds = <<P::Node as Node>::Message as Message>::KINDS;
        Self {
            name: P::NAME,
            family: P::FAMILY,
            summary: P::SUMMARY,
            source: P::SOURCE,
            model: P::MODEL,
            roles: P::ROLES,
            marks: P::MARKS,
            kinds: kinds.iter().map(|(kind, _)| *kind).collect(),
            servers: (P::SERVERS_MIN, P::SERVERS_MAX),
            fields: P::FIELDS,
            properties: P::Properties::claims(),
        }
    }
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
