//! Phases 1a and 2a: what a proposer asks, and how a leader proposes in many slots (Lamport 2001,
//! section 3).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use service::{Answer, Reply, Request};
use sim_node::{Context, LocalTime, NodeId};

use super::node::{Standing, Timer};
use super::reads::Reading;
use super::types::Mark;
use super::{
    Accept, Config, Leader, Members, Message, Mutant, Promise, Record, Server, Slot, Value,
};
use crate::Ballot;

/// A proposer with a ballot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Proposer {
    /// Its ballot, the highest that it has used or promised.
    pub(super) ballot: Ballot,
    /// Whom it has asked for a promise, and when.
    pub(super) asked: BTreeMap<NodeId, LocalTime>,
    /// Who has promised. The votes in all slots above this one are in `reported`.
    pub(super) promises: BTreeMap<NodeId, Slot>,
    /// The highest vote reported in each slot in which nothing is proposed yet.
    pub(super) reported: BTreeMap<Slot, (Ballot, Value)>,
    /// The first slot in which nothing is proposed; at most alpha after what is executed.
    pub(super) next: Slot,
    /// What is proposed and not known to be chosen; in slots that are not executed.
    pub(super) proposals: BTreeMap<Slot, Proposal>,
    pub(super) reading: Reading,
}

/// A proposal under way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Proposal {
    pub(super) value: Value,
    /// Whether it was reported in phase 1: it may be chosen already.
    recovered: bool,
    /// The members that have accepted.
    accepted: Members,
    /// When they were last asked.
    sent: LocalTime,
}

impl Proposer {
    fn new(ballot: Ballot, executed: Slot) -> Self {
        Self {
            ballot,
            asked: BTreeMap::new(),
            promises: BTreeMap::new(),
            reported: BTreeMap::new(),
            next: executed.next(),
            proposals: BTreeMap::new(),
            reading: Reading::default(),
        }
    }

    /// Whether a quorum of these members has told its votes in a slot: phase 1 is done there.
    pub(super) fn may_propose(&self, slot: Slot, members: &Members, config: &Config) -> bool {
        let told = |member: &&NodeId| self.promises.get(member).is_some_and(|above| *above < slot);
        members.iter().filter(told).count() >= config.prepare_quorum(members)
    }

    /// Whether what is proposed in a slot may have been chosen before this ballot.
    pub(super) fn recovers(&self, slot: Slot) -> bool {
        let proposed = self.proposals.get(&slot).is_some_and(|proposal| proposal.recovered);
        proposed || self.reported.contains_key(&slot)
    }

    /// An acceptor's votes: the highest ballot counts (P2c).
    fn note(&mut self, slot: Slot, ballot: Ballot, value: Value, config: &Config) {
        if slot < self.next || config.has(Mutant::AnyValue) {
            return;
        }
        let better = |known: Ballot| {
            if config.has(Mutant::Lowest) { ballot < known } else { ballot > known }
        };
        if self.reported.get(&slot).is_none_or(|(known, _)| better(*known)) {
            self.reported.insert(slot, (ballot, value));
        }
    }
}

impl Server {
    /// Phase 1a: a ballot that is higher than all it has seen, written before it is used.
    pub(super) fn campaign(&mut self, cx: &mut Context<'_, Self>) {
        let ballot = match self.own.filter(|_| cx.config().has(Mutant::Reuse)) {
            Some(own) if self.promised == Some(own) => own,
            _ => Ballot::after(self.promised, cx.id()),
        };
        self.own = Some(ballot);
        self.promised = Some(ballot);
        cx.mark(Mark::Campaign);
        cx.write(Record::Campaigned(ballot));
        Self::persist(cx);
        self.standing = Standing::Candidate(Box::new(Proposer::new(ballot, self.executed)));
        cx.set_timer(Timer::Retry, cx.config().retry);
        self.advance(cx);
    }

    /// Asks every member of the slots in the window that was not asked. Those of a configuration
    /// that has just become known are asked when it has: one promise is for all slots.
    fn ask_promises(&mut self, cx: &mut Context<'_, Self>) {
        let (first, now) = (self.executed.next(), cx.now());
        let last = self.executed.plus(cx.config().alpha);
        let members = self.configurations.within(first, last).flatten().copied();
        let Some(proposer) = self.proposer() else { return };
        let fresh: BTreeSet<NodeId> =
            members.filter(|member| !proposer.asked.contains_key(member)).collect();
        let ballot = proposer.ballot;
        for member in fresh {
            if member == cx.id() {
                // Behind the barrier: its own promise counts once it is durable.
                cx.send(member, Message::Promise(self.promise(ballot, first)));
            } else {
                cx.send(member, Message::Prepare { ballot, from: first });
            }
            if let Some(proposer) = self.proposer_mut() {
                proposer.asked.insert(member, now);
            }
        }
    }

