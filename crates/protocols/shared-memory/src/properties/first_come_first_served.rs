//! ME5: who is through the doorway first is served first.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId};

use super::Sections;
use crate::{Lock, Section, World};

/// `ME5 first-come-first-served` (Lamport 1974, assertions 1 and 2).
///
/// A process is *in the doorway* from the step in which it sends the doorway's first access to the
/// one in which it learns that the last has ended. So if one has passed before another begins, its
/// accesses have ended at the memory before the other's are invoked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FirstComeFirstServed {
    sections: Sections,
    /// For each process that waits: the step in which it passed its doorway.
    waiting: BTreeMap<NodeId, u64>,
    /// For each process in its entry section: who came before it and still waits, and since which
    /// step.
    before: BTreeMap<NodeId, BTreeMap<NodeId, u64>>,
}

impl<L: Lock> Property<World<L>> for FirstComeFirstServed {
    const CLAIM: Claim = Claim {
        code: "ME5",
        name: "first-come-first-served",
        kind: Kind::Safety,
        meaning: "a process that has passed its doorway before another process begins its own \
                  enters first",
        source: "Lamport 1974, assertions 1 and 2",
    };

    fn new(_: &<World<L> as sim_node::Node>::Config, servers: u32) -> Self {
        Self { sections: Sections::new(servers), waiting: BTreeMap::new(), before: BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, World<L>>,
        node: NodeId,
        _: &[Effect<World<L>>],
        judge: &mut Judge,
    ) {
        let Some(moved) = self.sections.update(view, node) else { return };
        match moved.to {
            Section::Doorway => {
                self.before.insert(node, self.waiting.clone());
            }
            Section::Waiting => {
                self.waiting.insert(node, view.step);
            }
            Section::Critical => {
                let before = self.before.remove(&node).unwrap_or_default();
                if let Some((first, passed)) = before.first_key_value() {
                    let detail = format!(
                        "{node} entered before {first}, which had passed its doorway before {node} \
                         began"
                    );
                    judge.violate(node, detail, &[*passed]);
                }
                if self.served(node) {
                    judge.judged();
                }
            }
            Section::Exit | Section::Remainder => {}
        }
    }

    fn crash(&mut self, _: &View<'_, World<L>>, node: NodeId, _: &mut Judge) {
        self.sections.forget(node);
        self.before.remove(&node);
        self.served(node);
    }
}

impl FirstComeFirstServed {
    /// A process waits no longer; says whether somebody had come after it.
    fn served(&mut self, node: NodeId) -> bool {
        self.waiting.remove(&node);
        let mut had_followers = false;
        for before in self.before.values_mut() {
            had_followers |= before.remove(&node).is_some();
        }
        had_followers
    }
}
