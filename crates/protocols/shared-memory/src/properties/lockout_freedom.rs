//! ME3: nobody waits for ever.

use sim_check::{Claim, Judge, Kind, Obligation, Property, SimTime, View};
use sim_node::{Effect, NodeId};

use super::{Sections, process};
use crate::{Lock, Section, World};

/// `ME3 lockout-freedom`: no starvation.
///
/// It is claimed, as in Lynch 1996, section 10.4, of runs in which every process goes on: once a
/// process has crashed anywhere but in its remainder, or the memory at all, it applies no more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LockoutFreedom {
    sections: Sections,
    /// Since when each process has wanted in; of those that want in.
    since: Vec<SimTime>,
    wanted: bool,
    left_the_model: bool,
}

impl<L: Lock> Property<World<L>> for LockoutFreedom {
    const CLAIM: Claim = Claim {
        code: "ME3",
        name: "lockout-freedom",
        kind: Kind::Liveness,
        meaning: "every process that wants to enter enters, unless a process crashes within the \
                  protocol",
        source: "Lynch 1996, section 10.4",
    };

    fn new(_: &<World<L> as sim_node::Node>::Config, servers: u32) -> Self {
        Self {
            sections: Sections::new(servers),
            since: vec![SimTime::ZERO; servers as usize],
            wanted: false,
            left_the_model: false,
        }
    }

    fn after(
        &mut self,
        view: &View<'_, World<L>>,
        node: NodeId,
        _: &[Effect<World<L>>],
        _: &mut Judge,
    ) {
        // A crash inside a step may or may not have let an access out.
        self.left_the_model |= view.state(node).is_none();
        let Some(moved) = self.sections.update(view, node) else { return };
        if moved.from == Section::Remainder {
            self.wanted = true;
            self.since[node.index()] = view.time;
        }
    }

    fn crash(&mut self, view: &View<'_, World<L>>, node: NodeId, _: &mut Judge) {
        let was = self.sections.forget(node);
        self.left_the_model |= was != Section::Remainder || node.number() >= view.servers;
    }

    fn end(&mut self, _: &View<'_, World<L>>, judge: &mut Judge) {
        if self.wanted && !self.left_the_model {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, World<L>>) -> Option<Obligation> {
        if self.left_the_model {
            return None;
        }
        let wants = |node| process(view, node).is_some_and(|process| process.section().is_entry());
        let (node, _) = view.correct().find(|(node, _)| wants(*node))?;
        let since = self.since[node.index()];
        Some(Obligation { node: Some(node), detail: format!("{node} has wanted in since {since}") })
    }
}
