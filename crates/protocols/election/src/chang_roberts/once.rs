//! LE4 one-announcement.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::NodeId;

use super::{Config, Indication, Process};

/// No process is elected twice, so no leader is announced twice.
#[derive(Clone, Debug, Default)]
pub struct OneAnnouncement {
    /// Who was elected, and by which step.
    elected: BTreeMap<NodeId, u64>,
}

impl Property<Process> for OneAnnouncement {
    const CLAIM: Claim = Claim {
        code: "LE4",
        name: "one-announcement",
        kind: Kind::Safety,
        meaning: "No process is elected twice.",
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
        if matches!(indication, Indication::Elected(_)) {
            judge.judged();
            if let Some(step) = self.elected.insert(node, view.step) {
                judge.violate(node, format!("{node} is elected a second time"), &[step]);
            }
        }
    }
}
