//! IV2 view.

use std::collections::{BTreeMap, BTreeSet};

use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::NodeId;

use super::{Group, Indication, Process, Settings};

/// All processes that have joined a group have the same view of it, which contains each of them and
/// the coordinator.
#[derive(Clone, Debug, Default)]
pub struct SameView {
    /// The first view of each group, and the step in which it was told.
    views: BTreeMap<Group, (BTreeSet<NodeId>, u64)>,
    /// How many members they have.
    members: usize,
}

impl Property<Process> for SameView {
    const CLAIM: Claim = Claim {
        code: "IV2",
        name: "view",
        kind: Kind::Safety,
        meaning: "all processes that have joined a group have the same view of it, which contains \
                  each of them and the coordinator",
        source: super::PAPER,
    };

    fn new(_: &Settings, _: u32) -> Self {
        Self::default()
    }

    fn indicated(
        &mut self,
        now: &View<'_, Process>,
        node: NodeId,
        Indication::Joined { group, coordinator, view }: &Indication,
        judge: &mut Judge,
    ) {
        judge.judged();
        if let Some(missing) = [node, *coordinator].into_iter().find(|one| !view.contains(one)) {
            let detail = format!("{node} has joined {group}, whose view {view:?} lacks {missing}");
            judge.violate(node, detail, &[]);
        }
        let (first, step) = self.views.entry(*group).or_insert_with(|| {
            self.members += view.len();
            (view.clone(), now.step)
        });
        if first != view {
            let detail = format!("{node} has joined {group} with {view:?}, another with {first:?}");
            judge.violate(node, detail, &[*step]);
        }
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.views.len() + self.members)
    }
}
