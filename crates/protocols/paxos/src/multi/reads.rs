//! Reads that need no slot: a leader asks whether it still leads.
//!
//! Why it is right: let s be the first slot that the leader has not executed when the read begins.
//! The read must see whatever a client was told before, and the leader has executed that unless a
//! value was chosen in s by then.
//! * In a lower ballot than the leader's, none was, and none ever will be: a phase-1 quorum of the
//!   members of s has promised so, and reported no vote in s.
//! * In its own ballot, none was: it would know, as it counts the votes itself.
//! * In a higher ballot, a phase-1 quorum of s had to promise first. It meets the phase-2 quorum
//!   that confirms, after the read began, that it has promised nothing higher.
//!
//! An example: server 0 leads in ballot 1.0, has executed slot 7, and is cut off from servers 2 to
//! 4, which have elected server 2 in ballot 2.2. A client asks server 0 for a value that server 2
//! has changed in slot 8. Server 0 asks all members to confirm ballot 1.0. Server 1 does; with
//! server 0 that is two of five, and no quorum. Once the network is whole, servers 2 to 4 answer
//! with a `Nack` of ballot 2.2: server 0 steps down, and the client asks server 2.

use std::collections::BTreeMap;

use serde::Serialize;
use service::{Answer, Operation, Output, Reply, Request};
use sim_node::{Context, LocalTime, NodeId};

use super::leader::LeaderHandler;
use super::types::Mark;
use super::{Members, Message, Server};

/// Reads under way at a leader.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Reading {
    /// The last round that was begun.
    round: u64,
    /// Rounds that are not confirmed yet.
    rounds: BTreeMap<u64, Round>,
    /// Reads that wait until phase 1 is done for the next slot, and no earlier ballot may have
    /// chosen anything there.
    early: BTreeMap<Operation, (NodeId, Request)>,
}

/// A round of questions, for one read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Round {
    /// The members of the first slot that was not executed when it began.
    members: Members,
    /// Those of them that have promised nothing higher.
    confirmed: Members,
    sent: LocalTime,
    client: NodeId,
    request: Request,
}

impl Reading {
    /// All reads that are not answered.
    pub(super) fn into_requests(self) -> impl Iterator<Item = (NodeId, Request)> {
        let rounds = self.rounds.into_values().map(|round| (round.client, round.request));
        rounds.chain(self.early.into_values())
    }
}

impl LeaderHandler<'_> {
    /// A client reads.
    pub(super) fn read(&mut self, client: NodeId, request: Request, cx: &mut Context<'_, Server>) {
        let (slot, sent, id) = (self.replica.executed.next(), cx.now(), cx.id());
        let members = self.replica.configurations.at(slot);
        let is_prepared = self.leading.phase_1.is_done(slot, members, cx.config());
        let may_begin = is_prepared && !self.leading.recovers(slot);
        let (ballot, reading) = (self.leading.phase_1.ballot, &mut self.leading.reading);
        if !may_begin {
            reading.early.insert(request.operation, (client, request));
            return;
        }
        reading.early.remove(&request.operation);
        // A retry of a read that is under way begins a round of its own, and both are answered.
        reading.round += 1;
        let round = reading.round;
        let confirmed = members.iter().filter(|member| *member == id).collect();
        for member in members.iter().filter(|member| *member != id) {
            cx.send(member, Message::Confirm { ballot, round });
        }
        reading.rounds.insert(round, Round { members, confirmed, sent, client, request });
        self.answer_reads(cx);
    }

    /// A member has promised nothing higher than this ballot.
    pub(super) fn on_confirmed(&mut self, from: NodeId, round: u64, cx: &mut Context<'_, Server>) {
        // It answered after every earlier round had begun, too.
        for (_, earlier) in self.leading.reading.rounds.range_mut(..=round) {
            if earlier.members.contains(from) {
                earlier.confirmed.insert(from);
            }
        }
        self.answer_reads(cx);
    }

    /// Answers the reads of every round that a quorum has confirmed.
    fn answer_reads(&mut self, cx: &mut Context<'_, Server>) {
        let (config, store) = (cx.config(), &self.replica.store);
        self.leading.reading.rounds.retain(|_, round| {
            let is_done = round.confirmed.len() >= config.accept_quorum(round.members);
            if is_done {
                cx.mark(Mark::ReadConfirmed);
                let value = store.get(round.request.command.key()).map(str::to_owned);
                let operation = round.request.operation;
                let answer = Answer::Done(Output::Value(value));
                cx.send(round.client, Message::Reply(Box::new(Reply { operation, answer })));
            }
            !is_done
        });
    }

    /// A slot is executed, or a member has promised: reads that came before may begin.
    pub(super) fn begin_early_reads(&mut self, cx: &mut Context<'_, Server>) {
        for (client, request) in std::mem::take(&mut self.leading.reading.early).into_values() {
            self.read(client, request, cx);
        }
    }

    /// Asks those again that have not answered in time.
    pub(super) fn ask_again_for_reads(&mut self, cx: &mut Context<'_, Server>) {
        let (now, retry, ballot) = (cx.now(), cx.config().retry, self.leading.phase_1.ballot);
        for (round, asked) in &mut self.leading.reading.rounds {
            if now - asked.sent < retry {
                continue;
            }
            asked.sent = now;
            for member in asked.members.difference(asked.confirmed) {
                if member != cx.id() {
                    cx.resend(member, Message::Confirm { ballot, round: *round });
                }
            }
        }
    }
}
