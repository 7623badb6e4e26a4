//! CH2: what a replica has and its successor lacks is in `Sent`.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::histories::{Histories, next};
use super::installed;
use crate::{Party, Replica};

/// CH2 inprocess-requests, told between steps among the replicas that have finished installing the
/// current configuration.
#[derive(Clone, Debug)]
pub struct InprocessRequests {
    histories: Histories,
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
        Self { histories: Histories::default() }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        self.histories.after(view, node, effects);
        if effects.is_empty() || super::replica(view, node).is_none() {
            return;
        }
        for pair in installed(view).windows(2) {
            let ((before, replica), (behind, _)) = (pair[0], pair[1]);
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
            if node == before && !self.sent_is_the_end(before, replica) {
                judge.violate(before, "its Sent list is not the end of its history", &[]);
            }
        }
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
