//! [`View`]: who is what, by number.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::NodeId;

/// The number of a view. The first is 1; 0 is before all.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ViewNumber(pub u64);

impl ViewNumber {
    /// Of the view that everybody begins in.
    pub const FIRST: Self = Self(1);

    /// The number after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for ViewNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A memory of a replica, by number. With a disk it has one for ever, without it has a new one each
/// time that it starts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Memory(pub u32);

impl Memory {
    /// The one that everybody begins with.
    pub const FIRST: Self = Self(1);
}

/// A view: its primary, its backups and its recruits.
///
/// Whoever belongs to it does so since some view, whose number tells one membership of a replica
/// from another: one that was dropped, or that came back without its memory, is a new member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct View {
    /// Its number.
    pub number: ViewNumber,
    /// The number of the first view in a row with this primary: its reign. Backups refuse the
    /// messages of earlier reigns.
    pub reign: ViewNumber,
    /// The primary.
    pub primary: NodeId,
    /// The primary and the backups, and since when they are. Each holds every acknowledged update.
    pub members: BTreeMap<NodeId, ViewNumber>,
    /// Who is receiving the primary's state, and since when.
    pub recruits: BTreeMap<NodeId, ViewNumber>,
    /// Which memory each of them joined with: a later one of the same replica is not meant.
    pub memories: BTreeMap<NodeId, Memory>,
}

/// Which view a primary's message belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// The view.
    pub view: ViewNumber,
    /// Its reign.
    pub reign: ViewNumber,
    /// Since when the receiver is a member or a recruit, as the primary knows it.
    pub since: ViewNumber,
}

impl View {
    /// The first view: the first replica is primary, so many others are backups.
    #[must_use]
    pub fn first(backups: u32) -> Self {
        let nodes = || (0..=backups).map(NodeId::new);
        Self {
            number: ViewNumber::FIRST,
            reign: ViewNumber::FIRST,
            primary: NodeId::new(0),
            members: nodes().map(|node| (node, ViewNumber::FIRST)).collect(),
            recruits: BTreeMap::new(),
            memories: nodes().map(|node| (node, Memory::FIRST)).collect(),
        }
    }

    /// The backups.
    pub fn backups(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.members.keys().copied().filter(|node| *node != self.primary)
    }

    /// Backups and recruits, and since when.
    pub fn others(&self) -> impl Iterator<Item = (NodeId, ViewNumber)> + '_ {
        let everybody = self.members.iter().chain(&self.recruits);
        everybody.map(|(node, since)| (*node, *since)).filter(|(node, _)| *node != self.primary)
    }

    /// Since when a node is a member or a recruit.
    #[must_use]
    pub fn since(&self, node: NodeId) -> Option<ViewNumber> {
        self.members.get(&node).or_else(|| self.recruits.get(&node)).copied()
    }

    /// The memory that a member or a recruit joined with.
    #[must_use]
    pub fn memory(&self, node: NodeId) -> Memory {
        self.memories.get(&node).copied().unwrap_or_default()
    }

    /// The next view without a backup or a recruit, under the same primary.
    #[must_use]
    pub fn without(&self, node: NodeId, number: ViewNumber) -> Self {
        let mut view = Self { number, ..self.clone() };
        view.members.remove(&node);
        view.recruits.remove(&node);
        view.memories.remove(&node);
        view
    }

    /// The next view, in which the recruits are backups.
    #[must_use]
    pub fn with_recruits_settled(&self, number: ViewNumber) -> Self {
        let mut view = Self { number, ..self.clone() };
        view.members.append(&mut view.recruits);
        view
    }
}
