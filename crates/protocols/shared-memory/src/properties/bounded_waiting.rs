//! ME4: each other process overtakes a waiting process at most once.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId};

use super::Sections;
use crate::{Lock, Section, World};

/// `ME4 bounded-waiting`: one bypass, counted from the end of the doorway, which is the step in
/// which the process learns that the doorway's last write has ended.
///
/// *Peterson*: a second entry of the other needs a write of `turn` that begins after ours has
/// ended. It overlaps no other write, so `turn` then says that the other came last, and our flag is
/// up: whatever the registers, the other waits. *Bakery*: a second ticket of the other is taken
/// while ours is written and stays, so it is higher. If processes do not tell that they are
/// choosing, this is still so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BoundedWaiting {
    sections: Sections,
    /// For each process that waits: who has entered since, and at which step.
    entered: BTreeMap<NodeId, BTreeMap<NodeId, u64>>,
}

impl<L: Lock> Property<World<L>> for BoundedWaiting {
    const CLAIM: Claim = Claim {
        code: "ME4",
        name: "bounded-waiting",
        kind: Kind::Safety,
        meaning: "after a process has passed its doorway, every other process enters at most once \
            before it",
        source: "Lynch 1996, section 10.4 (number of bypasses); Lamport 1974",
    };

    fn new(_: &<World<L> as sim_node::Node>::Config, servers: u32) -> Self {
        Self { sections: Sections::new(servers), entered: BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, World<L>>,
        node: NodeId,
        _: &[Effect<World<L>>],
        judge: &mut Judge,
    ) {
        let Some(moved) = self.sections.update(view, node) else { return };
        if moved.to == Section::Waiting {
            self.entered.insert(node, BTreeMap::new());
        }
        if moved.enters() {
            judge.judged();
            self.entered.remove(&node);
            for (waiting, entered) in &mut self.entered {
                if let Some(before) = entered.insert(node, view.step) {
                    let detail = format!("{node} entered twice while {waiting} was waiting");
                    judge.violate(node, detail, &[before]);
                }
            }
        }
    }

    fn crash(&mut self, _: &View<'_, World<L>>, node: NodeId, _: &mut Judge) {
        self.sections.forget(node);
        self.entered.remove(&node);
    }
}
