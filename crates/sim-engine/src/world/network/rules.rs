//! What can be in force between nodes, and a message on its way.

use std::sync::Arc;

use sim_node::{NodeId, Ratio};

use crate::Delay;
use crate::chance::Stream;
use crate::plan::LinkMatch;
use crate::world::agenda::Parcel;

/// A message on its way.
#[derive(Clone, Copy, Debug)]
pub(in crate::world) struct Envelope {
    /// The sequence number of its sending, which both copies of a duplicated message share.
    pub(in crate::world) id: u64,
    pub(in crate::world) from: NodeId,
    pub(in crate::world) to: NodeId,
    /// The step that emitted it.
    pub(in crate::world) step: u64,
    /// When it left.
    pub(in crate::world) sent: u64,
    /// Its drawn place among the events of one instant.
    pub(in crate::world) tie: u8,
    /// Whether the network made a copy of it, and whether this is the copy.
    pub(in crate::world) copied: bool,
    pub(in crate::world) copy: bool,
}

/// A cut in force.
#[derive(Clone, Debug)]
pub(in crate::world) struct Cut {
    pub(super) fault: u32,
    pub(super) rule: Arc<CutRule>,
    /// It also loses what arrives while it lasts.
    pub(super) at_delivery: bool,
}

/// Whom a cut keeps apart.
#[derive(Clone, Debug)]
pub(in crate::world) enum CutRule {
    /// Nodes of different groups; a node without a group talks to everybody.
    Groups(Vec<Option<u16>>),
    /// Nothing gets from the first to the second.
    OneWay(Vec<bool>, Vec<bool>),
}

impl CutRule {
    pub(super) fn parts(&self, from: NodeId, to: NodeId) -> bool {
        match self {
            Self::Groups(groups) => match (groups[from.index()], groups[to.index()]) {
                (Some(from), Some(to)) => from != to,
                _ => false,
            },
            Self::OneWay(senders, receivers) => senders[from.index()] && receivers[to.index()],
        }
    }
}

/// Links whose parameters a fault has changed.
#[derive(Clone, Debug)]
pub(in crate::world) struct LinkFault {
    pub(in crate::world) fault: u32,
    pub(in crate::world) links: LinkMatch,
    pub(in crate::world) delay: Option<Delay>,
    pub(in crate::world) loss: Option<Ratio>,
    pub(in crate::world) duplication: Option<Ratio>,
}

/// Links on which messages are corrupted.
#[derive(Clone, Debug)]
pub(in crate::world) struct Corruption {
    pub(in crate::world) fault: u32,
    pub(in crate::world) links: LinkMatch,
    pub(in crate::world) share: Ratio,
    pub(in crate::world) stream: Stream,
}

/// Links whose messages are kept.
#[derive(Clone, Debug)]
pub(in crate::world) struct Hold {
    pub(super) fault: u32,
    pub(super) from: Vec<bool>,
    pub(super) to: Vec<bool>,
    /// What is kept, in the order in which it was sent.
    pub(super) kept: Vec<Kept>,
}

/// A message that a hold keeps.
#[derive(Clone, Copy, Debug)]
pub(in crate::world) struct Kept {
    /// When it would have arrived.
    pub(in crate::world) arrives: u64,
    pub(in crate::world) envelope: Envelope,
    pub(in crate::world) parcel: Parcel,
}

impl Hold {
    /// Keeps a message behind those that were sent before it.
    pub(in crate::world) fn keep(&mut self, message: Kept) {
        let place = self.kept.partition_point(|kept| kept.envelope.id <= message.envelope.id);
        self.kept.insert(place, message);
    }

    /// The sequence number of the oldest message that it keeps.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.kept.first().map(|kept| kept.envelope.id)
    }
}

/// A fault that lets a node lose messages.
#[derive(Clone, Debug)]
pub(in crate::world) struct Omission {
    pub(super) fault: u32,
    /// Those that it sends, or those that it receives.
    pub(super) sends: bool,
    pub(super) ratio: Ratio,
    pub(super) stream: Stream,
}

/// What the calm asks of links.
#[derive(Clone, Debug)]
pub(in crate::world) struct InCalm {
    /// When it began, and before which sequence number.
    pub(in crate::world) at: u64,
    pub(in crate::world) since: u64,
    /// How long a message may travel.
    pub(in crate::world) bound: u64,
    /// By number: the core, and everybody who is not a server.
    pub(in crate::world) inside: Vec<bool>,
}

impl InCalm {
    /// When the last message that was in flight at the calm arrives; a later one is lost.
    pub(super) fn last_of_the_storm(&self) -> u64 {
        self.at.saturating_add(self.bound)
    }

    /// Whether these two are connected for good.
    pub(super) fn connects(&self, from: NodeId, to: NodeId) -> bool {
        self.inside[from.index()] && self.inside[to.index()]
    }
}
