//! What a learner does with chosen values: it executes them, slot by slot.

use service::{Answer, Output, Reply};
use sim_node::{Context, NodeId};

use super::node::Timer;
use super::types::Mark;
use super::{Message, Mutant, Record, Server, Slot, Value};
use crate::Ballot;

impl Server {
    /// A value is chosen in a slot; it was proposed in this ballot, if not first in this one.
    pub(super) fn learn(
        &mut self,
        slot: Slot,
        ballot: Ballot,
        value: Value,
        cx: &mut Context<'_, Self>,
    ) {
        if slot <= self.executed || self.log.is_chosen(slot) {
            return;
        }
        let own = self.proposer().and_then(|proposer| proposer.proposals.get(&slot));
        if own.is_some_and(|own| own.value != value) {
            // Another value than its own was chosen, so by a higher ballot. Were it to go on, its
            // commit messages would tell acceptors that have voted for its own value that it was
            // chosen.
            self.be_outbid(cx);
        } else if let Some(proposer) = self.proposer_mut() {
            proposer.proposals.remove(&slot);
        }
        cx.write(Record::Chosen { slot, ballot, value: value.clone() });
        self.log.choose(slot, ballot, value);
    }

    /// It is outbid, and does not know by whom: it proposes no more, and waits before it tries
    /// again.
    pub(super) fn be_outbid(&mut self, cx: &mut Context<'_, Self>) {
        cx.mark(Mark::Outbid);
        self.step_down(cx);
        self.resting = true;
        cx.set_timer(Timer::Backoff, cx.config().backoff);
    }

    /// After something was learned: executes what is next, and uses the room in the window.
    pub(super) fn go_on(&mut self, cx: &mut Context<'_, Self>) {
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
            let mut slot = self.executed.next();
            if cx.config().has(Mutant::Hole) && !self.log.is_chosen(slot) {
                slot = slot.next();
            }
            let Some(entry) = self.log.get(slot).filter(|entry| entry.chosen) else { break };
            let before = self.configurations.newest().0;
            match &entry.value {
                Value::Noop => {}
                Value::Commands(requests) => {
                    for request in requests {
                        let output = self.store.execute(request.operation, &request.command);
                        let Some(client) = self.waiting.remove(&request.operation) else {
                            continue;
                        };
                        answer(client, request.operation, output, cx);
                    }
                }
                Value::Reconfigure(wish) => {
                    let (config, servers) = (cx.config(), cx.servers());
                    let fits = self.configurations.execute(slot, wish, config, servers);
                    cx.mark(if fits { Mark::Reconfigured } else { Mark::ReconfigurationRefused });
                }
            }
            self.executed = slot;
            // A change is made, or one that was made takes effect.
            reconfigured |= before != Slot(0) || self.configurations.newest().0 != before;
        }
        let executed = self.executed;
        if let Some(proposer) = self.proposer_mut() {
            while proposer.proposals.first_key_value().is_some_and(|(slot, _)| *slot <= executed) {
                proposer.proposals.pop_first();
            }
        }
        self.want_snapshot(cx);
        reconfigured
    }

    /// Somebody says that all slots up to one are chosen. Where a leader says so, the own votes in
    /// its ballot are for what was chosen; what is missed, others must tell.
    pub(super) fn hear_chosen(
        &mut self,
        from: NodeId,
        ballot: Option<Ballot>,
        upto: Slot,
        cx: &mut Context<'_, Self>,
    ) {
        if upto <= self.executed {
            return;
        }
        let mut slot = self.executed.next();
        while slot <= upto {
            let entry = self.log.get(slot);
            match entry {
                Some(entry) if entry.chosen => {}
                Some(entry) if Some(entry.ballot) == ballot => {
                    let value = entry.value.clone();
                    self.learn(slot, entry.ballot, value, cx);
                }
                _ => break,
            }
            slot = slot.next();
        }
        self.go_on(cx);
        if upto > self.executed {
            self.notice(from, upto, cx);
        }
    }

    /// A commit message. A leader that was outbid while nobody asked it for anything learns of it
    /// here: else everybody would wait for a leader that is none.
    pub(super) fn hear_commit(
        &mut self,
        from: NodeId,
        ballot: Option<Ballot>,
        upto: Slot,
        cx: &mut Context<'_, Self>,
    ) {
        match (ballot, self.promised) {
            (Some(ballot), Some(promised)) if ballot < promised => Self::nack(from, promised, cx),
            (Some(ballot), _) => {
                self.heard = true;
                self.hear_ballot(ballot, cx);
            }
            (None, _) => {}
        }
        self.hear_chosen(from, ballot, upto, cx);
    }

    /// The leader tells all servers what is chosen. Where no leader is heard, everybody does: the
    /// server that ought to lead may not know that it should, as it has missed a reconfiguration.
    pub(super) fn tell_commit(&mut self, cx: &mut Context<'_, Self>) {
        cx.set_timer(Timer::Heartbeat, cx.config().heartbeat);
        let heard = std::mem::take(&mut self.heard);
        let ballot = if self.is_leader() { self.ballot() } else { None };
        if ballot.is_some() || !heard {
            cx.broadcast(&Message::Commit { ballot, upto: self.executed });
        }
    }
}

fn answer(
    client: NodeId,
    operation: service::Operation,
    output: Option<Output>,
    cx: &mut Context<'_, Server>,
) {
    if let Some(output) = output {
        let answer = Answer::Done(output);
        cx.send(client, Message::Reply(Reply { operation, answer }));
    }
}
