//! FM1 one-leader.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId, Rounds};

use super::{Indication, Process};
use crate::ring::Identifier;

/// Nobody but the process with the highest identifier is elected, and no two are.
#[derive(Clone, Debug, Default)]
pub struct OneLeader {
    /// The highest identifier of all that have started.
    highest: Option<Identifier>,
    /// The first process elected, and the step that elected it.
    elected: Option<(NodeId, u64)>,
}

impl Property<Rounds<Process>> for OneLeader {
    const CLAIM: Claim = Claim {
        code: "FM1",
        name: "one-leader",
        kind: Kind::Safety,
        meaning: "at most one process is elected, and it has the highest identifier",
        source: super::PAPER,
    };

    fn new(_: &<Rounds<Process> as sim_node::Node>::Config, _: u32) -> Self {
        Self::default()
    }

    fn after(
        &mut self,
        view: &View<'_, Rounds<Process>>,
        node: NodeId,
        _: &[Effect<Rounds<Process>>],
        _: &mut Judge,
    ) {
        let identifier = view.state(node).map(|state| state.process().identifier());
        self.highest = self.highest.max(identifier);
    }

    fn indicated(
        &mut self,
        view: &View<'_, Rounds<Process>>,
        node: NodeId,
        indication: &Indication,
        judge: &mut Judge,
    ) {
        judge.judged();
        let Indication::Leader(identifier) = *indication else { return };
        let (first, step) = *self.elected.get_or_insert((node, view.step));
        if first != node {
            let detail = format!("{node} is elected, and {first} was elected before");
            judge.violate(node, detail, &[step]);
        } else if let Some(highest) = self.highest.filter(|highest| *highest > identifier) {
            let detail = format!("{node} is elected with {identifier}, and there is {highest}");
            judge.violate(node, detail, &[]);
        }
    }
}
