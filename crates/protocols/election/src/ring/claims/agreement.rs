//! Agreement: one leader.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::NodeId;

use super::{Named, RingElection};
use crate::ring::Identifier;

/// No two processes are elected, and no two know different leaders.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    /// The first process elected, and the step that elected it.
    elected: Option<(NodeId, u64)>,
    /// The first leader known, and the step that learned of it.
    named: Option<(Identifier, u64)>,
}

impl<N: RingElection> Property<N> for Agreement {
    const CLAIM: Claim = Claim {
        code: N::CODES.agreement,
        name: "agreement",
        kind: Kind::Safety,
        meaning: "no two processes are elected, and no two know different leaders",
        source: N::PAPER,
    };

    fn new(_: &N::Config, _: u32) -> Self {
        Self::default()
    }

    fn indicated(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        indication: &N::Indication,
        judge: &mut Judge,
    ) {
        judge.judged();
        let Named { elected, leader } = N::named(indication);
        if elected {
            let (first, step) = *self.elected.get_or_insert((node, view.step));
            if first != node {
                let detail = format!("{node} is elected, and {first} was elected before");
                judge.violate(node, detail, &[step]);
            }
        }
        let Some(leader) = leader else { return };
        let (first, step) = *self.named.get_or_insert((leader, view.step));
        if first != leader {
            let detail = format!("{node} knows {leader} as leader, another knows {first}");
            judge.violate(node, detail, &[step]);
        }
    }
}
