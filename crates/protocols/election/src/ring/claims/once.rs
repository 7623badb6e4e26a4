//! One announcement.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::NodeId;

use super::RingElection;

/// No process is elected twice, so no leader is announced twice.
#[derive(Clone, Debug, Default)]
pub struct OneAnnouncement {
    /// Who was elected, and by which step.
    elected: BTreeMap<NodeId, u64>,
}

impl<N: RingElection> Property<N> for OneAnnouncement {
    const CLAIM: Claim = Claim {
        code: N::CODES.once,
        name: "one-announcement",
        kind: Kind::Safety,
        meaning: "no process is elected twice",
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
        if N::named(indication).elected {
            judge.judged();
            if let Some(step) = self.elected.insert(node, view.step) {
                judge.violate(node, format!("{node} is elected a second time"), &[step]);
            }
        }
    }
}
