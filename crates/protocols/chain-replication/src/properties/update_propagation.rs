//! CH1: a replica further from the head has a prefix of the history.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::histories::Histories;
use super::installed_pairs;
use crate::{Epoch, Party};

/// CH1 update-propagation, told between steps among the replicas that have finished installing the
/// current configuration.
#[derive(Clone, Debug)]
pub struct UpdatePropagation {
    histories: Histories,
    /// The configuration that each replica had when it was last looked at.
    epochs: std::collections::BTreeMap<NodeId, Epoch>,
}

impl Property<Party> for UpdatePropagation {
    const CLAIM: Claim = Claim {
        code: "CH1",
        name: "update-propagation",
        kind: Kind::Safety,
        meaning: "for all replicas i before j in the chain, the history of j is a prefix of that of i",
        source: "van Renesse and Schneider 2004, section 3, Update Propagation Invariant",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { histories: Histories::default(), epochs: std::collections::BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let mut changed = self.histories.after(view, node, effects);
        if let Some(replica) = super::replica(view, node) {
            let epoch = replica.configuration().epoch;
            changed |= self.epochs.insert(node, epoch) != Some(epoch);
        }
        if !changed {
            return;
        }
        // A prefix of a prefix is one: neighbours are enough.
        for [(before, _), (behind, _)] in installed_pairs(view) {
            judge.judged();
            let last = self.histories.last(behind);
            if self.histories.upto(before, last) != self.histories.upto(behind, last) {
                let detail =
                    format!("its history up to {last} is not a prefix of that of {before}");
                judge.violate(behind, detail, &[]);
            }
        }
    }

    fn kept(&self) -> u64 {
        self.histories.kept()
    }
}
