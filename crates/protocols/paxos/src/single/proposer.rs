//! Proposers: phases 1a and 2a of section 2.2, abandoned proposals, and numbers that are never used
//! twice (section 2.5).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sim_node::{Context, NodeId};

use super::message::Mark;
use super::{
    Acceptor, Config, Disk, Learn, Message, Mutant, Process, Proposal, Record, Timer, Value,
};
use crate::Ballot;

/// A proposer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Proposer {
    /// Its own value.
    pub(super) own: Option<Value>,
    /// A value that somebody else asked it to propose; only of use while it has none itself.
    pub(super) handed: Option<Value>,
    /// The greatest number that it has used or heard of.
    greatest: Option<Ballot>,
    /// The number of its last incarnation, to be used again: a known bug.
    reused: Option<Ballot>,
    /// How far it is.
    phase: Phase,
}

/// How far a proposer is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Phase {
    /// It proposes nothing.
    Idle,
    /// It has abandoned a proposal and will try again.
    BackingOff,
    /// Phase 1 of this number, with the promises so far.
    Preparing(Ballot, BTreeMap<NodeId, Option<Proposal>>),
    /// Phase 1 of this number is done, no value was reported, and it has none itself.
    Prepared(Ballot),
    /// Phase 2 of this proposal, with the acceptors that have accepted it.
    Accepting(Proposal, BTreeSet<NodeId>),
}

impl Phase {
    /// The number that it is about.
    #[must_use]
    pub fn ballot(&self) -> Option<Ballot> {
        match self {
            Self::Idle | Self::BackingOff => None,
            Self::Preparing(ballot, _) | Self::Prepared(ballot) => Some(*ballot),
            Self::Accepting(proposal, _) => Some(proposal.ballot),
        }
    }
}

impl Proposer {
    pub(super) fn new(disk: &Disk, id: NodeId, config: &Config) -> Self {
        Self {
            own: disk.own.or(config.start_value(id)),
            handed: None,
            greatest: disk.ballot.max(Acceptor::new(disk).promised),
            reused: disk.ballot.filter(|_| config.has(Mutant::Reuse)),
            phase: Phase::Idle,
        }
    }

    /// How far it is.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Its own value, or else one that it was handed.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        self.own.or(self.handed)
    }

    /// The value for phase 2: "the value of the highest-numbered proposal among the responses", or
    /// its own "if the responses reported no proposals".
    fn choose(
        &self,
        promises: &BTreeMap<NodeId, Option<Proposal>>,
        config: &Config,
    ) -> Option<Value> {
        let reported = promises.values().flatten();
        let reported = match config.mutant {
            Some(Mutant::AnyValue) if config.has(Mutant::AnyValue) => None,
            Some(Mutant::Lowest) if config.has(Mutant::Lowest) => reported.min(),
            _ => reported.max(),
        };
        reported.map(|proposal| proposal.value).or(self.value())
    }

    pub(super) fn check(&self, config: &Config) {
        let ballot = self.phase.ballot();
        assert!(ballot <= self.greatest, "PX6: uses {ballot:?}, above what it remembers");
        if let Phase::Preparing(_, promises) = &self.phase {
            assert!(promises.len() < config.prepare() as usize, "phase 1 is over, and goes on");
        }
    }
}

impl Process {
    /// A value to propose, of its own or handed over by another process.
    pub(super) fn take(&mut self, value: Value, own: bool, cx: &mut Context<'_, Self>) {
        if self.learned().is_some() {
            return;
        }
        let Some(proposer) = &mut self.proposer else { return };
        let place = if own { &mut proposer.own } else { &mut proposer.handed };
        if place.is_some() {
            return;
        }
        *place = Some(value);
        if own {
            cx.write(Record::Own(value));
            self.hand_over(true, cx);
        }
        self.pursue(cx);
    }

    /// Begins to propose, if it may and has reason to.
    pub(super) fn pursue(&mut self, cx: &mut Context<'_, Self>) {
        if !self.has_reason(cx.config()) {
            return;
        }
        let Some(proposer) = &mut self.proposer else { return };
        match (&proposer.phase, proposer.value()) {
            (Phase::Idle, _) => self.begin(cx),
            (Phase::Prepared(ballot), Some(value)) => {
                let proposal = Proposal { ballot: *ballot, value };
                self.issue(proposal, cx);
            }
            _ => {}
        }
    }

    fn has_reason(&self, config: &Config) -> bool {
        let has_value = self.proposer.as_ref().is_some_and(|proposer| proposer.value().is_some());
        self.learned().is_none() && self.leads() && (has_value || config.prepare_ahead)
    }

