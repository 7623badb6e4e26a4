//! [`Known`]: what is in force on each link, where so much is that nobody wants to look for it
//! again with every message.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use sim_node::{NodeId, Ratio};

use crate::Loss;

/// Where the delay of a link stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum DelayOf {
    AllLinks,
    /// The scenario's override at this place.
    Override(usize),
    /// The fault at this place among those that have changed links.
    Fault(usize),
}

/// The parameters of a link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters {
    pub(super) delay: DelayOf,
    pub(super) loss: Ratio,
    pub(super) duplication: Ratio,
}

impl Parameters {
    /// Takes over what is given.
    pub(super) fn change(
        &mut self,
        delay: Option<DelayOf>,
        loss: Option<Ratio>,
        duplication: Option<Ratio>,
    ) {
        self.delay = delay.unwrap_or(self.delay);
        self.loss = loss.unwrap_or(self.loss);
        self.duplication = duplication.unwrap_or(self.duplication);
    }
}

/// Sender, receiver and kind of a message.
pub(super) type LinkAndKind = (NodeId, NodeId, usize);

/// What is in force for messages of one kind from one node to another.
#[derive(Clone, Debug)]
pub(super) struct Between {
    /// By which kind of cut they are lost as they are sent.
    pub(super) cut_off: Option<Loss>,
    /// By which as they arrive.
    pub(super) severed: Option<Loss>,
    /// The place of the hold that keeps them.
    pub(super) hold: Option<usize>,
    /// The places of the corruptions that draw for them.
    pub(super) corrupted: Arc<[usize]>,
    /// The places of the faults that count them.
    pub(super) counting: Arc<[usize]>,
    pub(super) parameters: Parameters,
}

/// What was found out since something last began or ended to be in force.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Each with the era in which it was found out. Never iterated, so its order does not matter.
    links: FxHashMap<LinkAndKind, (u64, Between)>,
    era: u64,
}

impl Known {
    /// Everything may be different from now on. It takes no longer however much was known.
    pub(super) fn forget(&mut self) {
        self.era += 1;
    }

    pub(super) fn has(&self, link: LinkAndKind) -> bool {
        self.links.get(&link).is_some_and(|(era, _)| *era == self.era)
    }

    pub(super) fn learn(&mut self, link: LinkAndKind, between: Between) {
        self.links.insert(link, (self.era, between));
    }

    /// Call after [`Known::has`] or [`Known::learn`].
    pub(super) fn get(&self, link: LinkAndKind) -> &Between {
        &self.links[&link].1
    }
}
