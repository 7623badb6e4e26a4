//! What can be in force between nodes, and a message on its way.

use std::collections::BTreeSet;
use std::sync::Arc;

use sim_node::{NodeId, Ratio};

use crate::chance::Stream;
use crate::plan::LinkMatch;
use crate::world::agenda::Parcel;
use crate::{Delay, Loss};

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
    /// Whether the second instance of its sender sent it.
    pub(in crate::world) twin: bool,
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

    /// Why a message is lost that meets it.
    pub(super) fn loss(&self) -> Loss {
        match self {
            Self::Groups(_) => Loss::Cut,
            Self::OneWay(..) => Loss::OneWay,
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

/// Links on which messages are counted, and some of them lost.
#[derive(Clone, Debug)]
pub(in crate::world) struct CountedLoss {
    pub(in crate::world) fault: u32,
    pub(in crate::world) links: LinkMatch,
    /// How many it still lets pass, and how many it loses then.
    pub(in crate::world) passes: u32,
    pub(in crate::world) loses: u32,
}

impl CountedLoss {
    /// Counts a message. Returns whether it is lost.
    pub(super) fn loses_next(&mut self) -> bool {
        if self.passes > 0 {
            self.passes -= 1;
            return false;
        }
        let loses = self.loses > 0;
        self.loses = self.loses.saturating_sub(1);
        loses
    }

    /// Whether it has lost all that it had to lose.
    pub(super) fn is_spent(&self) -> bool {
        self.loses == 0
    }
}

/// Links whose messages are kept.
#[derive(Clone, Debug)]
pub(in crate::world) struct Hold {
    pub(super) fault: u32,
    pub(super) from: Vec<bool>,
    pub(super) to: Vec<bool>,
    /// Only messages of the kind with this index.
    pub(super) kind: Option<usize>,
    /// On links in order: those on which it keeps something, behind which everything waits.
    pub(super) blocked: BTreeSet<(NodeId, NodeId)>,
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
    /// Whether it keeps what is sent from one to another.
    pub(super) fn keeps(&self, from: NodeId, to: NodeId, kind: usize) -> bool {
        let waits = || self.blocked.contains(&(from, to));
        let is_of_kind = self.kind.is_none_or(|only| only == kind || waits());
        is_of_kind && self.from[from.index()] && self.to[to.index()]
    }

    /// Keeps a message behind those that were sent before it. Returns the place of its fault in the
    /// scenario's list.
    pub(in crate::world) fn keep(&mut self, message: Kept) -> usize {
        let place = self.kept.partition_point(|kept| kept.envelope.id <= message.envelope.id);
        self.kept.insert(place, message);
        self.fault as usize
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
