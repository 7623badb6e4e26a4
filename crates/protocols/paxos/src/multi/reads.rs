//! Reads that need no slot: a leader asks whether it still leads.
//!
//! Why it is right: let s be the first slot that the leader has not executed. Whatever a client was
//! told before the read began, the leader has executed, unless a value was chosen in s by then.
//! * In a lower ballot than the leader's none was, and none ever will be: a phase-1 quorum of the
//!   members of s has promised so, and reported no vote in s.
//! * In its own ballot none was that it does not know of, but through votes that it counts itself.
//! * In a higher ballot, a phase-1 quorum of s had to promise first. It meets the phase-2 quorum
//!   that now, after the read began, says that it has promised nothing higher.

use std::collections::BTreeMap;

use serde::Serialize;
use service::{Answer, Operation, Output, Reply, Request};
use sim_node::{Context, LocalTime, NodeId};

use super::node::Standing;
use super::types::Mark;
use super::{Members, Message, Server};
use crate::Ballot;

/// Reads under way at a leader.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Reading {
    /// The last round that was begun.
    round: u64,
    /// Rounds that are not confirmed yet.
    rounds: BTreeMap<u64, Round>,
    /// Reads that wait until phase 1 is done for the next slot, and nothing was reported there.
    early: BTreeMap<Operation, (NodeId, Request)>,
}

/// A round of asking.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Round {
    /// The members of the first slot that was not executed when it began.
    members: Members,
    answered: Members,
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

impl Server {
    /// A client reads at the leader.
    pub(super) fn read(&mut self, client: NodeId, request: Request, cx: &mut Context<'_, Self>) {
        let (slot, sent, id) = (self.executed.next(), cx.now(), cx.id());
        let members = self.configurations.at(slot).clone();
        let Standing::Leader(proposer) = &mut self.standing else { return };
        let known = proposer.may_propose(slot, &members, cx.config()) && !proposer.recovers(slot);
        let (ballot, reading) = (proposer.ballot, &mut proposer.reading);
        if !known {
            reading.early.insert(request.operation, (client, request));
            return;
        }
        reading.early.remove(&request.operation);
        // A retry of a read that is under way begins a round of its own, and both are answered.
        reading.round += 1;
        let round = reading.round;
        let answered = members.iter().copied().filter(|member| *member == id).collect();
        for member in members.iter().filter(|member| **member != id) {
            cx.send(*member, Message::Confirm { ballot, round });
        }
        reading.rounds.insert(round, Round { members, answered, sent, client, request });
        self.settle_reads(cx);
    }

    /// A member has promised nothing higher.
    pub(super) fn count_confirmed(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        round: u64,
        cx: &mut Context<'_, Self>,
    ) {
        let Standing::Leader(proposer) = &mut self.standing else { return };
        if proposer.ballot != ballot {
            return;
        }
        // It answered after every earlier round had begun, too.
        for (_, earlier) in proposer.reading.rounds.range_mut(..=round) {
            if earlier.members.contains(&from) {
                earlier.answered.insert(from);
            }
        }
        self.settle_reads(cx);
    }

    /// Answers the reads of every round that a quorum has confirmed.
    fn settle_reads(&mut self, cx: &mut Context<'_, Self>) {
        let config = cx.config();
        let Standing::Leader(proposer) = &mut self.standing else { return };
        let rounds = proposer.reading.rounds.iter();
        let is_done = |round: &Round| round.answered.len() >= config.accept_quorum(&round.members);
        let done = rounds.filter(|(_, round)| is_done(round)).map(|(number, _)| *number);
        for number in done.collect::<Vec<_>>() {
            let Some(round) = proposer.reading.rounds.remove(&number) else { continue };
            cx.mark(Mark::ReadConfirmed);
            let value = self.store.get(round.request.command.key()).map(str::to_owned);
            let operation = round.request.operation;
            let answer = Answer::Done(Output::Value(value));
            cx.send(round.client, Message::Reply(Reply { operation, answer }));
        }
    }

    /// Something is executed, or promised: reads that came before may begin.
    pub(super) fn begin_early_reads(&mut self, cx: &mut Context<'_, Self>) {
        let Standing::Leader(proposer) = &mut self.standing else { return };
        for (client, request) in std::mem::take(&mut proposer.reading.early).into_values() {
            self.read(client, request, cx);
        }
    }

    /// Asks again where no answer has come in time.
    pub(super) fn retry_reads(&mut self, cx: &mut Context<'_, Self>) {
        let (now, retry) = (cx.now(), cx.config().retry);
        let Standing::Leader(proposer) = &mut self.standing else { return };
        let ballot = proposer.ballot;
        for (round, asked) in &mut proposer.reading.rounds {
            if now - asked.sent < retry {
                continue;
            }
            asked.sent = now;
            for member in asked.members.difference(&asked.answered) {
                if *member != cx.id() {
                    cx.resend(*member, Message::Confirm { ballot, round: *round });
                }
            }
        }
    }
}
