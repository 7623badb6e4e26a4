//! LE2 highest.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::NodeId;

use super::{Config, Indication, Process};

/// Only the highest identifier of the ring is elected or named.
///
/// It looks at every process when one names a leader, which each does once.
#[derive(Clone, Debug, Default)]
pub struct Highest;

impl Property<Process> for Highest {
    const CLAIM: Claim = Claim {
        code: "LE2",
        name: "highest",
        kind: Kind::Safety,
        meaning: "Only the highest identifier of the ring is elected or named.",
        source: super::PAPER,
    };

    fn new(_: &Config, _: u32) -> Self {
        Self
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
        let highest = view.up().max_by_key(|(_, process)| process.identifier());
        if let Some((owner, process)) = highest
            && process.identifier() > leader
        {
            let higher = process.identifier();
            let detail =
                format!("{node} names {leader} as leader, and {owner} has the identifier {higher}");
            judge.violate(node, detail, &[]);
        }
    }
}