    /// Phase 1a: "a proposer selects a proposal number n and sends a prepare request". It remembers
    /// the number in stable storage first, "and begins phase 1 with a higher proposal number than
    /// any it has already used".
    fn begin(&mut self, cx: &mut Context<'_, Self>) {
        let Some(proposer) = &mut self.proposer else { return };
        let fresh = Ballot::after(proposer.greatest, self.id);
        let ballot = proposer.reused.take().unwrap_or(fresh);
        proposer.greatest = proposer.greatest.max(Some(ballot));
        proposer.phase = Phase::Preparing(ballot, BTreeMap::new());
        cx.write(Record::Ballot(ballot));
        Self::settle(cx);
        for acceptor in cx.config().first_asked(self.id, cx.config().prepare()) {
            cx.send(acceptor, Message::Prepare(ballot));
        }
        cx.set_timer(Timer::Proposer, cx.config().resend);
    }

    /// A promise arrives.
    pub(super) fn promised(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        accepted: Option<Proposal>,
        cx: &mut Context<'_, Self>,
    ) {
        let Some(proposer) = &mut self.proposer else { return };
        let Phase::Preparing(current, promises) = &mut proposer.phase else { return };
        if *current != ballot {
            return;
        }
        promises.insert(from, accepted);
        if promises.len() < cx.config().prepare() as usize {
            return;
        }
        let promises = std::mem::take(promises);
        cx.mark(Mark::Prepared);
        if let Some(value) = proposer.choose(&promises, cx.config()) {
            self.issue(Proposal { ballot, value }, cx);
        } else {
            proposer.phase = Phase::Prepared(ballot);
            cx.cancel_timer(Timer::Proposer);
        }
    }

    /// Phase 2a: issues the proposal.
    fn issue(&mut self, proposal: Proposal, cx: &mut Context<'_, Self>) {
        let Some(proposer) = &mut self.proposer else { return };
        proposer.phase = Phase::Accepting(proposal, BTreeSet::new());
        for acceptor in cx.config().first_asked(self.id, cx.config().accept()) {
            cx.send(acceptor, Message::Accept(proposal));
        }
        cx.set_timer(Timer::Proposer, cx.config().resend);
    }

    /// Whether its own proposal is chosen by this acceptance, so that it is to tell everybody.
    pub(super) fn completes(&mut self, from: NodeId, accepted: Proposal, config: &Config) -> bool {
        let Some(proposer) = &mut self.proposer else { return false };
        let Phase::Accepting(proposal, acceptors) = &mut proposer.phase else { return false };
        if *proposal != accepted {
            return false;
        }
        acceptors.insert(from);
        acceptors.len() >= config.accept() as usize
    }

    /// Its proposal is chosen: it learns, and as the distinguished learner tells the others.
    pub(super) fn tell(&mut self, value: Value, cx: &mut Context<'_, Self>) {
        if cx.config().learn == Learn::FromProposer {
            for learner in cx.config().everybody() {
                if learner != self.id {
                    cx.send(learner, Message::Learn(value));
                }
            }
        }
        self.learn(value, cx);
    }

    /// A number is in use. A proposer below it abandons its proposal (section 2.4), and tries again
    /// after a while.
    pub(super) fn notice(&mut self, ballot: Ballot, cx: &mut Context<'_, Self>) {
        let Some(proposer) = &mut self.proposer else { return };
        proposer.greatest = proposer.greatest.max(Some(ballot));
        if proposer.phase.ballot().is_none_or(|current| current >= ballot) {
            return;
        }
        cx.mark(Mark::Abandoned);
        if self.has_reason(cx.config()) {
            self.set_phase(Phase::BackingOff);
            cx.set_timer(Timer::Proposer, cx.config().backoff);
        } else {
            self.give_up(cx);
        }
    }

    /// It proposes nothing any more, for now.
    pub(super) fn give_up(&mut self, cx: &mut Context<'_, Self>) {
        self.set_phase(Phase::Idle);
        cx.cancel_timer(Timer::Proposer);
    }

    fn set_phase(&mut self, phase: Phase) {
        if let Some(proposer) = &mut self.proposer {
            proposer.phase = phase;
        }
    }

    /// Answers are overdue, or it has backed off for long enough.
    pub(super) fn go_on(&mut self, cx: &mut Context<'_, Self>) {
        let Some(proposer) = &self.proposer else { return };
        match &proposer.phase {
            Phase::BackingOff => self.begin(cx),
            Phase::Preparing(ballot, promises) => {
                repeat(&Message::Prepare(*ballot), |one| promises.contains_key(one), cx);
            }
            Phase::Accepting(proposal, acceptors) => {
                repeat(&Message::Accept(*proposal), |one| acceptors.contains(one), cx);
            }
            Phase::Idle | Phase::Prepared(_) => {}
        }
    }
}

/// Sends a request again to all acceptors that have not answered it.
fn repeat(
    request: &Message,
    has_answered: impl Fn(&NodeId) -> bool,
    cx: &mut Context<'_, Process>,
) {
    for acceptor in cx.config().acceptors().filter(|acceptor| !has_answered(acceptor)) {
        cx.resend(acceptor, request.clone());
    }
    cx.set_timer(Timer::Proposer, cx.config().resend);
}
