//! Proposers: phases 1a and 2a of section 2.2, abandoned proposals, and numbers that are never used
//! twice (section 2.5).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{Context, NodeId, RequestId};

use super::message::Mark;
use super::{
    Acceptor, Config, Disk, Learn, Message, Mutant, Process, Proposal, Record, Timer, Value,
    mutants,
};
use crate::Ballot;

/// A proposer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Proposer {
    /// Its own value.
    pub(super) own: Option<Own>,
    /// A value that another process handed to it; only of use while it has none itself.
    pub(super) handed: Option<Value>,
    /// The greatest number that it has used or received.
    greatest: Option<Ballot>,
    /// The number of its last incarnation, which a known bug (`P-reuse`) uses again.
    reused: Option<Ballot>,
    /// Its phase.
    phase: Phase,
}

/// A value that a proposer was asked to propose, with the request, if it is known. Text and
/// serialized form are those of the value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Own {
    /// The value.
    pub value: Value,
    /// Who asked.
    #[serde(skip)]
    pub request: Option<RequestId>,
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// What a proposer is doing.
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
    /// The number of the proposal.
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
            own: disk.own.or(config.start_value(id).map(|value| Own { value, request: None })),
            handed: None,
            greatest: disk.ballot.max(Acceptor::new(disk).promised),
            reused: mutants::reused_ballot(config, disk),
            phase: Phase::Idle,
        }
    }

    /// Its phase.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Its own value, or else one that it was handed.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        self.own.map(|own| own.value).or(self.handed)
    }

    /// The value for phase 2: "the value of the highest-numbered proposal among the responses", or
    /// its own "if the responses reported no proposals".
    fn choose(
        &self,
        promises: &BTreeMap<NodeId, Option<Proposal>>,
        config: &Config,
    ) -> Option<Value> {
        let reported = mutants::reported(config, promises);
        reported.map(|proposal| proposal.value).or(self.value())
    }

    pub(super) fn check(&self, config: &Config) {
        let ballot = self.phase.ballot();
        assert!(ballot <= self.greatest, "PX6: uses {ballot:?}, above what it remembers");
        if let Phase::Preparing(_, promises) = &self.phase {
            assert!(promises.len() < config.prepare() as usize, "phase 1 is over, and goes on");
        }
    }

    /// A number is in use. Returns whether a proposal of this proposer is abandoned for it.
    fn is_abandoned_for(&mut self, ballot: Ballot) -> bool {
        self.greatest = self.greatest.max(Some(ballot));
        self.phase.ballot().is_some_and(|current| current < ballot)
    }

    /// There is a reason to propose: begins, if it is not under way.
    fn pursue(&mut self, cx: &mut Context<'_, Process>) {
        match (&self.phase, self.value()) {
            (Phase::Idle, _) => self.begin(cx),
            (Phase::Prepared(ballot), Some(value)) => {
                let proposal = Proposal { ballot: *ballot, value };
                self.issue(proposal, cx);
            }
            _ => {}
        }
    }

    /// Phase 1a: "a proposer selects a proposal number n and sends a prepare request". It remembers
    /// the number in stable storage first, "and begins phase 1 with a higher proposal number than
    /// any it has already used".
    fn begin(&mut self, cx: &mut Context<'_, Process>) {
        let (id, config) = (cx.id(), cx.config());
        let fresh = Ballot::after(self.greatest, id);
        let ballot = self.reused.take().unwrap_or(fresh);
        self.greatest = self.greatest.max(Some(ballot));
        self.phase = Phase::Preparing(ballot, BTreeMap::new());
        cx.write(Record::Ballot(ballot));
        Process::persist(cx);
        for acceptor in config.first_asked(id, config.prepare()) {
            cx.send(acceptor, Message::Prepare(ballot));
        }
        cx.set_timer(Timer::Proposer, config.resend);
    }

    /// A promise arrives. With a quorum of them phase 1 is done.
    pub(super) fn on_promise(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        accepted: Option<Proposal>,
        cx: &mut Context<'_, Process>,
    ) {
        match &mut self.phase {
            Phase::Preparing(current, promises)
                if *current == ballot || cx.config().has(Mutant::StalePromise) =>
            {
                let ballot = *current;
                promises.insert(from, accepted);
                if promises.len() >= cx.config().prepare() as usize {
                    let promises = std::mem::take(promises);
                    self.end_phase_1(ballot, &promises, cx);
                }
            }
            // It answers an earlier number, or is one more than phase 1 needs.
            _ => {}
        }
    }

    fn end_phase_1(
        &mut self,
        ballot: Ballot,
        promises: &BTreeMap<NodeId, Option<Proposal>>,
        cx: &mut Context<'_, Process>,
    ) {
        cx.mark(Mark::Prepared);
        if let Some(value) = self.choose(promises, cx.config()) {
            self.issue(Proposal { ballot, value }, cx);
        } else {
            self.phase = Phase::Prepared(ballot);
            cx.cancel_timer(Timer::Proposer);
        }
    }

    /// Phase 2a: issues the proposal.
    fn issue(&mut self, proposal: Proposal, cx: &mut Context<'_, Process>) {
        self.phase = Phase::Accepting(proposal, BTreeSet::new());
        for acceptor in cx.config().first_asked(cx.id(), cx.config().accept()) {
            cx.send(acceptor, Message::Accept(proposal));
        }
        cx.set_timer(Timer::Proposer, cx.config().resend);
    }

    /// An acceptor has accepted a proposal. Returns whether it is this proposer's, and a quorum has
    /// accepted it with that.
    pub(super) fn completes(&mut self, from: NodeId, accepted: Proposal, config: &Config) -> bool {
        match &mut self.phase {
            Phase::Accepting(proposal, acceptors) if *proposal == accepted => {
                acceptors.insert(from);
                acceptors.len() >= config.accept() as usize
            }
            _ => false,
        }
    }

    /// Answers are overdue, or it has backed off for long enough.
    pub(super) fn on_timer(&mut self, cx: &mut Context<'_, Process>) {
        match &self.phase {
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

impl Process {
    /// The layer above has a value to propose. It takes the first one, if it does not know yet what
    /// is chosen.
    pub(super) fn on_propose(&mut self, value: Value, cx: &mut Context<'_, Self>) {
        let chosen = self.learned();
        let Some(proposer) = &mut self.proposer else {
            return cx.refuse(cx.request(), "it is no proposer");
        };
        match (chosen, proposer.own) {
            (Some(chosen), _) if chosen == value => cx.done(cx.request()),
            (Some(chosen), _) => cx.refuse(cx.request(), format!("{chosen} is chosen already")),
            (None, Some(Own { value: own, .. })) => {
                cx.refuse(cx.request(), format!("it proposes {own} already"));
            }
            (None, None) => {
                let own = Own { value, request: cx.request() };
                proposer.own = Some(own);
                cx.write(Record::Own(own));
                self.hand_over(true, cx);
                self.pursue(cx);
            }
        }
    }

    /// Another process hands its value over. It takes the first one.
    pub(super) fn on_forward(&mut self, value: Value, cx: &mut Context<'_, Self>) {
        if let Some(proposer) = &mut self.proposer
            && proposer.handed.is_none()
        {
            proposer.handed = Some(value);
            self.pursue(cx);
        }
    }

    /// Begins to propose, if it may and has reason to.
    pub(super) fn pursue(&mut self, cx: &mut Context<'_, Self>) {
        let has_reason = self.has_reason(cx.config());
        if let Some(proposer) = self.proposer.as_mut().filter(|_| has_reason) {
            proposer.pursue(cx);
        }
    }

    fn has_reason(&self, config: &Config) -> bool {
        let has_value = self.proposer.as_ref().is_some_and(|proposer| proposer.value().is_some());
        self.learned().is_none() && self.leads() && (has_value || config.prepare_ahead)
    }

    /// Its proposal is chosen: it learns, and as the distinguished learner tells the others.
    pub(super) fn announce(&mut self, value: Value, cx: &mut Context<'_, Self>) {
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
    pub(super) fn on_number(&mut self, ballot: Ballot, cx: &mut Context<'_, Self>) {
        let has_reason = self.has_reason(cx.config());
        if let Some(proposer) = &mut self.proposer
            && proposer.is_abandoned_for(ballot)
        {
            cx.mark(Mark::Abandoned);
            if has_reason {
                proposer.phase = Phase::BackingOff;
                cx.set_timer(Timer::Proposer, cx.config().backoff);
            } else {
                self.give_up(cx);
            }
        }
    }

    /// It proposes nothing any more, for now.
    pub(super) fn give_up(&mut self, cx: &mut Context<'_, Self>) {
        if let Some(proposer) = &mut self.proposer {
            proposer.phase = Phase::Idle;
        }
        cx.cancel_timer(Timer::Proposer);
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
