//! Reads without an entry of the log: by ReadIndex, and by lease (thesis, 6.4). They bypass the
//! table of sessions: a read that is executed twice does no harm, so its response is not kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use service::{Answer, Output, Reply, Request};
use sim_node::NodeId;

use super::Leader;
use crate::types::Mark;
use crate::{Index, Message, Mutant, Reads, VoteResult};

/// Reads that the leader has not answered yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct PendingReads {
    /// The number of the last round that was begun in this term.
    last_round: u64,
    /// Rounds that no majority has confirmed yet.
    rounds: BTreeMap<u64, Round>,
    /// Reads that wait for the first commit of the term.
    awaiting_first_commit: Vec<(NodeId, Arc<Request>)>,
}

/// A round of heartbeats that confirms that this server is still the leader.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Round {
    /// The commit index when it began.
    read_index: Index,
    answered: BTreeSet<NodeId>,
    reads: Vec<(NodeId, Arc<Request>)>,
}

impl PendingReads {
    /// The latest round that is not confirmed; 0 when there is none. All heartbeats carry it, as
    /// those of the round itself may be lost.
    pub(super) fn latest_round(&self) -> u64 {
        self.rounds.last_key_value().map_or(0, |(round, _)| *round)
    }
}

impl Leader<'_, '_> {
    /// A client reads, and reads take no entry of the log (thesis, 6.4, steps 1 to 3).
    pub(super) fn on_read(&mut self, from: NodeId, request: Arc<Request>) {
        // Until an entry of its own term is committed, a leader does not know what is.
        let waits = !self.cx.config().has(Mutant::ReadBeforeCommit);
        if waits && !self.common.has_committed_in_current_term() {
            let waiting = &mut self.state.reads.awaiting_first_commit;
            waiting.retain(|(_, read)| read.operation != request.operation);
            waiting.push((from, request));
            return self.ensure_entry_of_current_term();
        }
        if self.cx.config().has(Mutant::ReadIndexNoQuorum) || self.has_lease() {
            return self.answer_read(from, &request);
        }
        let reads = &mut self.state.reads;
        if self.cx.config().has(Mutant::ReadJoinsRound)
            && let Some(mut open_round) = reads.rounds.last_entry()
        {
            return open_round.get_mut().reads.push((from, request));
        }
        reads.last_round += 1;
        let (number, id) = (reads.last_round, self.cx.id());
        let round = Round {
            read_index: self.common.commit_index,
            answered: BTreeSet::from([id]),
            reads: vec![(from, request)],
        };
        reads.rounds.insert(number, round);
        self.send_heartbeats(number);
        self.answer_confirmed_rounds();
    }

    /// A follower has answered a heartbeat of a round. It followed this leader after that round
    /// began, and so after every earlier one.
    pub(super) fn confirm_rounds(&mut self, from: NodeId, round: u64) {
        if round > 0 {
            for (_, earlier) in self.state.reads.rounds.range_mut(..=round) {
                earlier.answered.insert(from);
            }
            self.answer_confirmed_rounds();
        }
    }

    /// Answers the reads of every round that a majority has confirmed.
    fn answer_confirmed_rounds(&mut self) {
        while let Some(round) = self.state.reads.rounds.first_entry() {
            let answered = |node| round.get().answered.contains(&node).then_some(true);
            if self.common.configuration().vote(answered) != VoteResult::Won {
                return;
            }
            let round = round.remove();
            assert!(
                round.read_index <= self.common.last_applied,
                "a leader applies what it commits"
            );
            self.cx.mark(Mark::ReadConfirmed);
            for (client, request) in round.reads {
                self.answer_read(client, &request);
            }
        }
    }

    /// The first entry of the term is committed: reads that came before can begin.
    pub(super) fn start_deferred_reads(&mut self) {
        for (from, request) in std::mem::take(&mut self.state.reads.awaiting_first_commit) {
            self.on_read(from, request);
        }
    }

    fn answer_read(&mut self, client: NodeId, request: &Request) {
        let value = self.common.state_machine.get(request.command.key()).map(str::to_owned);
        let answer = Answer::Done(Output::Value(value));
        self.cx.send(client, Message::Reply(Reply { operation: request.operation, answer }));
    }

    /// Whether no other leader can have been elected: a majority has answered messages that were
    /// sent less than a lease ago, and disregards candidates for longer than that (thesis, 6.4.1).
    ///
    /// A voter's clock starts when a heartbeat *arrives*, the lease when it was *sent*, which is
    /// earlier; and the lease is shorter by the drift of clocks. Election timeouts of at least 150
    /// ms, drift 1%, three servers:
    ///
    /// ```text
    ///   0 ms  the leader sends heartbeats
    ///   8 ms  server 1 receives one, and disregards candidates until 158 ms of its own clock
    ///  90 ms  its answer arrives, late: the lease lasts until 148 ms, not until 238 ms
    /// 156 ms  the earliest instant, on the leader's clock, at which server 1 may vote for another
    /// ```
    ///
    /// A leadership transfer ends the lease, since its target is elected although voters disregard
    /// other candidates.
    fn has_lease(&self) -> bool {
        let config = self.cx.config();
        let is_void = self.state.transfer_begun && !config.has(Mutant::LeaseTransfer);
        if config.reads != Reads::Lease || is_void {
            return false;
        }
        let (id, now) = (self.cx.id(), config.lease_clock.read(self.cx));
        let since = self.common.configuration().quorum_value(|node| {
            if node == id {
                return Some(now);
            }
            self.state.progress.get(&node).and_then(|progress| progress.acknowledged_sent_at)
        });
        since.is_some_and(|since| now - since < config.lease())
    }
}
