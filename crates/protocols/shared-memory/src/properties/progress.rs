//! ME2: the lock makes progress.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::{Effect, Either, NodeId};

use super::Sections;
use crate::{Lock, Section, World};

/// `ME2 progress`: no deadlock.
///
/// It applies to live processes, whatever the others did: a process that crashed in the critical
/// section is not inside any more, and a process that waits for it waits for ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    sections: Sections,
}

impl<L: Lock> Property<World<L>> for Progress {
    const CLAIM: Claim = Claim {
        code: "ME2",
        name: "progress",
        kind: Kind::Liveness,
        meaning: "when some live process wants to enter and no live process is inside, some \
                  process enters",
        source: "Dijkstra 1965; Lynch 1996, section 10.2",
    };

    fn new(_: &<World<L> as sim_node::Node>::Config, servers: u32) -> Self {
        Self { sections: Sections::new(servers) }
    }

    fn after(
        &mut self,
        view: &View<'_, World<L>>,
        node: NodeId,
        _: &[Effect<World<L>>],
        judge: &mut Judge,
    ) {
        if self.sections.update(view, node).is_some_and(|moved| moved.to.is_entry()) {
            judge.judged();
        }
    }

    fn crash(&mut self, _: &View<'_, World<L>>, node: NodeId, _: &mut Judge) {
        self.sections.forget(node);
    }

    fn unmet(&self, view: &View<'_, World<L>>) -> Option<Obligation> {
        let is_inside = |(_, state): (NodeId, &World<L>)| match state {
            Either::Server(process) => process.section() == Section::Critical,
            Either::Client(_) => false,
        };
        if view.up().any(is_inside) {
            return None;
        }
        let mut waiting = view.correct().filter(|(node, _)| self.sections.of(*node).is_entry());
        let (first, _) = waiting.next()?;
        let detail = match waiting.count() {
            0 => format!("{first} wants in, and nobody is in the critical section"),
            more => {
                format!("{first} and {more} more want in, and nobody is in the critical section")
            }
        };
        Some(Obligation { node: Some(first), detail })
    }
}
