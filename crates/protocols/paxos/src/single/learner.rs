//! Learners: section 2.3.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sim_node::{Context, NodeId};

use super::message::Mark;
use super::{Config, Disk, Indication, Message, Process, Proposal, Record, Timer, Value};

/// What a learner knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Learner {
    /// The highest-numbered proposal that each acceptor is known to have accepted. Forgotten once
    /// something is learned.
    votes: BTreeMap<NodeId, Proposal>,
    /// The chosen value, once it is known.
    learned: Option<Value>,
}

impl Learner {
    pub(super) fn new(disk: &Disk) -> Self {
        Self { votes: BTreeMap::new(), learned: disk.learned }
    }

    /// The chosen value, once it is known.
    #[must_use]
    pub fn learned(&self) -> Option<Value> {
        self.learned
    }

    /// The acceptances it knows of, each acceptor's highest.
    #[must_use]
    pub fn votes(&self) -> &BTreeMap<NodeId, Proposal> {
        &self.votes
    }

    /// An acceptor has accepted this. Returns whether a quorum has, as far as is known.
    fn count(&mut self, from: NodeId, proposal: Proposal, config: &Config) -> bool {
        let vote = self.votes.entry(from).or_insert(proposal);
        *vote = proposal.max(*vote);
        let votes = self.votes.values().filter(|vote| **vote == proposal).count();
        votes >= config.accept() as usize
    }
}

impl Process {
    /// An acceptor has accepted a proposal.
    pub(super) fn accepted(
        &mut self,
        from: NodeId,
        proposal: Proposal,
        cx: &mut Context<'_, Self>,
    ) {
        if self.learned().is_some() {
            return;
        }
        let known = self.learner.count(from, proposal, cx.config());
        if self.completes(from, proposal, cx.config()) {
            self.tell(proposal.value, cx);
        } else if known {
            self.learn(proposal.value, cx);
        }
    }

    /// The value is chosen. Deciding is to log it; the indication follows once it is durable, so
    /// that it is told once, whatever crashes.
    pub(super) fn learn(&mut self, value: Value, cx: &mut Context<'_, Self>) {
        if self.learned().is_some() {
            return;
        }
        self.learner.learned = Some(value);
        self.learner.votes.clear();
        self.give_up(cx);
        cx.cancel_timer(Timer::Ask);
        cx.mark(Mark::Learned);
        cx.write(Record::Learned(value));
        Self::settle(cx);
        cx.indicate(Indication::Learned(value));
    }

    /// It has not learned for a while: what has happened?
    pub(super) fn ask(&mut self, cx: &mut Context<'_, Self>) {
        if self.learned().is_some() {
            return;
        }
        for process in cx.config().everybody() {
            if process != self.id {
                cx.send(process, Message::Ask);
            }
        }
        self.hand_over(true, cx);
        cx.set_timer(Timer::Ask, cx.config().ask);
    }

    /// Tells what is chosen, or what it has accepted: "the learner could ask the acceptors what
    /// proposals they have accepted".
    pub(super) fn answer(&self, from: NodeId, cx: &mut Context<'_, Self>) {
        if let Some(value) = self.learned() {
            cx.send(from, Message::Learn(value));
        } else if let Some(proposal) = self.acceptor.and_then(|acceptor| acceptor.accepted) {
            cx.send(from, Message::Accepted(proposal));
        }
    }
}
