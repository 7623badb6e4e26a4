//! FS1: nothing is decided out of nowhere.

use std::collections::BTreeSet;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId};

use super::Consensus;
use crate::{Decide, Rule, Value};

/// FS1: if all processes start with one value, nothing else is decided; by the rule `Least`, only
/// inputs are ever decided.
#[derive(Clone, Debug)]
pub struct Validity {
    /// Every value that some process is known to have started with.
    inputs: BTreeSet<Value>,
    /// Whether a process's input is known.
    seen: Vec<bool>,
}

impl Validity {
    /// Learns a process's input from its state, or from what it said before it crashed in its first
    /// step.
    fn learn<N: Consensus>(&mut self, view: &View<'_, N>, node: NodeId, effects: &[Effect<N>]) {
        let Some(seen) = self.seen.get_mut(node.index()) else { return };
        if *seen {
            return;
        }
        let said = || {
            effects.iter().find_map(|effect| match effect {
                Effect::Send { message, .. } => N::input_in(message),
                _ => None,
            })
        };
        if let Some(input) = view.state(node).map(N::input).or_else(said) {
            *seen = true;
            self.inputs.insert(input);
        }
    }

    fn allows(&self, rule: Rule, decision: Value) -> bool {
        match rule {
            Rule::OnlyOr(default) if self.inputs.len() > 1 => {
                decision == default || self.inputs.contains(&decision)
            }
            Rule::Least | Rule::OnlyOr(_) => self.inputs.contains(&decision),
        }
    }
}

impl<N: Consensus> Property<N> for Validity {
    const CLAIM: Claim = Claim {
        code: "FS1",
        name: "validity",
        kind: Kind::Safety,
        meaning: "if all processes start with the same value, no process decides on another; with \
                  the rule Least, every decision is an input",
        source: "Lynch 1996, section 6.1; Cachin, Guerraoui, Rodrigues 2011, module 5.2 (UC2)",
    };

    fn new(_: &N::Config, servers: u32) -> Self {
        Self { inputs: BTreeSet::new(), seen: vec![false; servers as usize] }
    }

    fn after(&mut self, view: &View<'_, N>, node: NodeId, effects: &[Effect<N>], _: &mut Judge) {
        self.learn(view, node, effects);
    }

    fn indicated(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        Decide(decision): &Decide,
        judge: &mut Judge,
    ) {
        judge.judged();
        if !self.allows(N::rule(view.config), *decision) {
            let detail =
                format!("{node} decides {decision}, but the inputs were {:?}", self.inputs);
            judge.violate(node, detail, &[]);
        }
    }

    /// A process that starts again may draw another input.
    fn restart(&mut self, _: &View<'_, N>, node: NodeId, _: &mut Judge) {
        self.seen[node.index()] = false;
    }
}
