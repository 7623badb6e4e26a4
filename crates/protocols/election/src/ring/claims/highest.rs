//! Highest: the leader is not just anybody.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::NodeId;

use super::RingElection;

/// Only the highest identifier of the ring is elected or named.
///
/// It looks at every process when one names a leader, which each does once.
#[derive(Clone, Debug, Default)]
pub struct Highest;

impl<N: RingElection> Property<N> for Highest {
    const CLAIM: Claim = Claim {
        code: N::CODES.highest,
        name: "highest",
        kind: Kind::Safety,
        meaning: "Only the highest identifier of the ring is elected or named.",
        source: N::PAPER,
    };

    fn new(_: &N::Config, _: u32) -> Self {
        Self
    }

    fn indicated(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        indication: &N::Indication,
        judge: &mut Judge,
    ) {
        judge.judged();
        let Some(leader) = N::named(indication).leader else { return };
        let all = view.up().filter_map(|(owner, process)| Some((process.identifier()?, owner)));
        if let Some((higher, owner)) = all.max()
            && higher > leader
        {
            let detail =
                format!("{node} names {leader} as leader, and {owner} has the identifier {higher}");
            judge.violate(node, detail, &[]);
        }
    }
}
