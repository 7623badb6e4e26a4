//! FS4: everybody who stays up decides.

use std::collections::BTreeSet;

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::NodeId;

use super::Consensus;
use crate::Decide;

/// FS4: every correct process decides.
#[derive(Clone, Debug)]
pub struct Termination {
    decided: BTreeSet<NodeId>,
}

impl<N: Consensus> Property<N> for Termination {
    const CLAIM: Claim = Claim {
        code: "FS4",
        name: "termination",
        kind: Kind::Liveness,
        meaning: "every correct process decides",
        source: "Lynch 1996, section 6.1; Cachin, Guerraoui, Rodrigues 2011, module 5.2 (UC1)",
    };

    fn new(_: &N::Config, _: u32) -> Self {
        Self { decided: BTreeSet::new() }
    }

    fn indicated(&mut self, _: &View<'_, N>, node: NodeId, _: &Decide, _: &mut Judge) {
        self.decided.insert(node);
    }

    fn end(&mut self, view: &View<'_, N>, judge: &mut Judge) {
        if view.correct().next().is_some() {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, N>) -> Option<Obligation> {
        let (node, _) = view.correct().find(|(node, _)| !self.decided.contains(node))?;
        Some(Obligation {
            node: Some(node),
            detail: format!("{node} is correct and has not decided"),
        })
    }
}
