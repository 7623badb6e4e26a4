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

    /// The highest-numbered proposal that each acceptor is known to have accepted.
    #[must_use]
    pub fn votes(&self) -> &BTreeMap<NodeId, Proposal> {
        &self.votes
    }

    /// An acceptor has accepted this. Returns whether a quorum is known to have.
    fn count(&mut self, from: NodeId, proposal: Proposal, config: &Config) -> bool {
        let vote = self.votes.entry(from).or_insert(proposal);
        *vote = proposal.max(*vote);
        let votes = self.votes.values().filter(|vote| **vote == proposal).count();
        votes >= config.accept() as usize
    }
}

impl Process {
    /// An acceptor has accepted a proposal.
    pub(super) fn on_accepted(
        &mut self,
        from: NodeId,
        proposal: Proposal,
        cx: &mut Context<'_, Self>,
    ) {
        if self.learned().is_some() {
            return;
        }
        let config = cx.config();
        let is_known = self.learner.count(from, proposal, config);
        let proposer = self.proposer.as_mut();
        if proposer.is_some_and(|proposer| proposer.completes(from, proposal, config)) {
            self.announce(proposal.value, cx);
        } else if is_known {
            self.learn(proposal.value, cx);
        }
    }

    /// The value is chosen. The process has learned it when the record is durable; the indication
    /// follows, so that it is given once in spite of crashes.
    pub(super) fn learn(&mut self, value: Value, cx: &mut Context<'_, Self>) {
        if self.learned().is_some() {
            return;
        }
        self.learner.learned = Some(value);
        self.learner.votes.clear();
        self.give_up(cx);
        cx.cancel_timer(Timer::Ask);
        cx.mark(Mark::Learned);
        self.tell_of_request(value, cx);
        cx.write(Record::Learned(value));
        Self::persist(cx);
        cx.indicate(Indication::Learned(value));
    }

    /// The request that its own value stems from is done if that is chosen; else it never will be.
    fn tell_of_request(&self, chosen: Value, cx: &mut Context<'_, Self>) {
        match self.proposer.as_ref().and_then(|proposer| proposer.own) {
            Some(own) if own.value == chosen => cx.done(own.request),
            Some(own) => cx.refuse(own.request, format!("{chosen} was chosen")),
            None => {}
        }
    }

    /// It has not learned for a while: it asks all others.
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

    /// Answers what is chosen, or what it has accepted: "the learner could ask the acceptors what
    /// proposals they have accepted".
    pub(super) fn answer(&self, from: NodeId, cx: &mut Context<'_, Self>) {
        if let Some(value) = self.learned() {
            cx.send(from, Message::Learn(value));
        } else if let Some(proposal) = self.acceptor.and_then(|acceptor| acceptor.accepted) {
            cx.send(from, Message::Accepted(proposal));
        }
    }
}
