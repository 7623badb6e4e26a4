//! Reads that need no entry: by ReadIndex, and by lease (Ongaro's thesis, 6.4).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use service::{Answer, Output, Reply, Request};
use sim_node::{Context, NodeId};

use crate::node::Standing;
use crate::types::Mark;
use crate::{Index, Message, Mutant, Reads, Server, VoteResult};

/// Reads under way at a leader.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Reading {
    /// The last round that was begun; each is a fresh context of this term.
    round: u64,
    /// Rounds that are not confirmed yet.
    rounds: BTreeMap<u64, Round>,
    /// Reads that wait for the first commit of the term.
    early: Vec<(NodeId, Request)>,
}

/// A round of heartbeats that confirms leadership.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Round {
    /// The commit index when it began.
    index: Index,
    answered: BTreeSet<NodeId>,
    reads: Vec<(NodeId, Request)>,
}

impl Server {
    /// A client reads at the leader.
    pub(crate) fn read(&mut self, from: NodeId, request: Request, cx: &mut Context<'_, Self>) {
        // Until an entry of its own term is committed, a leader does not know what is (6.4, step
        // 1).
        if self.log.term_at(self.commit) != Some(self.term) {
            if let Standing::Leader(leading) = &mut self.standing {
                leading.reading.early.retain(|(_, early)| early.operation != request.operation);
                leading.reading.early.push((from, request));
            }
            return self.want_own_entry(cx);
        }
        if cx.config().has(Mutant::ReadIndexNoQuorum) || self.has_lease(cx) {
            return self.answer_read(from, &request, cx);
        }
        let (id, index) = (cx.id(), self.commit);
        let Standing::Leader(leading) = &mut self.standing else { return };
        let reading = &mut leading.reading;
        if cx.config().has(Mutant::ReadJoinsRound)
            && let Some(mut under_way) = reading.rounds.last_entry()
        {
            return under_way.get_mut().reads.push((from, request));
        }
        reading.round += 1;
        let round = reading.round;
        let reads = vec![(from, request)];
        reading.rounds.insert(round, Round { index, answered: BTreeSet::from([id]), reads });
        for node in self.others(id) {
            self.beat(node, round, cx);
        }
        self.settle_rounds(cx);
    }

    /// The latest round that is not confirmed; 0 without one. Heartbeats carry it, as the messages
    /// of the round may be lost.
    pub(crate) fn round_to_confirm(&self) -> u64 {
        let Standing::Leader(leading) = &self.standing else { return 0 };
        leading.reading.rounds.last_key_value().map_or(0, |(round, _)| *round)
    }

    /// A follower has answered a heartbeat of a round: it followed this leader after the round
    /// began, and after every earlier one.
    pub(crate) fn confirm_round(&mut self, from: NodeId, round: u64, cx: &mut Context<'_, Self>) {
        if round == 0 {
            return;
        }
        let Standing::Leader(leading) = &mut self.standing else { return };
        for (_, earlier) in leading.reading.rounds.range_mut(..=round) {
            earlier.answered.insert(from);
        }
        self.settle_rounds(cx);
    }

    /// Answers the reads of every round that a majority has confirmed.
    fn settle_rounds(&mut self, cx: &mut Context<'_, Self>) {
        loop {
            let Standing::Leader(leading) = &self.standing else { return };
            let Some((&number, round)) = leading.reading.rounds.first_key_value() else { return };
            let answered = |node: NodeId| round.answered.contains(&node).then_some(true);
            if self.configuration().vote(answered) != VoteResult::Won {
                return;
            }
            assert!(round.index <= self.applied, "a leader applies what it commits");
            let Standing::Leader(leading) = &mut self.standing else { return };
            let Some(round) = leading.reading.rounds.remove(&number) else { return };
            cx.mark(Mark::ReadConfirmed);
            for (client, request) in round.reads {
                self.answer_read(client, &request, cx);
            }
        }
    }

    /// The first entry of the term is committed: reads that came before can begin.
    pub(crate) fn begin_early_reads(&mut self, cx: &mut Context<'_, Self>) {
        let Standing::Leader(leading) = &mut self.standing else { return };
        for (from, request) in std::mem::take(&mut leading.reading.early) {
            self.read(from, request, cx);
        }
    }

    fn answer_read(&self, client: NodeId, request: &Request, cx: &mut Context<'_, Self>) {
        let value = self.store.get(request.command.key()).map(str::to_owned);
        let answer = Answer::Done(Output::Value(value));
        cx.send(client, Message::Reply(Reply { operation: request.operation, answer }));
    }

    /// Whether nobody else can have been elected: a majority has answered messages that were sent
    /// less than a lease ago, and withholds its votes for longer (thesis, 6.4.1). A transfer
    /// voids it, as its target may be elected at once.
    fn has_lease(&self, cx: &Context<'_, Self>) -> bool {
        let Standing::Leader(leading) = &self.standing else { return false };
        let is_void = leading.transfer_begun && !cx.config().has(Mutant::LeaseTransfer);
        if cx.config().reads != Reads::Lease || is_void {
            return false;
        }
        let (id, now) = (cx.id(), cx.now());
        let base = self.configuration().reached(|node| {
            if node == id {
                return Some(now);
            }
            leading.progress.get(&node).and_then(|progress| progress.acknowledged)
        });
        base.is_some_and(|base| now - base < cx.config().lease())
    }
}
