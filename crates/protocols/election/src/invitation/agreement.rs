//! IV1 agreement.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, NodeId};

use super::{Group, Process, Settings};

/// Any two processes in one group name the same coordinator, from the instant on at which they have
/// accepted it, and at any two instants.
///
/// It holds by construction: the identifier of a group contains its founder, and the founder of a
/// group coordinates it. No lost disk and no identifier that is used again violates it; only a
/// process that lies could.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The first coordinator named for each group, and the step in which it was.
    named: BTreeMap<Group, (NodeId, u64)>,
    /// The group in which each process was last seen.
    seen: Vec<Option<Group>>,
}

impl Property<Process> for Agreement {
    const CLAIM: Claim = Claim {
        code: "IV1",
        name: "agreement",
        kind: Kind::Safety,
        meaning: "any two processes in one group name the same coordinator",
        source: super::PAPER,
    };

    fn new(_: &Settings, servers: u32) -> Self {
        Self { named: BTreeMap::new(), seen: vec![None; servers as usize] }
    }

    fn after(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        _: &[Effect<Process>],
        judge: &mut Judge,
    ) {
        let Some(process) = view.state(node) else { return };
        let (group, coordinator) = (process.group(), process.coordinator());
        if self.seen[node.index()].replace(group) == Some(group) {
            return;
        }
        judge.judged();
        let (first, step) = *self.named.entry(group).or_insert((coordinator, view.step));
        if first != coordinator {
            let detail = format!(
                "{node} names {coordinator} as coordinator of {group}, another named {first}"
            );
            judge.violate(node, detail, &[step]);
        }
    }

    fn crash(&mut self, _: &View<'_, Process>, node: NodeId, _: &mut Judge) {
        self.seen[node.index()] = None;
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.named.len())
    }
}
