//! CH2: what a replica has and its successor lacks is in `Sent`.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::histories::{Histories, next};
use super::installed_pairs;
use crate::{Party, Position, Replica};

/// CH2 inprocess-requests, told between steps among the replicas that have finished installing the
/// current configuration.
#[derive(Clone, Debug)]
pub struct InprocessRequests {
    histories: Histories,
    /// From where to where the Sent list of each replica went when it was last compared.
    sent: BTreeMap<NodeId, (Position, Position)>,
}

impl Property<Party> for InprocessRequests {
    const CLAIM: Claim = Claim {
        code: "CH2",
        name: "inprocess-requests",
        kind: Kind::Safety,
        meaning: "the history of a replica is that of its successor, with what is in its Sent list",
        source: "van Renesse and Schneider 2004, section 3, Inprocess Requests Invariant",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { histories: Histories::default(), sent: BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let has_changed = self.histories.after(view, node, effects);
        if effects.is_empty() || super::replica(view, node).is_none() {
            return;
        }
        for [(before, replica), (behind, _)] in installed_pairs(view) {
            if ![before, behind].contains(&node) || !is_next(replica, behind) {
                continue;
            }
            judge.judged();
            let last = self.histories.last(behind);
            if !replica.knows_successor_too_old() && last < replica.base() {
                let base = replica.base();
                let detail =
                    format!("what {behind} lacks after {last} is sent from {base} on only");
                judge.violate(before, detail, &[]);
            }
            let sent = (replica.base(), replica.last());
            let is_due =
                node == before && (self.sent.insert(node, sent) != Some(sent) || has_changed);
            if is_due && !self.sent_is_the_end(before, replica) {
                judge.violate(before, "its Sent list is not the end of its history", &[]);
            }
        }
    }

    /// What was on its disk may be another end of the history, as long as the one before.
    fn restart(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.sent.remove(&node);
    }

    fn kept(&self) -> u64 {
        self.histories.kept()
    }
}

/// Whether one is the other's successor, and not only the next of those that have installed it.
fn is_next(replica: &Replica, behind: NodeId) -> bool {
    replica.next_in_chain() == Some(behind)
}

impl InprocessRequests {
    fn sent_is_the_end(&self, node: NodeId, replica: &Replica) -> bool {
        let Some(base) = self.histories.upto(node, replica.base()) else { return false };
        let end = replica.sent().iter().fold(base, next);
        self.histories.upto(node, replica.last()) == Some(end)
            && self.histories.last(node) == replica.last()
    }
}
