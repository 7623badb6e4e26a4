//! FS2: a decision is for good.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::NodeId;

use super::Consensus;
use crate::{Decide, Value};

/// FS2: no process decides twice, not even after it came back from a crash.
#[derive(Clone, Debug)]
pub struct Integrity {
    /// Who has decided, what, and at which step.
    decided: BTreeMap<NodeId, (Value, u64)>,
}

impl<N: Consensus> Property<N> for Integrity {
    const CLAIM: Claim = Claim {
        code: "FS2",
        name: "integrity",
        kind: Kind::Safety,
        meaning: "no process decides twice",
        source: "Cachin, Guerraoui, Rodrigues 2011, module 5.2 (UC3)",
    };

    fn new(_: &N::Config, _: u32) -> Self {
        Self { decided: BTreeMap::new() }
    }

    fn indicated(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        Decide(decision): &Decide,
        judge: &mut Judge,
    ) {
        judge.judged();
        if let Some((first, step)) = self.decided.insert(node, (*decision, view.step)) {
            let detail = format!("{node} decides {decision}, after it decided {first} before");
            judge.violate(node, detail, &[step]);
        }
    }
}
