//! [`Timeline`]: a run in a few rows, without the protocol's types and without texts. It is made
//! while the run goes on, so that no run is repeated for it.

mod chronicle;
mod clients;

use serde::Serialize;
use sim_check::SimTime;
use sim_node::NodeId;

pub(crate) use chronicle::{Both, Chronicle};
pub use clients::{Clients, Outage};

/// How much of each kind is kept: a run may be long, and its timeline may not.
const MOST: usize = 10_000;
/// How many places of one mark are kept.
const PLACES: usize = 100;

/// Who had which role when, who was down, which faults were in force, and how the clients fared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// The roles, in order of their beginnings.
    pub roles: Vec<RoleSpan>,
    /// The marks that were reached, in the protocol's order.
    pub marks: Vec<MarkRow>,
    /// When nodes were down, in order of their crashes.
    pub downs: Vec<DownSpan>,
    /// When faults were in force, in order of their beginnings.
    pub faults: Vec<FaultSpan>,
    /// When the storm was over.
    #[serde(rename = "calm_at_ns")]
    pub calm: Option<SimTime>,
    /// How the clients fared; `None` without clients.
    pub clients: Option<Clients>,
    /// How many further roles, crashes and faults there were, of which nothing is kept.
    pub left_out: u64,
}

/// A node in a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RoleSpan {
    /// Who.
    pub node: NodeId,
    /// The name of the role.
    pub role: &'static str,
    /// Its rank when the node took the role: the term of a leader.
    pub rank: u64,
    /// Since when.
    #[serde(rename = "from_ns")]
    pub from: SimTime,
    /// Until when; `None` for until the end of the run.
    #[serde(rename = "to_ns")]
    pub to: Option<SimTime>,
}

/// A mark, and where it was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MarkRow {
    /// Its name.
    pub name: &'static str,
    /// By whom and when; the first hundred times.
    pub places: Vec<MarkPlace>,
}

/// Where a mark was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MarkPlace {
    /// By whom.
    pub node: NodeId,
    /// When.
    #[serde(rename = "at_ns")]
    pub at: SimTime,
    /// In which step.
    pub step: u64,
}

/// A node that is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DownSpan {
    /// Who.
    pub node: NodeId,
    /// When it crashed.
    #[serde(rename = "from_ns")]
    pub from: SimTime,
    /// When it started again; `None` when it did not.
    #[serde(rename = "to_ns")]
    pub to: Option<SimTime>,
}

/// A fault in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultSpan {
    /// Its place in the scenario's list, from 0.
    pub fault: usize,
    /// When it began or struck.
    #[serde(rename = "from_ns")]
    pub from: SimTime,
    /// When it ended, which is at once for what strikes once; `None` when it was in force until the
    /// end of the run.
    #[serde(rename = "to_ns")]
    pub to: Option<SimTime>,
    /// Whom it was about.
    pub victims: Vec<NodeId>,
}
