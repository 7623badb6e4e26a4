//! PX4 p2c.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId};

use super::agreement::Starting;
use super::{Votes, issued};
use crate::single::{Config, Indication, Process, Proposal};

/// "For any v and n, if a proposal with value v and number n is issued, then there is a set S
/// consisting of a majority of acceptors such that either (a) no acceptor in S has accepted any
/// proposal numbered less than n, or (b) v is the value of the highest-numbered proposal among all
/// proposals numbered less than n accepted by the acceptors in S."
///
/// Told when the proposal is issued, over all votes ever cast; S ranges over phase-1 quorums.
#[derive(Clone, Debug)]
pub struct P2c {
    votes: Votes,
    starting: Starting,
    /// How many acceptors S has.
    prepare: usize,
}

impl P2c {
    /// Whether there is such an S. Of the acceptors that have accepted something, S may hold those
    /// up to the highest proposal of v; beside them those that have accepted nothing.
    fn holds(&self, issued: Proposal) -> bool {
        let highest = |vote: &Option<(Proposal, u64)>| vote.map(|(proposal, _)| proposal);
        let below: Vec<_> = self.votes.below(issued.ballot).map(|vote| highest(&vote)).collect();
        let of_value = below.iter().flatten().filter(|proposal| proposal.value == issued.value);
        let limit = of_value.max().map(|proposal| proposal.ballot);
        let fits = |vote: &&Option<Proposal>| vote.map(|proposal| proposal.ballot) <= limit;
        below.iter().filter(fits).count() >= self.prepare
    }
}

impl Property<Process> for P2c {
    const CLAIM: Claim = Claim {
        code: "PX4",
        name: "p2c",
        kind: Kind::Safety,
        meaning: "If a proposal with value v and number n is issued, then there is a phase-1 \
                  quorum S of acceptors such that no acceptor in S has accepted any proposal \
                  numbered less than n, or v is the value of the highest-numbered proposal among \
                  all proposals numbered less than n accepted by the acceptors in S.",
        source: "Lamport 2001, Paxos Made Simple, section 2.2",
    };

    fn new(config: &Config, _: u32) -> Self {
        Self {
            votes: Votes::new(config),
            starting: Starting::new(config),
            prepare: config.prepare as usize,
        }
    }

    fn after(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        effects: &[Effect<Process>],
        judge: &mut Judge,
    ) {
        if self.starting.stepped(node) {
            self.votes.started(view, node);
        }
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
        self.starting.restart(node);
    }
}
