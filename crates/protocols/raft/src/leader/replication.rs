//! The leader's side of replication: what it appends, what its followers answer, and what is
//! committed (sections 5.3 and 5.4.2).

use std::ops::ControlFlow;
use std::sync::Arc;

use service::{Answer, Reply};
use sim_node::NodeId;

use super::{LEADS, Leader, Leads, StepDown};
use crate::core::persist;
use crate::server::Timer;
use crate::{
    AppendReply, AppendResult, Entry, Index, Message, Mutant, Payload, Record, SnapshotReply, Term,
    mutants,
};

impl Leader<'_, '_> {
    /// Appends an entry to its log. Followers get it while its own copy is on its way to disk, and
    /// that copy counts only once it is durable (thesis, 10.2.1).
    pub(super) fn propose(&mut self, payload: Payload) {
        let (term, log) = (self.core.current_term, &mut self.core.log);
        let (after, after_term) = (log.last_index(), log.last_term());
        let entries: Arc<[Entry]> = Arc::new([Entry { term, payload }]);
        // In memory first, so that it can be sent; the write follows the sends.
        let index = log.push(entries[0].clone());
        if let Payload::Configuration(configuration) = &entries[0].payload {
            self.core.configurations.push(index, configuration.clone());
            self.update_members();
        }
        self.batch = Some((index, entries.clone()));
        self.for_each_peer(|peer| peer.send_entries());
        self.cx.write(Record::Append { after, after_term, entries });
        persist(self.cx);
        self.cx.send(self.cx.id(), Message::Persisted(term, index));
    }

    /// Appends an empty entry, unless the log ends with an entry of the current term: only such an
    /// entry commits what is before it (section 5.4.2).
    pub(super) fn ensure_entry_of_current_term(&mut self) {
        if self.core.log.last_term() != self.core.current_term {
            self.propose(Payload::Noop);
        }
    }

    /// It is time for heartbeats.
    pub(crate) fn on_heartbeat_timeout(&mut self) -> Leads {
        self.cx.set_timer(Timer::Heartbeat, self.cx.config().heartbeat);
        let round = self.state.reads.latest_round();
        self.for_each_peer(|peer| peer.send_heartbeat_or_retry(round));
        LEADS
    }

    /// Sends heartbeats to all other members.
    pub(super) fn send_heartbeats(&mut self, round: u64) {
        self.for_each_peer(|peer| peer.send_heartbeat(round));
    }

    /// A follower has answered an AppendEntries.
    pub(crate) fn on_append_reply(&mut self, from: NodeId, reply: &AppendReply) -> Leads {
        let Some(progress) = self.state.progress.get_mut(&from) else { return LEADS };
        if reply.term < self.core.current_term || reply.result == AppendResult::OldTerm {
            if self.cx.config().has(Mutant::ReadIndexRetry) {
                self.confirm_rounds(from, reply.round);
            }
            return LEADS;
        }
        progress.recent_active = true;
        let from_answer = self.cx.config().has(Mutant::LeaseFromAnswer);
        let since = if from_answer { self.cx.now() } else { reply.sent_at };
        progress.acknowledged_sent_at = progress.acknowledged_sent_at.max(Some(since));
        match reply.result {
            AppendResult::Success(index) => {
                if progress.on_match(index) {
                    self.advance_commit_to(index)?;
                    self.on_follower_progress(from);
                }
            }
            AppendResult::Conflict { rejected, term, first } => {
                let next = self.next_index_after_conflict(term, first);
                if let Some(peer) = self.peer(from) {
                    peer.progress.on_conflict(rejected, next);
                }
            }
            AppendResult::OldTerm => {}
        }
        if let Some(mut peer) = self.peer(from) {
            peer.send_entries();
        }
        self.confirm_rounds(from, reply.round);
        LEADS
    }