    /// An acceptor has promised.
    pub(super) fn count_promise(
        &mut self,
        from: NodeId,
        promise: Promise,
        cx: &mut Context<'_, Self>,
    ) {
        let config = cx.config();
        let Some(proposer) = self.proposer_mut() else { return };
        if proposer.ballot != promise.ballot {
            return;
        }
        let above = proposer.promises.entry(from).or_insert(promise.above);
        *above = promise.above.min(*above);
        for (slot, ballot, value) in promise.votes {
            proposer.note(slot, ballot, value, config);
        }
        for (slot, ballot, value) in promise.chosen {
            self.learn(slot, ballot, value, cx);
        }
        // What it says nothing about, as it is chosen, must be learned.
        if promise.executed > self.executed && from != cx.id() {
            self.notice(from, promise.executed, cx);
            self.catch_up(cx);
        }
        self.go_on(cx);
    }

    /// Goes on as far as promises, the window and the queue allow.
    pub(super) fn advance(&mut self, cx: &mut Context<'_, Self>) {
        if self.proposer().is_none() {
            return;
        }
        self.ask_promises(cx);
        let first = self.executed.next();
        let config = cx.config();
        if let Standing::Candidate(proposer) = &mut self.standing
            && proposer.may_propose(first, self.configurations.at(first), config)
        {
            let proposer = proposer.clone();
            self.standing = Standing::Leader(proposer);
            cx.mark(Mark::Leading);
        }
        if self.is_leader() {
            while let Some((slot, value, recovered)) = self.next_proposal(cx) {
                self.propose(slot, value, recovered, cx);
            }
            self.begin_early_reads(cx);
        }
    }

    /// What a leader proposes next: "the value of the highest-numbered proposal" that was reported;
    /// no-ops where others have proposed later, or later slots are known to be chosen, or other
    /// members are to come; then what it is asked for.
    fn next_proposal(&mut self, cx: &Context<'_, Self>) -> Option<(Slot, Value, bool)> {
        let config = cx.config();
        let (executed, pending) = (self.executed, self.configurations.newest().0);
        let (Standing::Candidate(proposer) | Standing::Leader(proposer)) = &mut self.standing
        else {
            return None;
        };
        proposer.next = proposer.next.max(executed.next());
        while self.log.is_chosen(proposer.next) {
            proposer.next = proposer.next.next();
        }
        let slot = proposer.next;
        while proposer.reported.first_key_value().is_some_and(|(reported, _)| *reported < slot) {
            proposer.reported.pop_first();
        }
        let members = self.configurations.at(slot);
        if slot > executed.plus(config.alpha) || !proposer.may_propose(slot, members, config) {
            return None;
        }
        if let Some((_, value)) = proposer.reported.remove(&slot) {
            // What is proposed so needs no slot of its own.
            if let Value::Commands(requests) = &value {
                self.queue.retain(|queued| {
                    requests.iter().all(|request| request.operation != queued.operation)
                });
            }
            return Some((slot, value, true));
        }
        let known = self.log.after(slot).any(|(_, entry)| entry.chosen);
        if known || !proposer.reported.is_empty() {
            return Some((slot, Value::Noop, false));
        }
        if let Some(wish) = self.changes.pop_front() {
            return Some((slot, Value::Reconfigure(wish), false));
        }
        if !self.queue.is_empty() {
            let count = self.queue.len().min(config.batch);
            let commands = self.queue.drain(..count).collect();
            return Some((slot, Value::Commands(commands), false));
        }
        // "Idle until the new members are the members": no-ops bring them sooner.
        (slot < pending).then_some((slot, Value::Noop, false))
    }

    /// Phase 2a. The others are asked while the own vote is on its way to disk.
    fn propose(&mut self, slot: Slot, value: Value, recovered: bool, cx: &mut Context<'_, Self>) {
        let (upto, sent) = (self.executed, cx.now());
        let Some(proposer) = self.proposer_mut() else { return };
        let ballot = proposer.ballot;
        proposer.next = slot.next();
        let accepted = Members::new();
        let proposal = Proposal { value: value.clone(), recovered, accepted, sent };
        proposer.proposals.insert(slot, proposal);
        if value == Value::Noop {
            cx.mark(Mark::NoOpProposed);
        }
        let members = self.configurations.at(slot);
        let id = cx.id();
        let is_member = members.contains(&id);
        for member in members.iter().filter(|member| **member != id) {
            let accept = Accept { ballot, slot, value: value.clone(), upto };
            cx.send(*member, Message::Accept(accept));
        }
        if is_member {
            self.vote(cx.id(), slot, ballot, &value, cx);
        }
    }

