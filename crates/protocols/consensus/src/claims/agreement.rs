//! FS3: one decision for all.

use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::NodeId;

use super::Consensus;
use crate::{Decide, Value};

/// FS3: no two processes decide on different values; decisions of processes that crash later count.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Every decision: who, what, and at which step.
    decided: Vec<(NodeId, Value, u64)>,
}

impl<N: Consensus> Property<N> for Agreement {
    const CLAIM: Claim = Claim {
        code: "FS3",
        name: "agreement",
        kind: Kind::Safety,
        meaning: "no two processes decide on different values, crashed processes included",
        source: "Lynch 1996, section 6.1; Cachin, Guerraoui, Rodrigues 2011, module 5.2 (UC4)",
    };

    fn new(_: &N::Config, _: u32) -> Self {
        Self { decided: Vec::new() }
    }

    fn indicated(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        Decide(decision): &Decide,
        judge: &mut Judge,
    ) {
        judge.judged();
        let differs =
            |(other, value, _): &&(NodeId, Value, u64)| *other != node && value != decision;
        if let Some((other, value, step)) = self.decided.iter().find(differs) {
            let detail = format!("{node} decides {decision} where {other} decided {value}");
            judge.violate(node, detail, &[*step]);
        }
        self.decided.push((node, *decision, view.step));
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.decided.len())
    }
}
