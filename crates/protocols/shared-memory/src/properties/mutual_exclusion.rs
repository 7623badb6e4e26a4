//! ME1: at most one process is in the critical section.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId};

use super::Sections;
use crate::{Lock, Section, World};

/// `ME1 mutual-exclusion`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MutualExclusion {
    sections: Sections,
    /// Who is inside, and since which step.
    inside: Vec<(NodeId, u64)>,
}

impl<L: Lock> Property<World<L>> for MutualExclusion {
    const CLAIM: Claim = Claim {
        code: "ME1",
        name: "mutual-exclusion",
        kind: Kind::Safety,
        meaning: "at most one process is in the critical section",
        source: "Dijkstra 1965; Lynch 1996, section 10.2",
    };

    fn new(_: &<World<L> as sim_node::Node>::Config, servers: u32) -> Self {
        Self { sections: Sections::new(servers), inside: Vec::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, World<L>>,
        node: NodeId,
        _: &[Effect<World<L>>],
        judge: &mut Judge,
    ) {
        let Some(moved) = self.sections.update(view, node) else { return };
        if moved.from == Section::Critical {
            self.inside.retain(|(inside, _)| *inside != node);
        }
        if moved.enters() {
            judge.judged();
            if let Some((other, since)) = self.inside.first() {
                let detail = format!("{node} entered the critical section while {other} was in it");
                judge.violate(node, detail, &[*since]);
            }
            self.inside.push((node, view.step));
        }
    }

    fn crash(&mut self, _: &View<'_, World<L>>, node: NodeId, _: &mut Judge) {
        self.sections.forget(node);
        self.inside.retain(|(inside, _)| *inside != node);
    }
}
