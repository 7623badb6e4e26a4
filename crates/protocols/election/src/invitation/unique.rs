//! IV3 unique.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::NodeId;

use super::{Group, Indication, Process, Settings};

/// No process founds two groups with the same identifier, even after crashes: it enters each group
/// once.
#[derive(Clone, Debug, Default)]
pub struct Unique {
    /// The step in which each founder entered its group.
    founded: BTreeMap<Group, u64>,
}

impl Property<Process> for Unique {
    const CLAIM: Claim = Claim {
        code: "IV3",
        name: "unique",
        kind: Kind::Safety,
        meaning: "no process founds two groups with the same identifier, even after crashes",
        source: super::PAPER,
    };

    fn new(_: &Settings, _: u32) -> Self {
        Self::default()
    }

    fn indicated(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        Indication::Joined { group, coordinator, .. }: &Indication,
        judge: &mut Judge,
    ) {
        if *coordinator != node {
            return;
        }
        judge.judged();
        if let Some(step) = self.founded.insert(*group, view.step) {
            let detail = format!("{node} has founded {group} a second time");
            judge.violate(node, detail, &[step]);
        }
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.founded.len())
    }
}