    /// An acceptor has accepted; with a quorum of the slot's members, the value is chosen.
    pub(super) fn count_vote(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        slot: Slot,
        cx: &mut Context<'_, Self>,
    ) {
        let config = cx.config();
        let (Standing::Candidate(proposer) | Standing::Leader(proposer)) = &mut self.standing
        else {
            return;
        };
        let Some(proposal) = proposer.proposals.get_mut(&slot) else { return };
        let members = self.configurations.at(slot);
        if proposer.ballot != ballot || !members.contains(&from) {
            return;
        }
        proposal.accepted.insert(from);
        if proposal.accepted.len() >= config.accept_quorum(members)
            && let Some(proposal) = proposer.proposals.remove(&slot)
        {
            self.learn(slot, ballot, proposal.value, cx);
            self.go_on(cx);
        }
    }

    /// Somebody has a higher ballot: whoever proposes below it is outbid.
    pub(super) fn hear_ballot(&mut self, ballot: Ballot, cx: &mut Context<'_, Self>) {
        if self.proposer().is_some_and(|proposer| proposer.ballot < ballot) {
            cx.mark(Mark::Outbid);
            self.step_down(cx);
            self.promised = self.promised.max(Some(ballot));
            Self::write_vow(Record::Promised(ballot), cx);
            self.resting = true;
            cx.set_timer(Timer::Backoff, cx.config().backoff);
        }
    }

    pub(super) fn end_backoff(&mut self, cx: &mut Context<'_, Self>) {
        self.resting = false;
        self.reconsider(cx);
    }

    /// It proposes no more. Where a detector chooses the leader, clients find the next one;
    /// where everybody may lead, it will try again with what is not chosen yet.
    pub(super) fn step_down(&mut self, cx: &mut Context<'_, Self>) {
        let standing = std::mem::replace(&mut self.standing, Standing::Follower);
        let (Standing::Candidate(proposer) | Standing::Leader(proposer)) = standing else { return };
        cx.cancel_timer(Timer::Retry);
        self.changes.clear();
        if cx.config().leader == Leader::Omega {
            self.queue.clear();
            self.waiting.clear();
            return;
        }
        for proposal in proposer.proposals.into_values().rev() {
            if let Value::Commands(requests) = proposal.value {
                let own = requests.into_iter().rev();
                let own = own.filter(|request| self.waiting.contains_key(&request.operation));
                own.for_each(|request| self.queue.push_front(request));
            }
        }
        for (client, request) in proposer.reading.into_requests() {
            self.waiting.insert(request.operation, client);
            self.queue.push_back(request);
        }
    }

    /// Asks again where no answer has come in time.
    pub(super) fn retry(&mut self, cx: &mut Context<'_, Self>) {
        let (now, retry, from) = (cx.now(), cx.config().retry, self.executed.next());
        let upto = self.executed;
        let (Standing::Candidate(proposer) | Standing::Leader(proposer)) = &mut self.standing
        else {
            return;
        };
        cx.set_timer(Timer::Retry, retry);
        let ballot = proposer.ballot;
        for (member, asked) in &mut proposer.asked {
            let waits = !proposer.promises.contains_key(member) && *member != cx.id();
            if waits && now - *asked >= retry {
                *asked = now;
                cx.resend(*member, Message::Prepare { ballot, from });
            }
        }
        for (slot, proposal) in &mut proposer.proposals {
            if now - proposal.sent < retry {
                continue;
            }
            proposal.sent = now;
            for member in self.configurations.at(*slot) {
                if *member != cx.id() && !proposal.accepted.contains(member) {
                    let value = proposal.value.clone();
                    let accept = Accept { ballot, slot: *slot, value, upto };
                    cx.resend(*member, Message::Accept(accept));
                }
            }
        }
        self.retry_reads(cx);
    }

    /// A client asks.
    pub(super) fn serve(&mut self, from: NodeId, request: Request, cx: &mut Context<'_, Self>) {
        let operation = request.operation;
        if let Some(output) = self.store.answered(operation) {
            let answer = Answer::Done(output.clone());
            return cx.send(from, Message::Reply(Reply { operation, answer }));
        }
        if cx.config().leader == Leader::Omega && self.proposer().is_none() {
            let leader = Some(self.trusted()).filter(|leader| *leader != cx.id());
            let answer = Answer::Redirect(leader);
            return cx.send(from, Message::Reply(Reply { operation, answer }));
        }
        if request.command.is_read() && cx.config().reads != super::Reads::Log && self.is_leader() {
            return self.read(from, request, cx);
        }
        // A retry of what is under way waits for that.
        if self.waiting.insert(operation, from).is_none() {
            self.queue.push_back(request);
        }
        self.reconsider(cx);
        self.advance(cx);
    }
}