    /// Where a follower's log may match after a refusal. `term` is the follower's term at the index
    /// that it refused, and `first` the first index of that term there; without a term its log ends
    /// before `first`. If this leader has entries of that term, the logs may match up to its last
    /// one; if not, nothing of that term matches, and the leader skips it (section 5.3).
    ///
    /// ```text
    /// index                1 2 3 4 5 6 7 8 9
    /// leader, term 6       1 1 1 4 4 5 5 6
    /// follower             1 1 1 4 4 4 4
    ///
    /// AppendEntries prev 8 (term 6): its log ends; first = 8             next index 8
    /// AppendEntries prev 7 (term 5): it has term 4 there, from 4 on;
    ///                                the leader's last entry of 4 is 5   next index 6
    /// AppendEntries prev 5 (term 4): it matches; entries 6 to 8 replace the follower's 6 and 7
    ///
    /// follower             1 1 1 2 2 3 3
    ///
    /// AppendEntries prev 7 (term 5): it has term 3 there, from 6 on;
    ///                                the leader has no term 3            next index 6
    /// AppendEntries prev 5 (term 4): it has term 2 there, from 4 on;
    ///                                the leader has no term 2            next index 4
    /// AppendEntries prev 3 (term 1): it matches
    /// ```
    fn next_index_after_conflict(&self, term: Option<Term>, first: Index) -> Index {
        let ours = term.and_then(|term| self.core.log.last_of_term(term));
        ours.map_or(first, Index::next)
    }

    /// A follower has answered a chunk of a snapshot.
    pub(crate) fn on_snapshot_reply(&mut self, from: NodeId, reply: &SnapshotReply) -> Leads {
        let Some(peer) = self.peer(from) else { return LEADS };
        if reply.term < peer.core.current_term {
            return LEADS;
        }
        peer.progress.recent_active = true;
        if reply.installed && peer.progress.on_match(reply.last_included_index) {
            self.advance_commit_to(reply.last_included_index)?;
            self.on_follower_progress(from);
        }
        if let Some(mut peer) = self.peer(from) {
            if reply.installed {
                peer.send_entries();
            } else {
                peer.continue_snapshot(reply.last_included_index, reply.received);
            }
        }
        LEADS
    }

    /// Its own log is durable up to an index, as it was in this term.
    pub(crate) fn on_persisted(&mut self, term: Term, index: Index) -> Leads {
        if term == self.core.current_term {
            self.state.durable_index = self.state.durable_index.max(index);
            self.advance_commit_to(index)?;
        }
        LEADS
    }

    /// A member has stored the log up to an index. That can commit only what is up to there: an
    /// index that is committed, in a configuration that is, commits nothing new.
    fn advance_commit_to(&mut self, index: Index) -> Leads {
        if index <= self.core.commit_index && self.core.is_configuration_committed() {
            return LEADS;
        }
        self.advance_commit()
    }

    /// "If there exists an N such that N > commitIndex, a majority of matchIndex\[i\] >= N, and
    /// log\[N\].term == currentTerm: set commitIndex = N" (figure 2; section 5.4.2 says why an
    /// entry of an older term is not committed by counting).
    fn advance_commit(&mut self) -> Leads {
        let (id, config) = (self.cx.id(), self.cx.config());
        let durable_index = self.state.durable_index;
        let own = if config.has(Mutant::LeaderNotCounted) { Index(0) } else { durable_index };
        let progress = &self.state.progress;
        let match_index = |node: NodeId| match progress.get(&node) {
            Some(progress) => progress.match_index,
            None if node == id => own,
            None => Index(0),
        };
        let configuration = mutants::counted_configuration(self.core.configuration(), self.cx);
        let mut index = configuration.committed(match_index);
        if config.has(Mutant::OneAck) {
            index = mutants::one_acknowledged(self.state, index);
        }
        if index > self.core.commit_index {
            let term = self.core.log.term_at(index);
            if term == Some(self.core.current_term) || config.has(Mutant::Fig8) {
                return self.commit(index);
            }
        }
        LEADS
    }

    /// Commits the log up to an index, answers the clients that wait for it, and goes on with what
    /// waited for a commit.
    fn commit(&mut self, index: Index) -> Leads {
        let waiting = &mut self.state.waiting_clients;
        self.core.commit(index, self.cx, |operation, output, cx| {
            if let (Some(client), Some(output)) = (waiting.remove(&operation), output) {
                let answer = Answer::Done(output);
                cx.send(client, Message::Reply(Reply { operation, answer }));
            }
        });
        self.start_early_reads();
        if self.is_removed() {
            // Its successor should learn the commit index.
            self.send_heartbeats(0);
            return ControlFlow::Break(StepDown);
        }
        self.continue_change();
        LEADS
    }
}
