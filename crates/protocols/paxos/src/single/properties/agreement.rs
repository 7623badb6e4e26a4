//! PX2 agreement.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId};

use super::Votes;
use crate::single::{Config, Indication, Process, Proposal, Value};

/// Only a single value is chosen, judged by the votes, whether or not any process learns; and no
/// two processes learn different values.
#[derive(Clone, Debug)]
pub struct Agreement {
    votes: Votes,
    /// The first proposal that was chosen.
    chosen: Option<Proposal>,
    /// What was learned first, by whom, and at which step.
    learned: Option<(Value, NodeId, u64)>,
}

impl Agreement {
    fn judge(&mut self, node: NodeId, proposal: Proposal, judge: &mut Judge) {
        judge.judged();
        if !self.votes.is_chosen(proposal) {
            return;
        }
        let first = *self.chosen.get_or_insert(proposal);
        if first.value != proposal.value {
            let steps: Vec<u64> = self.votes.of(first).chain(self.votes.of(proposal)).collect();
            let detail = format!("{proposal} is chosen by {node}'s vote, after {first} was");
            judge.violate(node, detail, &steps);
        }
    }
}

impl Property<Process> for Agreement {
    const CLAIM: Claim = Claim {
        code: "PX2",
        name: "agreement",
        kind: Kind::Safety,
        meaning: "only a single value is chosen: no two proposals with different values are each \
                  accepted by a phase-2 quorum, and no two processes learn different values",
        source: "Lamport 2001, Paxos Made Simple, section 2.1",
    };

    fn new(config: &Config, _: u32) -> Self {
        Self { votes: Votes::new(config), chosen: None, learned: None }
    }

    fn after(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        _: &[Effect<Process>],
        judge: &mut Judge,
    ) {
        if let Some(proposal) = self.votes.after(view, node) {
            self.judge(node, proposal, judge);
        }
    }

    fn indicated(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        indication: &Indication,
        judge: &mut Judge,
    ) {
        match indication {
            Indication::Accepted(proposal) => {
                if self.votes.cast(node, *proposal, view.step) {
                    self.judge(node, *proposal, judge);
                }
            }
            Indication::Learned(value) => {
                judge.judged();
                let (first, by, step) = *self.learned.get_or_insert((*value, node, view.step));
                if first != *value {
                    let detail = format!("{node} learns {value}, where {by} learned {first}");
                    judge.violate(node, detail, &[step]);
                }
            }
        }
    }

    fn restart(&mut self, _: &View<'_, Process>, node: NodeId, _: &mut Judge) {
        self.votes.restart(node);
    }

    fn kept(&self) -> u64 {
        self.votes.kept()
    }
}
