//! PB1: a view has one content, and at most one replica ever is its primary.

use std::collections::BTreeMap;
use std::sync::Arc;

use sim_check::{Claim, Judge, Kind, Property, size_of_entries};
use sim_node::{Effect, Node, NodeId};

use super::replica;
use crate::{Party, View, ViewNumber};

/// PB1 one-primary.
#[derive(Clone, Debug)]
pub struct OnePrimary {
    /// Every view that a primary ever took up, who that was, and the step.
    views: BTreeMap<ViewNumber, (Arc<View>, NodeId, u64)>,
    /// The last view that each replica took up.
    latest: BTreeMap<NodeId, ViewNumber>,
}

impl Property<Party> for OnePrimary {
    const CLAIM: Claim = Claim {
        code: "PB1",
        name: "one-primary",
        kind: Kind::Safety,
        meaning: "a view has one content, and at most one replica ever is its primary",
        source: "MIT 6.824, lab 2; Alsberg and Day 1976",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { views: BTreeMap::new(), latest: BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &sim_check::View<'_, Party>,
        node: NodeId,
        _: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let Some(leading) = replica(view, node).and_then(|replica| replica.leading()) else {
            return;
        };
        let number = leading.view().number;
        if self.latest.insert(node, number) == Some(number) {
            return;
        }
        judge.judged();
        let now = (Arc::clone(leading.view()), node, view.step);
        let (first, who, step) = self.views.entry(number).or_insert(now);
        if *who != node {
            let detail = format!("{who} is primary of view {number}, and so is {node}");
            judge.violate(node, detail, &[*step]);
        } else if first != leading.view() {
            judge.violate(node, format!("view {number} has two contents"), &[*step]);
        }
    }

    fn kept(&self) -> u64 {
        4 * size_of_entries(self.views.len())
    }
}
