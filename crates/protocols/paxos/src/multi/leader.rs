//! Phase 2a: what a leader proposes, slot by slot, in a window of alpha slots (Lamport 2001,
//! section 3). All of it is part of [`LeaderHandler`], which only a server that leads has.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::Serialize;
use service::{Operation, Request};
use sim_node::{Context, LocalTime, NodeId};

use super::phase_1::Preparing;
use super::reads::Reading;
use super::replica::Replica;
use super::types::Mark;
use super::{Accept, AdminCommand, Config, Members, Message, Server, Slot, Value};

/// A leader: phase 1 is done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Leading {
    /// Its ballot, with the promises.
    pub(super) phase_1: Preparing,
    /// What is proposed and not known to be chosen; in slots that are not executed.
    proposals: BTreeMap<Slot, Proposal>,
    pub(super) reading: Reading,
}

/// A proposal under way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Proposal {
    value: Value,
    /// Whether it was reported in phase 1: it may be chosen already.
    recovered: bool,
    /// The members that have accepted.
    accepted: Members,
    /// When they were last asked.
    sent: LocalTime,
}

/// What clients and administrators have asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Pending {
    /// Operations that are not proposed yet.
    pub(super) queue: VecDeque<Request>,
    /// The clients that wait for operations in the queue or in slots.
    pub(super) waiting: BTreeMap<Operation, NodeId>,
    /// Admin commands that reached this server while it proposes, and are not proposed yet.
    pub(super) commands_to_propose: VecDeque<AdminCommand>,
    /// The admin commands that were given to this server, and are not known to be executed. Where
    /// everybody may lead, those of servers that are no members, too.
    pub(super) commands: VecDeque<AdminCommand>,
}

impl Leading {
    pub(super) fn new(phase_1: Preparing) -> Self {
        Self { phase_1, proposals: BTreeMap::new(), reading: Reading::default() }
    }

    /// The value that it has proposed in a slot, if that is not known to be chosen yet.
    pub(super) fn proposed(&self, slot: Slot) -> Option<&Value> {
        self.proposals.get(&slot).map(|proposal| &proposal.value)
    }

    /// Whether such a value is proposed.
    pub(super) fn proposes(&self, is_it: impl Fn(&Value) -> bool) -> bool {
        self.proposals.values().any(|proposal| is_it(&proposal.value))
    }

    /// Whether it has proposed anything in slots up to this one that is not known to be chosen.
    pub(super) fn has_proposed_upto(&self, slot: Slot) -> bool {
        self.proposals.first_key_value().is_some_and(|(first, _)| *first <= slot)
    }

    /// Whether the value of a slot may have been chosen in an earlier ballot.
    pub(super) fn recovers(&self, slot: Slot) -> bool {
        let proposal = self.proposals.get(&slot);
        proposal.is_some_and(|proposal| proposal.recovered) || self.phase_1.is_reported(slot)
    }

    /// A slot is known to be chosen: its proposal is over.
    pub(super) fn end_proposal(&mut self, slot: Slot) {
        self.proposals.remove(&slot);
    }

    /// All slots up to this one are executed.
    pub(super) fn end_proposals_upto(&mut self, slot: Slot) {
        while self.has_proposed_upto(slot) {
            self.proposals.pop_first();
        }
    }

    /// See [`sim_node::Node::check`].
    pub(super) fn check(&self, executed: Slot, config: &Config) {
        // `next` may be beyond the window: slots that are known to be chosen are passed over.
        let (ends, last) = (executed.plus(config.alpha), self.proposals.last_key_value());
        assert!(last.is_none_or(|(slot, _)| *slot <= ends), "a proposal beyond the window");
        assert!(!self.has_proposed_upto(executed), "an old proposal");
    }
}

impl Pending {
    /// What a leader had proposed or begun to read is not done. It will be tried again where a
    /// client of this server waits for it.
    pub(super) fn take_back(&mut self, leading: Leading) {
        for proposal in leading.proposals.into_values().rev() {
            if let Value::Commands(requests) = proposal.value {
                let own = requests.iter().rev();
                let own = own.filter(|request| self.waiting.contains_key(&request.operation));
                own.for_each(|request| self.queue.push_front(request.clone()));
            }
        }
        for (client, request) in leading.reading.into_requests() {
            self.waiting.insert(request.operation, client);
            self.queue.push_back(request);
        }
    }
}

/// A server that leads, and what only such a server does.
pub(super) struct LeaderHandler<'a> {
    pub(super) replica: &'a mut Replica,
    pub(super) leading: &'a mut Leading,
    pub(super) pending: &'a mut Pending,
}

