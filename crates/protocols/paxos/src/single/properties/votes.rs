//! [`Votes`]: the ghost state of PX2 to PX4.

use std::collections::BTreeMap;

use sim_check::{View, size_of_entries};
use sim_node::NodeId;

use crate::Ballot;
use crate::single::{Config, Process, Proposal};
use crate::starts::Starts;

/// All votes ever cast: which acceptor has accepted which proposals, whatever became of its disk
/// since, and at which step.
///
/// A vote counts from when it is durable, which is when the acceptor indicates it. One that was on
/// its way to the disk when the acceptor crashed counts when it turns out, at the next start, to
/// have survived; no other process knew of it before.
#[derive(Clone, Debug)]
pub struct Votes {
    /// By acceptor, then in order of the proposals.
    cast: Vec<BTreeMap<Proposal, u64>>,
    /// How many votes choose a value.
    accept: usize,
    starts: Starts,
}

impl Votes {
    /// Before any vote.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let cast = vec![BTreeMap::new(); config.nodes as usize];
        let starts = Starts::new(config.nodes);
        Self { cast, accept: config.accept() as usize, starts }
    }

    /// An acceptor has voted. Returns whether that is a new vote.
    pub fn cast(&mut self, acceptor: NodeId, proposal: Proposal, step: u64) -> bool {
        let Some(votes) = self.cast.get_mut(acceptor.index()) else { return false };
        let new = !votes.contains_key(&proposal);
        votes.entry(proposal).or_insert(step);
        new
    }

    /// After a step. What an acceptor has accepted when it starts was on its disk. Returns it if it
    /// is a vote that was not known.
    pub fn after(&mut self, view: &View<'_, Process>, node: NodeId) -> Option<Proposal> {
        let process = view.state(node)?;
        self.starts.step(node)?;
        let proposal = process.acceptor()?.accepted?;
        self.cast(node, proposal, view.step).then_some(proposal)
    }

    /// About how many bytes they take.
    #[must_use]
    pub fn kept(&self) -> u64 {
        size_of_entries(self.cast.iter().map(BTreeMap::len).sum())
    }

    /// A process is about to start again.
    pub fn restart(&mut self, node: NodeId) {
        self.starts.restart(node);
    }

    /// The steps of the votes for a proposal.
    pub fn of(&self, proposal: Proposal) -> impl Iterator<Item = u64> + '_ {
        self.cast.iter().filter_map(move |votes| votes.get(&proposal).copied())
    }

    /// Whether a phase-2 quorum has accepted this proposal.
    #[must_use]
    pub fn is_chosen(&self, proposal: Proposal) -> bool {
        self.of(proposal).count() >= self.accept
    }

    /// Each acceptor's highest-numbered proposal below a number, with the step of the vote.
    pub fn below(
        &self,
        ballot: Ballot,
    ) -> impl Iterator<Item = Option<(Proposal, u64)>> + Clone + '_ {
        self.cast.iter().map(move |votes| {
            let below = votes.iter().rev().find(|(proposal, _)| proposal.ballot < ballot);
            below.map(|(proposal, step)| (*proposal, *step))
        })
    }
}
