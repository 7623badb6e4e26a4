//! MP1: only a single value is chosen in each slot.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Either, Node, NodeId};

use super::ghost::{Conflict, Ghost};
use crate::multi::Party;

/// MP1 per-slot-agreement. Chosen is what a phase-2 quorum of the slot's members has voted for in
/// one ballot, whether any server knows or not.
#[derive(Clone, Debug)]
pub struct Agreement {
    ghost: Ghost,
}

impl Property<Party> for Agreement {
    const CLAIM: Claim = Claim {
        code: "MP1",
        name: "per-slot-agreement",
        kind: Kind::Safety,
        meaning: "only a single value is chosen in each slot",
        source: "Lamport 2001, section 2.1 for each instance of section 3",
    };

    fn new(config: &<Party as Node>::Config, servers: u32) -> Self {
        Self { ghost: Ghost::new(config, servers) }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        _: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let conflict = self.ghost.after(view, node);
        judge_conflict(node, conflict, judge);
    }

    fn indicated(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        indication: &<Party as Node>::Indication,
        judge: &mut Judge,
    ) {
        if let Either::Server(voted) = indication {
            judge.judged();
            let conflict = self.ghost.voted(node, voted, &view.config.server, view.step);
            judge_conflict(node, conflict, judge);
        }
    }

    fn restart(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.ghost.restart(node);
    }

    fn kept(&self) -> u64 {
        self.ghost.kept()
    }
}

fn judge_conflict(node: NodeId, conflict: Option<Conflict>, judge: &mut Judge) {
    if let Some(Conflict { slot, step, values: (first, second) }) = conflict {
        let detail = format!("slot {slot}: {first:?} was chosen, and now {second:?} is");
        judge.violate(node, detail, &[step]);
    }
}
