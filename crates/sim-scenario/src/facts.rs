//! The facts about protocols and scenarios that are known before anything runs.

use std::collections::BTreeMap;

use serde::Serialize;
use sim_check::{Claim, Properties, SimTime};
use sim_node::{Class, Message, Node, NodeId, Stable};
use sim_protocol::{Ask, Field, ImageExample, Protocol, Settings, Workload};

/// What a protocol declares about itself.
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
    /// The role of which people ask first who has it.
    pub headline: Option<&'static str>,
    /// The role of a node that has nothing special to do.
    #[serde(skip)]
    pub resting: Option<&'static str>,
    /// What the rank of a role is.
    pub rank: Option<&'static str>,
    /// Its marks.
    pub marks: &'static [&'static str],
    /// Its kinds of messages.
    pub kinds: Vec<&'static str>,
    /// The class of each kind.
    #[serde(skip)]
    pub classes: Vec<Class>,
    /// The requests that a scenario can send to its nodes.
    pub requests: &'static [Ask],
    /// Whether anything survives a crash of its nodes.
    pub has_disks: bool,
    /// How the disks of its nodes are written at the first start.
    pub images: &'static [ImageExample],
    /// The least and the greatest number of servers.
    pub servers: (u32, u32),
    /// Its settings.
    pub fields: &'static [Field],
    /// The workload that its own clients make, when it has any.
    pub workload: Option<WorkloadFacts>,
    /// Its claims.
    pub properties: Vec<&'static Claim>,
}

/// The facts about a workload that a protocol's own clients make.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct WorkloadFacts {
    /// The name that scenarios use.
    pub name: &'static str,
    /// Its settings.
    #[serde(rename = "settings")]
    pub fields: &'static [Field],
}

/// What a protocol's nodes write. There is none where nothing survives a crash, in no party: then
/// an option of it is always `None` and takes no room.
type RecordOf<P> = <<<P as Protocol>::Node as Node>::Stable as Stable>::Record;

impl ProtocolFacts {
    /// What this protocol declares about itself.
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
            headline: P::HEADLINE,
            resting: P::RESTING,
            rank: P::RANK,
            marks: P::MARKS,
            kinds: kinds.iter().map(|(kind, _)| *kind).collect(),
            classes: kinds.iter().map(|(_, class)| *class).collect(),
            requests: P::REQUESTS,
            has_disks: size_of::<Option<RecordOf<P>>>() != 0,
            images: P::IMAGES,
            servers: P::SERVERS,
            fields: P::Settings::FIELDS,
            workload: P::Workload::NAME
                .map(|name| WorkloadFacts { name, fields: P::Workload::FIELDS }),
            properties: P::Properties::claims(),
        }
    }

    /// The class of a kind of message.
    #[must_use]
    pub fn class_of(&self, kind: &str) -> Option<Class> {
        let place = self.kinds.iter().position(|known| *known == kind)?;
        self.classes.get(place).copied()
    }
}

/// The facts about a scenario before it runs.
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
    /// What the other nodes are called, in order of their numbers: a name for one, and how many
    /// there are.
    pub parties: Vec<(&'static str, u32)>,
    /// Its faults, as they are written in the file, in order.
    pub faults: Vec<String>,
    /// The requests of the plain workload, as they are written in the file, in order.
    pub requests: Vec<String>,
    /// What must be reached, as it is written in the file, in order.
    pub reaches: Vec<String>,
    /// The settings in which its nodes differ.
    pub settings: NodeSettings,
    /// The clocks that do not show true time, a sentence each: "The clock of n1 runs 5% too slow."
    pub clocks: Vec<String>,
    /// When the storm ends.
    pub calm: Option<SimTime>,
    /// When liveness is due.
    pub deadline: SimTime,
}

/// Settings in which nodes differ from what the scenario says of the protocol, as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSettings {
    /// Those of nodes from their first start on.
    pub own: BTreeMap<NodeId, String>,
    /// Those that nodes have from a fault on, by its stable number: of nodes that had none of their
    /// own, and of those that had.
    pub new: BTreeMap<u64, (String, BTreeMap<NodeId, String>)>,
}

impl NodeSettings {
    /// Those of a node that has been configured by this fault, or by none.
    #[must_use]
    pub fn of(&self, node: NodeId, by: Option<u64>) -> Option<&str> {
        let own = &self.own;
        let text = match by.and_then(|fault| self.new.get(&fault)) {
            Some((usual, own)) => own.get(&node).unwrap_or(usual),
            None => own.get(&node)?,
        };
        Some(text.as_str()).filter(|text| !text.is_empty())
    }
}

/// What a scenario expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Every property holds, with every seed.
    Holds,
    /// Every safety property holds, with every seed. Obligations may be unmet.
    Safe,
    /// Every seed violates this property, and no other. Its code.
    Violates(&'static str),
    /// At least one of `of` seeds violates this property, and no seed violates another.
    Sometimes {
        /// Its code.
        code: &'static str,
        /// The number of seeds.
        of: u64,
    },
}
