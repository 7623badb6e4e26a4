//! [`Proposer`]: what a server is as a proposer, and how it comes to another phase.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use sim_node::Context;

use super::leader::{LeaderHandler, Leading};
use super::node::Timer;
use super::phase_1::Preparing;
use super::reads::Reading;
use super::replica::persist;
use super::types::Mark;
use super::{AdminCommand, Leader, Record, Server, Slot, Value, mutants};
use crate::Ballot;

/// What a server is as a proposer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) enum Proposer {
    /// It proposes nothing.
    Idle,
    /// It is in phase 1.
    #[serde(serialize_with = "as_leader_without_proposals")]
    Preparing(Box<Preparing>),
    /// It has done phase 1 for all slots, and proposes in phase 2.
    Leading(Box<Leading>),
}

/// Both phases are written in one form: in phase 1 nothing is proposed and no read begun.
fn as_leader_without_proposals<S: Serializer>(
    phase_1: &Preparing,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    (phase_1, BTreeMap::<Slot, ()>::new(), Reading::default()).serialize(serializer)
}

impl Proposer {
    /// The promises that it has, in phase 1 and afterwards.
    pub(super) fn phase_1(&self) -> Option<&Preparing> {
        match self {
            Self::Idle => None,
            Self::Preparing(phase_1) => Some(phase_1),
            Self::Leading(leading) => Some(&leading.phase_1),
        }
    }

    /// The same, to be changed.
    pub(super) fn phase_1_mut(&mut self) -> Option<&mut Preparing> {
        match self {
            Self::Idle => None,
            Self::Preparing(phase_1) => Some(phase_1),
            Self::Leading(leading) => Some(&mut leading.phase_1),
        }
    }

    /// The ballot with which it proposes, if it does.
    pub(super) fn ballot(&self) -> Option<Ballot> {
        self.phase_1().map(|phase_1| phase_1.ballot)
    }

    /// Whether it proposes this command already, or has to as it was reported.
    pub(super) fn proposes(&self, command: &AdminCommand) -> bool {
        let is_it = |value: &Value| matches!(value, Value::Reconfigure(one) if **one == *command);
        match self {
            Self::Idle => false,
            Self::Preparing(phase_1) => phase_1.reports(is_it),
            Self::Leading(leading) => leading.proposes(is_it) || leading.phase_1.reports(is_it),
        }
    }
}

impl Server {
    /// What only a leader does, if this server leads.
    pub(super) fn leader(&mut self) -> Option<LeaderHandler<'_>> {
        let Self { replica, proposer, pending, .. } = self;
        match proposer {
            Proposer::Leading(leading) => Some(LeaderHandler { replica, leading, pending }),
            Proposer::Idle | Proposer::Preparing(_) => None,
        }
    }

    /// The same, if it leads in this ballot. What acceptors answer to an earlier ballot is of no
    /// use any more.
    pub(super) fn leader_in(&mut self, ballot: Ballot) -> Option<LeaderHandler<'_>> {
        self.leader().filter(|leader| leader.leading.phase_1.ballot == ballot)
    }

    /// Phase 1a begins, with a ballot that is higher than all it has promised or used. The ballot
    /// is durable before any member is asked.
    pub(super) fn begin_phase_1(&mut self, cx: &mut Context<'_, Self>) {
        let replica = &mut self.replica;
        let reused = mutants::reused_ballot(cx.config(), replica.own, replica.promised);
        let ballot = reused.unwrap_or_else(|| Ballot::after(replica.promised, cx.id()));
        replica.own = Some(ballot);
        replica.promised = Some(ballot);
        cx.mark(Mark::Campaign);
        cx.write(Record::Campaigned(ballot));
        persist(cx);
        self.proposer = Proposer::Preparing(Box::new(Preparing::new(ballot, replica.executed)));
        cx.set_timer(Timer::Retry, cx.config().retry);
        self.advance(cx);
    }

    /// Goes on as far as promises, the window of alpha slots and the queue allow.
    pub(super) fn advance(&mut self, cx: &mut Context<'_, Self>) {
        if let Some(phase_1) = self.proposer.phase_1_mut() {
            phase_1.ask(&self.replica, cx);
        }
        self.lead_if_prepared(cx);
        if let Some(mut leader) = self.leader() {
            leader.propose_all(cx);
            leader.begin_early_reads(cx);
        }
    }

    /// Phase 1 is over once a quorum has told its votes in the next slot: the server leads.
    fn lead_if_prepared(&mut self, cx: &mut Context<'_, Self>) {
        let first = self.replica.executed.next();
        let members = self.replica.configurations.at(first);
        self.proposer = match std::mem::replace(&mut self.proposer, Proposer::Idle) {
            Proposer::Preparing(phase_1) if phase_1.is_done(first, members, cx.config()) => {
                cx.mark(Mark::Leading);
                Proposer::Leading(Box::new(Leading::new(*phase_1)))
            }
            other => other,
        };
    }

    /// A ballot is in use. A proposer below it is outbid ("preempted" in van Renesse and Altinbuken
    /// 2015): it proposes no more, and waits before it tries again.
    pub(super) fn on_ballot(&mut self, ballot: Ballot, cx: &mut Context<'_, Self>) {
        if self.proposer.ballot().is_some_and(|own| own < ballot) {
            cx.mark(Mark::Outbid);
            self.step_down(cx);
            self.replica.promised = self.replica.promised.max(Some(ballot));
            mutants::write_promise(Record::Promised(ballot), cx);
            self.back_off(cx);
        }
    }

    /// A proposer is outbid by a ballot that it does not know: another value than its own is
    /// chosen, or may be.
    pub(super) fn outbid_by_unknown(&mut self, cx: &mut Context<'_, Self>) {
        cx.mark(Mark::Outbid);
        self.step_down(cx);
        self.back_off(cx);
    }

    fn back_off(&mut self, cx: &mut Context<'_, Self>) {
        self.backing_off = true;
        cx.set_timer(Timer::Backoff, cx.config().backoff);
    }

    pub(super) fn end_backoff(&mut self, cx: &mut Context<'_, Self>) {
        self.backing_off = false;
        self.reconsider(cx);
    }

    /// A proposer proposes no more. Where a detector chooses the leader, clients find the next one;
    /// where everybody may lead, it will try again with what is not chosen yet.
    pub(super) fn step_down(&mut self, cx: &mut Context<'_, Self>) {
        let proposer = std::mem::replace(&mut self.proposer, Proposer::Idle);
        cx.cancel_timer(Timer::Retry);
        self.pending.commands_to_propose.clear();
        match (cx.config().leader, proposer) {
            (Leader::Omega, _) => {
                self.pending.queue.clear();
                self.pending.waiting.clear();
            }
            (Leader::Everybody, Proposer::Leading(leading)) => self.pending.take_back(*leading),
            // Nothing was taken from the queue yet.
            (Leader::Everybody, Proposer::Preparing(_) | Proposer::Idle) => {}
        }
    }

    /// Answers are overdue: it asks those again that have not answered.
    pub(super) fn retry(&mut self, cx: &mut Context<'_, Self>) {
        cx.set_timer(Timer::Retry, cx.config().retry);
        let next = self.replica.executed.next();
        let phase_1 = self.proposer.phase_1_mut();
        let phase_1 = phase_1.expect("the timer is cancelled when a proposer steps down");
        phase_1.ask_again(next, cx);
        if let Some(mut leader) = self.leader() {
            leader.propose_again(cx);
            leader.ask_again_for_reads(cx);
        }
    }
}
