//! Faults: what a scenario does to the world, when, and to whom. What each kind of fault is and
//! does stands in `world/faults/`, a module a kind.

mod facts;
mod identity;
mod kind;
mod trigger;

use serde::{Deserialize, Serialize};
use sim_check::SimTime;
use sim_node::{Duration, Span};

pub use facts::{
    Argument, Arguments, CrashInStep, FaultFacts, Idle, InStep, Late, Part, Place, Sides,
};
pub use identity::fault_ids;
pub use kind::{Ender, FaultKind, FaultTime, InCalm, Victims};
pub use trigger::{Occasion, Trigger};

use crate::Fault;

/// A fault with its time and its name.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedFault {
    /// A stable number, from which its draws come; see [`fault_ids`].
    pub id: u64,
    /// As it stands in the scenario, for reports.
    pub label: String,
    /// When it strikes.
    pub when: When,
    /// For how long a lasting fault holds from then on, when not for its window.
    pub lasts: Option<Duration>,
    /// What it does.
    pub fault: Fault,
}

/// When a fault strikes, and how long a lasting one holds.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// At an instant; a lasting fault holds until healed, resumed or calmed.
    At(SimTime),
    /// A lasting fault holds from the first instant to the second; a momentary one strikes once, at
    /// an instant drawn in between.
    Between(SimTime, SimTime),
    /// When something happens in the protocol; a lasting fault holds until healed, resumed or
    /// calmed.
    On(Trigger),
    /// Again and again up to the deadline, each time so long after the time before, drawn anew if
    /// it is a range. It passes over a time at which a lasting fault still holds, or still waits
    /// for its target; one that ends at that time has ended.
    Every(Span),
}

/// To whom. Drawn and role targets are chosen when the fault strikes; when no node fits, the fault
/// waits until one does or until its window ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// This node.
    Node(u32),
    /// These nodes.
    Nodes(Vec<u32>),
    /// The highest-ranked holder of the role `leader`.
    Leader,
    /// The highest-ranked holder of the role of this name.
    Role(String),
    /// All holders of the role of this name.
    Holders(String),
    /// So many servers, drawn among those that are up.
    Random(u32),
    /// So many of these, drawn among those that are up.
    RandomOf(u32, Box<Target>),
    /// A drawn majority of the servers.
    Majority,
    /// A drawn largest minority of the servers.
    Minority,
    /// All servers.
    Servers,
    /// All nodes that are not servers.
    Others,
    /// All nodes.
    All,
    /// The node whose step triggered the fault.
    Trigger,
    /// Everybody who is in one of these. What is drawn is drawn among servers that are in none of
    /// the others.
    And(Vec<Target>),
    /// Those who are in every one of these.
    InAll(Vec<Target>),
    /// The servers that are not in this.
    Not(Box<Target>),
    /// The nodes of the scenario's set of this name.
    Set(String),
    /// The nodes of one of the scenario's sets of these names, drawn: a rack, a zone.
    OneOf(Vec<String>),
}

impl Target {
    /// The targets that it joins, however deep; itself if it joins none.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::And(parts) => parts.iter().flat_map(Self::parts).collect(),
            one => vec![one],
        }
    }

    /// Whether chance decides who it is.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        match self {
            Self::Random(_)
            | Self::RandomOf(..)
            | Self::Majority
            | Self::Minority
            | Self::OneOf(_) => true,
            Self::And(parts) | Self::InAll(parts) => parts.iter().any(Self::is_drawn),
            Self::Not(whom) => whom.is_drawn(),
            Self::Node(_)
            | Self::Nodes(_)
            | Self::Leader
            | Self::Role(_)
            | Self::Holders(_)
            | Self::Servers
            | Self::Others
            | Self::All
            | Self::Trigger
            | Self::Set(_) => false,
        }
    }

    /// Whether nodes are to be asked for their roles.
    #[must_use]
    pub fn asks_roles(&self) -> bool {
        match self {
            Self::Leader | Self::Role(_) | Self::Holders(_) => true,
            Self::And(parts) | Self::InAll(parts) => parts.iter().any(Self::asks_roles),
            Self::Not(whom) | Self::RandomOf(_, whom) => whom.asks_roles(),
            _ => false,
        }
    }
}

/// What a cut does to messages in flight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cut {
    /// It applies to what is sent while it lasts; what is in flight arrives.
    #[default]
    AtSend,
    /// It applies to what is sent while it lasts and to what would arrive while it lasts.
    AtDelivery,
}

/// What a crash does to the writes that no barrier made durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiskLoss {
    /// A drawn prefix of them survives.
    #[default]
    Prefix,
    /// Any drawn subset of them survives, in order.
    Subset,
    /// None of them survives.
    Unsynced,
    /// The whole disk is lost, what was durable included.
    Everything,
    /// A drawn prefix of them survives, and the next one is half written: the next start finds what
    /// came before it and is told of the damage.
    Torn,
    /// None of them survives, and so many of the last durable records cannot be read: the next
    /// start finds what came before them and is told of the damage.
    Rot(u32),
    /// The disk is replaced by a copy that is so old. Nobody is told.
    OldCopy(Duration),
}

impl DiskLoss {
    /// Whether writes are lost that a barrier had made durable: only the weakest model allows that.
    #[must_use]
    pub fn is_of_durable_writes(self) -> bool {
        match self {
            Self::Prefix | Self::Subset | Self::Unsynced | Self::Torn => false,
            Self::Everything | Self::Rot(_) | Self::OldCopy(_) => true,
        }
    }

    /// Whether it takes what is durable back to what it was before.
    pub(crate) fn takes_back(self) -> bool {
        matches!(self, Self::Rot(_) | Self::OldCopy(_))
    }
}

/// Settings of the protocol with which nodes start again. What they say is the protocol's to read:
/// the engine is given what comes of them, as [`WorldSpec::new_configs`](crate::WorldSpec).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherSettings;

impl<'de> Deserialize<'de> for OtherSettings {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// How many effects of a step take place before a fault strikes inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inside {
    /// The first so many, or all when there are fewer.
    First(u32),
    /// A drawn number of them, from none to all.
    Drawn,
}

/// What a node handles first when a pause ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum First {
    /// What came first.
    #[default]
    Oldest,
    /// The timers that were due meanwhile, and then everything else as it came: a node whose clock
    /// has run on finds its timeouts expired before it reads what arrived in time.
    Timers,
}

/// What strikes the victim of a mobile fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Strike {
    /// It crashes; given back, it restarts.
    Crash,
    /// It is cut off from all servers; given back, it is connected again.
    Isolate,
}
