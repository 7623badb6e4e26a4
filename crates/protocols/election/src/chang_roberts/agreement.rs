//! LE1 agreement.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::NodeId;

use super::{Config, Identifier, Indication, Process};

/// No two processes are elected, and no two name different leaders.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    /// The first process elected, and the step that elected it.
    elected: Option<(NodeId, u64)>,
    /// The first leader named, and the step that named it.
    named: Option<(Identifier, u64)>,
}

impl Property<Process> for Agreement {
    const CLAIM: Claim = Claim {
        code: "LE1",
        name: "agreement",
        kind: Kind::Safety,
        meaning: "No two processes are elected, and no two name different leaders.",
        source: super::PAPER,
    };

    fn new(_: &Config, _: u32) -> Self {
        Self::default()
    }

    fn indicated(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        indication: &Indication,
        judge: &mut Judge,
    ) {
        judge.judged();
        let (Indication::Elected(leader) | Indication::Follows(leader)) = *indication;
        if matches!(indication, Indication::Elected(_)) {
            let (first, step) = *self.elected.get_or_insert((node, view.step));
            if first != node {
                let detail = format!("{node} is elected, and {first} was elected before");
                judge.violate(node, detail, &[step]);
            }
        }
        let (first, step) = *self.named.get_or_insert((leader, view.step));
        if first != leader {
            let detail = format!("{node} names {leader} as leader, another named {first}");
            judge.violate(node, detail, &[step]);
        }
    }
}
