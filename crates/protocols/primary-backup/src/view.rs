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
    /// Of the view that all replicas begin in.
    pub const FIRST: Self = Self(1);

    /// The number after it.
    ///
    /// # Panics
    /// After 2^64 views.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add(1).expect("views do not run out"))
    }
}

impl fmt::Display for ViewNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The incarnation of a replica's state, by number: with a disk the first one for ever, without a
/// disk another one each time that the replica starts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Incarnation(pub u32);

impl Incarnation {
    /// The one that all replicas begin with.
    pub const FIRST: Self = Self(1);
}

/// A view: its primary, its backups and its recruits.
///
/// Each replica in it is there since some view, whose number tells one membership of a replica from
/// another: one that was dropped, or that came back without its state, is a new member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct View {
    /// Its number.
    pub number: ViewNumber,
    /// The epoch of its primary: the number of the first view in a row with that primary. Backups
    /// refuse the messages of earlier epochs.
    pub epoch: ViewNumber,
    /// The primary.
    pub primary: NodeId,
    /// The primary and the backups, and since when they are. Each holds every acknowledged update.
    pub members: BTreeMap<NodeId, ViewNumber>,
    /// Who is receiving the primary's state, and since when.
    #[serde(default)]
    pub recruits: BTreeMap<NodeId, ViewNumber>,
    /// Which incarnation of each of them joined: a later one of the same replica is not meant.
    pub incarnations: BTreeMap<NodeId, Incarnation>,
}

/// Which view a primary's message belongs to: the head of what it sends to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Header {
    /// The view.
    pub view: ViewNumber,
    /// Its epoch.
    pub epoch: ViewNumber,
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
            epoch: ViewNumber::FIRST,
            primary: NodeId::new(0),
            members: nodes().map(|node| (node, ViewNumber::FIRST)).collect(),
            recruits: BTreeMap::new(),
            incarnations: nodes().map(|node| (node, Incarnation::FIRST)).collect(),
        }
    }

    /// How the primary addresses a member or a recruit.
    #[must_use]
    pub fn header(&self, since: ViewNumber) -> Header {
        Header { view: self.number, epoch: self.epoch, since }
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

    /// The incarnation of a member or a recruit that joined.
    #[must_use]
    pub fn incarnation(&self, node: NodeId) -> Incarnation {
        self.incarnations.get(&node).copied().unwrap_or_default()
    }

    /// The next view without a backup or a recruit, under the same primary.
    #[must_use]
    pub fn without(&self, node: NodeId, number: ViewNumber) -> Self {
        let mut view = Self { number, ..self.clone() };
        view.members.remove(&node);
        view.recruits.remove(&node);
        view.incarnations.remove(&node);
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