impl LeaderHandler<'_> {
    /// Proposes in every slot in which it may and has something to.
    pub(super) fn propose_all(&mut self, cx: &mut Context<'_, Server>) {
        while let Some(slot) = self.next_slot(cx.config()) {
            let recovered = self.leading.phase_1.take_reported(slot);
            if let Some(value) = recovered {
                self.leave_out(&value);
                self.propose(slot, value, true, cx);
            } else if let Some(value) = self.next_value(slot, cx.config()) {
                self.propose(slot, value, false, cx);
            } else {
                break;
            }
        }
    }

    /// The first slot in which nothing is proposed or known to be chosen, if it lies in the window
    /// and phase 1 is done there.
    fn next_slot(&mut self, config: &Config) -> Option<Slot> {
        let Self { replica, leading: Leading { phase_1, .. }, .. } = self;
        phase_1.next = phase_1.next.max(replica.executed.next());
        while replica.log.is_chosen(phase_1.next) {
            phase_1.next = phase_1.next.next();
        }
        let slot = phase_1.next;
        phase_1.forget_reports_before(slot);
        let is_in_window = slot <= replica.executed.plus(config.alpha);
        let may_propose = || phase_1.is_done(slot, replica.configurations.at(slot), config);
        (is_in_window && may_propose()).then_some(slot)
    }

    /// What is proposed again needs no slot of its own.
    fn leave_out(&mut self, value: &Value) {
        if let Value::Commands(requests) = value {
            let is_in = |queued: &Request| {
                requests.iter().any(|request| request.operation == queued.operation)
            };
            self.pending.queue.retain(|queued| !is_in(queued));
        }
    }

    /// What it proposes where nothing was reported: a no-op if later slots are voted in or chosen,
    /// for they cannot be executed before this one; then what it is asked for; and no-ops if other
    /// members are to come, "idle until the new members are the members".
    fn next_value(&mut self, slot: Slot, config: &Config) -> Option<Value> {
        let later_chosen = || self.replica.log.after(slot).any(|(_, entry)| entry.chosen);
        if self.leading.phase_1.reports_any() || later_chosen() {
            return Some(Value::Noop);
        }
        if let Some(command) = self.pending.commands_to_propose.pop_front() {
            return Some(Value::Reconfigure(Arc::new(command)));
        }
        let queue = &mut self.pending.queue;
        if !queue.is_empty() {
            let count = queue.len().min(config.batch);
            return Some(Value::Commands(queue.drain(..count).collect()));
        }
        let (others_come, _) = self.replica.configurations.newest();
        (slot < others_come).then_some(Value::Noop)
    }

    /// Phase 2a. The others are asked while the own vote is on its way to disk.
    fn propose(&mut self, slot: Slot, value: Value, recovered: bool, cx: &mut Context<'_, Server>) {
        let (upto, sent, id) = (self.replica.executed, cx.now(), cx.id());
        let ballot = self.leading.phase_1.ballot;
        self.leading.phase_1.next = slot.next();
        let accepted = Members::new();
        let proposal = Proposal { value: value.clone(), recovered, accepted, sent };
        self.leading.proposals.insert(slot, proposal);
        if value == Value::Noop {
            cx.mark(Mark::NoOpProposed);
        }
        let members = self.replica.configurations.at(slot);
        let accept = Arc::new(Accept { ballot, slot, value, upto });
        for member in members.iter().filter(|member| *member != id) {
            cx.send(member, Message::Accept(Arc::clone(&accept)));
        }
        if members.contains(id) {
            self.replica.vote(id, slot, ballot, &accept.value, cx);
        }
    }

    /// An acceptor has accepted. Returns the value if with that a quorum of the slot's members has:
    /// then it is chosen.
    pub(super) fn on_accepted(
        &mut self,
        from: NodeId,
        slot: Slot,
        config: &Config,
    ) -> Option<Value> {
        let members = self.replica.configurations.at(slot);
        // It is chosen already.
        let proposal = self.leading.proposals.get_mut(&slot)?;
        if members.contains(from) {
            proposal.accepted.insert(from);
        }
        if proposal.accepted.len() < config.accept_quorum(members) {
            return None;
        }
        self.leading.proposals.remove(&slot).map(|proposal| proposal.value)
    }

    /// Asks again those that have not accepted in time.
    pub(super) fn propose_again(&mut self, cx: &mut Context<'_, Server>) {
        let (now, retry, upto) = (cx.now(), cx.config().retry, self.replica.executed);
        let ballot = self.leading.phase_1.ballot;
        for (slot, proposal) in &mut self.leading.proposals {
            if now - proposal.sent < retry {
                continue;
            }
            proposal.sent = now;
            let value = proposal.value.clone();
            let accept = Arc::new(Accept { ballot, slot: *slot, value, upto });
            let members = self.replica.configurations.at(*slot);
            for member in members.difference(proposal.accepted) {
                if member != cx.id() {
                    cx.resend(member, Message::Accept(Arc::clone(&accept)));
                }
            }
        }
    }
}
