//! RF1: at most one leader is elected in a term.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, Node, NodeId};

use super::server;
use crate::{Party, Term};

/// RF1 election-safety (figure 3).
#[derive(Clone, Debug)]
pub struct ElectionSafety {
    /// The leader of each term, and the step that elected it.
    leaders: BTreeMap<Term, (NodeId, u64)>,
    /// The leader seen last (a cache: it is usually also the next one).
    last: Option<(Term, NodeId)>,
}

impl Property<Party> for ElectionSafety {
    const CLAIM: Claim = Claim {
        code: "RF1",
        name: "election-safety",
        kind: Kind::Safety,
        meaning: "at most one leader is elected in a term",
        source: "Ongaro and Ousterhout 2014 (extended version), figure 3; section 5.2",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { leaders: BTreeMap::new(), last: None }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        _: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let Some(leader) = server(view, node).filter(|server| server.is_leader()) else { return };
        let term = leader.term();
        if self.last.replace((term, node)) == Some((term, node)) {
            return;
        }
        match self.leaders.get(&term) {
            None => {
                judge.judged();
                self.leaders.insert(term, (node, view.step));
            }
            Some((other, step)) if *other != node => {
                let detail = format!("{other} and {node} are both leaders in term {term}");
                judge.violate(node, detail, &[*step]);
            }
            Some(_) => {}
        }
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.leaders.len())
    }
}
