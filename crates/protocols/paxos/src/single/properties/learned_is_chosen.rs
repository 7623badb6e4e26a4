//! PX3 learned-is-chosen.

use std::collections::{BTreeMap, BTreeSet};

use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, NodeId};

use super::Votes;
use crate::single::{Config, Disk, Indication, Process, Proposal, Value};

/// A process never learns that a value has been chosen unless it actually has been. What a disk
/// tells as learned when the run begins was chosen before, perhaps by votes that acceptors have
/// cast again since, in higher ballots.
#[derive(Clone, Debug)]
pub struct LearnedIsChosen {
    votes: Votes,
    chosen: BTreeSet<Value>,
}

impl LearnedIsChosen {
    fn voted(&mut self, proposal: Proposal) {
        if self.votes.is_chosen(proposal) {
            self.chosen.insert(proposal.value);
        }
    }
}

impl Property<Process> for LearnedIsChosen {
    const CLAIM: Claim = Claim {
        code: "PX3",
        name: "learned-is-chosen",
        kind: Kind::Safety,
        meaning: "a process never learns that a value has been chosen unless it has been",
        source: "Lamport 2001, Paxos Made Simple, section 2.1",
    };

    fn new(config: &Config, _: u32) -> Self {
        Self { votes: Votes::new(config), chosen: BTreeSet::new() }
    }

    fn images(&mut self, images: &BTreeMap<NodeId, Disk>) {
        self.chosen.extend(images.values().filter_map(|disk| disk.learned));
    }

    fn after(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        _: &[Effect<Process>],
        _: &mut Judge,
    ) {
        if let Some(proposal) = self.votes.after(view, node) {
            self.voted(proposal);
        }
    }

    fn indicated(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        indication: &Indication,
        judge: &mut Judge,
    ) {
        match indication {
            Indication::Accepted(proposal) => {
                if self.votes.cast(node, *proposal, view.step) {
                    self.voted(*proposal);
                }
            }
            Indication::Learned(value) => {
                judge.judged();
                if !self.chosen.contains(value) {
                    let detail = format!("{node} learns {value}, which is not chosen");
                    judge.violate(node, detail, &[]);
                }
            }
        }
    }

    fn restart(&mut self, _: &View<'_, Process>, node: NodeId, _: &mut Judge) {
        self.votes.restart(node);
    }

    fn kept(&self) -> u64 {
        self.votes.kept() + size_of_entries(self.chosen.len())
    }
}
