//! Highest: the leader is not just anybody.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId};

use super::RingElection;
use crate::ring::Identifier;

/// Only the process with the highest identifier is elected or known as leader, even if it has
/// crashed.
///
/// A process that is down is one of the ring: it counts with the identifier that it had, until it
/// comes back under another. So while the highest is down nobody else may be elected, and it may
/// still become known to processes that learn of its election late.
#[derive(Clone, Debug)]
pub struct Highest {
    /// The identifier of every process that has started.
    identifiers: Vec<Option<Identifier>>,
    /// The highest of them, and whose it is.
    highest: Option<(Identifier, NodeId)>,
}

impl<N: RingElection> Property<N> for Highest {
    const CLAIM: Claim = Claim {
        code: N::CODES.highest,
        name: "highest",
        kind: Kind::Safety,
        meaning: "only the process with the highest identifier is elected or known as leader, even \
                  if it has crashed",
        source: N::PAPER,
    };

    fn new(_: &N::Config, servers: u32) -> Self {
        Self { identifiers: vec![None; servers as usize], highest: None }
    }

    fn after(&mut self, view: &View<'_, N>, node: NodeId, _: &[Effect<N>], _: &mut Judge) {
        let Some(identifier) = view.state(node).and_then(N::identifier) else { return };
        let before = self.identifiers[node.index()].replace(identifier);
        if before == Some(identifier) {
            return;
        }
        self.highest = match before {
            None => self.highest.max(Some((identifier, node))),
            // It was perhaps the highest, and is another now: a rare event, so all are looked at.
            Some(_) => {
                let all = self.identifiers.iter().zip((0..).map(NodeId::new));
                all.filter_map(|(identifier, owner)| Some(((*identifier)?, owner))).max()
            }
        };
    }

    fn indicated(
        &mut self,
        _: &View<'_, N>,
        node: NodeId,
        indication: &N::Indication,
        judge: &mut Judge,
    ) {
        judge.judged();
        let Some(leader) = N::named(indication).leader else { return };
        if let Some((higher, owner)) = self.highest.filter(|(highest, _)| *highest > leader) {
            let detail =
                format!("{node} knows {leader} as leader, but {owner} has the identifier {higher}");
            judge.violate(node, detail, &[]);
        }
    }
}
