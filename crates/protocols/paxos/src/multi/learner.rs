//! What a learner does with chosen values: it executes them, slot by slot.

use service::{Answer, Operation, Output, Reply};
use sim_node::{Context, NodeId};

use super::acceptor::nack;
use super::leader::Pending;
use super::node::Timer;
use super::proposer::Proposer;
use super::replica::Replica;
use super::types::Mark;
use super::{AdminCommand, Message, Record, Server, Slot, Value, mutants};
use crate::Ballot;

impl Server {
    /// A value is chosen in a slot: in this ballot, or in a later one that proposed it again.
    pub(super) fn learn(
        &mut self,
        slot: Slot,
        ballot: Ballot,
        value: Value,
        cx: &mut Context<'_, Self>,
    ) {
        if self.replica.has_learned(slot) {
            return;
        }
        if let Proposer::Leading(leading) = &mut self.proposer {
            if leading.proposed(slot).is_some_and(|own| *own != value) {
                // A higher ballot has chosen another value than its own. Were it to go on, its
                // commit messages would tell acceptors that have voted for its own value that it
                // was chosen.
                self.outbid_by_unknown(cx);
            } else {
                leading.end_proposal(slot);
            }
        }
        cx.write(Record::Chosen { slot, ballot, value: value.clone() });
        self.replica.log.choose(slot, ballot, value);
    }

    /// After it has learned something: executes what comes next, and uses the room in the window.
    pub(super) fn proceed(&mut self, cx: &mut Context<'_, Self>) {
        if self.execute(cx) {
            self.reconsider(cx);
        }
        self.advance(cx);
    }

    /// Executes what is chosen, in the order of the slots and without gaps. Returns whether the
    /// members of the next slot may have changed.
    pub(super) fn execute(&mut self, cx: &mut Context<'_, Self>) -> bool {
        let mut reconfigured = false;
        loop {
            let next = self.replica.executed.next();
            let hole = mutants::slot_after_hole(cx.config(), next, &self.replica.log);
            let slot = hole.unwrap_or(next);
            let before = self.replica.configurations.newest().0;
            if !self.replica.execute_slot(slot, &mut self.pending, cx) {
                break;
            }
            // A command changes the members of later slots, or those of an earlier command are the
            // members from now on.
            reconfigured |= before != Slot(0) || self.replica.configurations.newest().0 != before;
        }
        if let Proposer::Leading(leading) = &mut self.proposer {
            leading.end_proposals_upto(self.replica.executed);
        }
        self.replica.request_snapshot(cx);
        reconfigured
    }

    /// All slots up to one are chosen. Where a leader says so, what this server has voted for in
    /// its ballot is what was chosen. What it has missed, it has to fetch.
    pub(super) fn on_chosen(
        &mut self,
        from: NodeId,
        ballot: Option<Ballot>,
        upto: Slot,
        cx: &mut Context<'_, Self>,
    ) {
        if upto <= self.replica.executed {
            return;
        }
        let mut slot = self.replica.executed.next();
        while slot <= upto {
            match self.replica.log.get(slot) {
                Some(entry) if entry.chosen => {}
                Some(entry) if Some(entry.ballot) == ballot => {
                    let (ballot, value) = (entry.ballot, entry.value.clone());
                    self.learn(slot, ballot, value, cx);
                }
                _ => break,
            }
            slot = slot.next();
        }
        self.proceed(cx);
        if upto > self.replica.executed {
            self.fall_behind(from, upto, cx);
        }
    }

    /// A commit message. A leader that was outbid while it had nothing to propose learns of it by
    /// the answer: else all would wait for a leader that cannot get anything accepted.
    pub(super) fn on_commit(
        &mut self,
        from: NodeId,
        ballot: Option<Ballot>,
        upto: Slot,
        cx: &mut Context<'_, Self>,
    ) {
        if let Some(ballot) = ballot {
            match self.replica.promised_above(ballot) {
                Some(promised) => nack(from, promised, cx),
                None => {
                    self.leader_active = true;
                    self.on_ballot(ballot, cx);
                }
            }
        }
        self.on_chosen(from, ballot, upto, cx);
    }

    /// The leader tells all servers what is chosen. A server that receives nothing from a leader
    /// does so, too: the one that ought to lead may not know that it should, as it has missed a
    /// reconfiguration.
    pub(super) fn send_commit(&mut self, cx: &mut Context<'_, Self>) {
        cx.set_timer(Timer::Heartbeat, cx.config().heartbeat);
        let leader_active = std::mem::take(&mut self.leader_active);
        let ballot = self.proposer.ballot().filter(|_| self.is_leader());
        if ballot.is_some() || !leader_active {
            cx.broadcast(&Message::Commit { ballot, upto: self.replica.executed });
        }
    }
}

impl Replica {
    /// Executes the next slot, if it knows what is chosen there. Returns whether it does.
    fn execute_slot(
        &mut self,
        slot: Slot,
        pending: &mut Pending,
        cx: &mut Context<'_, Server>,
    ) -> bool {
        let Some(entry) = self.log.get(slot).filter(|entry| entry.chosen) else { return false };
        match &entry.value {
            Value::Noop => {}
            Value::Commands(requests) => {
                for request in requests.iter() {
                    let output = self.store.execute(request.operation, &request.command);
                    if let Some(client) = pending.waiting.remove(&request.operation) {
                        answer(client, request.operation, output, cx);
                    }
                }
            }
            Value::Reconfigure(command) => {
                let (config, servers) = (cx.config(), cx.servers());
                let is_first = !self.configurations.is_done(command);
                let fits = self.configurations.execute(slot, command, config, servers);
                if is_first && command.server == cx.id() {
                    self.tell_of_command(command, cx);
                }
                cx.mark(if fits { Mark::Reconfigured } else { Mark::ReconfigurationRefused });
            }
        }
        self.executed = slot;
        true
    }
}

impl Replica {
    /// A command that was given to this server is executed: it was refused unless its members are
    /// the newest.
    fn tell_of_command(&self, command: &AdminCommand, cx: &mut Context<'_, Server>) {
        if self.configurations.newest().1 == command.members {
            cx.done(command.request);
        } else {
            cx.refuse(command.request, "quorums of these members need not meet");
        }
    }
}

/// Answers a client, unless a later operation of its session has overtaken this one.
fn answer(
    client: NodeId,
    operation: Operation,
    output: Option<Output>,
    cx: &mut Context<'_, Server>,
) {
    if let Some(output) = output {
        let answer = Answer::Done(output);
        cx.send(client, Message::Reply(Box::new(Reply { operation, answer })));
    }
}
