//! PX4 p2c.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId};

use super::{Votes, issued};
use crate::p2c;
use crate::single::{Config, Indication, Process, Proposal};

/// "For any v and n, if a proposal with value v and number n is issued", then P2c holds of it.
/// Judged when the proposal is issued, over all votes ever cast; S ranges over phase-1 quorums.
#[derive(Clone, Debug)]
pub struct P2c {
    votes: Votes,
    /// How many acceptors S has.
    prepare: usize,
}

impl P2c {
    fn holds(&self, issued: Proposal) -> bool {
        let highest = self.votes.below(issued.ballot).map(|vote| {
            vote.map(|(proposal, _)| (proposal.ballot, proposal.value == issued.value))
        });
        p2c::holds(highest, self.prepare)
    }
}

impl Property<Process> for P2c {
    const CLAIM: Claim = Claim {
        code: "PX4",
        name: "p2c",
        kind: Kind::Safety,
        meaning: "if a proposal with value v and number n is issued, there is a phase-1 quorum S of \
                  acceptors such that no acceptor in S has accepted any proposal numbered less \
                  than n, or v is the value of the highest-numbered proposal among all proposals \
                  numbered less than n accepted by the acceptors in S",
        source: "Lamport 2001, Paxos Made Simple, section 2.2",
    };

    fn new(config: &Config, _: u32) -> Self {
        Self { votes: Votes::new(config), prepare: config.prepare() as usize }
    }

    fn after(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        effects: &[Effect<Process>],
        judge: &mut Judge,
    ) {
        self.votes.after(view, node);
        let Some(issued) = issued(effects) else { return };
        judge.judged();
        if !self.holds(issued) {
            let votes = self.votes.below(issued.ballot).flatten();
            let (votes, steps): (Vec<_>, Vec<_>) =
                votes.map(|(proposal, step)| (proposal.to_string(), step)).unzip();
            let detail = format!(
                "{node} issues {issued}; acceptors have accepted {}, at most, and no quorum of {} \
                 allows it",
                votes.join(", "),
                self.prepare
            );
            judge.violate(node, detail, &steps);
        }
    }

    fn indicated(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        indication: &Indication,
        _: &mut Judge,
    ) {
        if let Indication::Accepted(proposal) = indication {
            self.votes.cast(node, *proposal, view.step);
        }
    }

    fn restart(&mut self, _: &View<'_, Process>, node: NodeId, _: &mut Judge) {
        self.votes.restart(node);
    }

    fn kept(&self) -> u64 {
        self.votes.kept()
    }
}
