//! PX6 distinct-numbers.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, NodeId};

use super::issued;
use crate::Ballot;
use crate::single::{Config, Process, Value};

/// No two proposals are issued with the same number, by any incarnation of a proposer. The
/// same value again is the same proposal.
#[derive(Clone, Debug)]
pub struct DistinctNumbers {
    /// The value of each number, and the step at which it was issued.
    issued: BTreeMap<Ballot, (Value, u64)>,
}

impl Property<Process> for DistinctNumbers {
    const CLAIM: Claim = Claim {
        code: "PX6",
        name: "distinct-numbers",
        kind: Kind::Safety,
        meaning: "no two proposals are issued with the same number",
        source: "Lamport 2001, Paxos Made Simple, section 2.5",
    };

    fn new(_: &Config, _: u32) -> Self {
        Self { issued: BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        effects: &[Effect<Process>],
        judge: &mut Judge,
    ) {
        if let Some(issued) = issued(effects) {
            judge.judged();
            let value = (issued.value, view.step);
            let (first, step) = *self.issued.entry(issued.ballot).or_insert(value);
            if first != issued.value {
                let detail = format!("{node} issues {issued}, where {first} was issued before");
                judge.violate(node, detail, &[step]);
            }
        }
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.issued.len())
    }
}
