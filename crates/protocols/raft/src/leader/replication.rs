//! The leader's side of replication: appending entries, the replies of followers, and committing
//! (sections 5.3 and 5.4.2).

use std::ops::ControlFlow;
use std::sync::Arc;

use service::{Answer, Reply};
use sim_node::NodeId;

use super::{Leader, Outcome, STILL_LEADER, StepDown};
use crate::common::hold_sends_until_durable;
use crate::server::Timer;
use crate::{
    AppendEntriesReply, AppendResult, Entry, Index, InstallSnapshotReply, Log, Message, Mutant,
    Payload, Record, Term, mutants,
};

impl Leader<'_, '_> {
    /// Appends an entry to its log. Followers get it while its own copy is on its way to disk, and
    /// that copy counts only once it is durable (thesis, 10.2.1).
    pub(super) fn propose(&mut self, payload: Payload) {
        let (term, log) = (self.common.current_term, &mut self.common.log);
        let (after, after_term) = (log.last_index(), log.last_term());
        let entries: Arc<[Entry]> = Arc::new([Entry { term, payload }]);
        // In memory first, so that it can be sent; the write follows the sends.
        let index = log.push(entries[0].clone());
        if let Payload::Configuration(configuration) = &entries[0].payload {
            self.common.configurations.push(index, configuration.clone());
            self.update_members();
        }
        self.batch = Some((index, entries.clone()));
        self.for_each_peer(|peer| peer.send_entries());
        self.cx.write(Record::Append { after, after_term, entries });
        hold_sends_until_durable(self.cx);
        self.cx.send(self.cx.id(), Message::Persisted(term, index));
    }

    /// Appends a no-op, unless the log ends with an entry of the current term: only such an
    /// entry commits what is before it (section 5.4.2).
    pub(super) fn ensure_entry_of_current_term(&mut self) {
        if self.common.log.last_term() != self.common.current_term {
            self.propose(Payload::Noop);
        }
    }

    /// It is time for heartbeats.
    pub(crate) fn on_heartbeat_timeout(&mut self) -> Outcome {
        self.cx.set_timer(Timer::Heartbeat, self.cx.config().heartbeat);
        let round = self.state.reads.latest_round();
        self.for_each_peer(|peer| peer.send_heartbeat_or_retry(round));
        STILL_LEADER
    }

    /// Sends heartbeats to all other members.
    pub(super) fn send_heartbeats(&mut self, round: u64) {
        self.for_each_peer(|peer| peer.send_heartbeat(round));
    }

    /// A follower has answered an AppendEntries.
    pub(crate) fn on_append_entries_reply(
        &mut self,
        from: NodeId,
        reply: &AppendEntriesReply,
    ) -> Outcome {
        let Some(progress) = self.state.progress.get_mut(&from) else { return STILL_LEADER };
        if reply.term < self.common.current_term || reply.result == AppendResult::StaleTerm {
            if self.cx.config().has(Mutant::ReadIndexRetry) {
                self.confirm_rounds(from, reply.round);
            }
            return STILL_LEADER;
        }
        progress.recent_active = true;
        let from_answer = self.cx.config().has(Mutant::LeaseFromAnswer);
        let now = self.cx.config().lease_clock.note(self.cx);
        let since = if from_answer { now } else { reply.sent_at };
        progress.acknowledged_sent_at = progress.acknowledged_sent_at.max(Some(since));
        match reply.result {
            AppendResult::Success(index) => {
                if progress.on_match(index) {
                    self.on_stored(index)?;
                    self.on_follower_progress(from);
                }
            }
            AppendResult::Rejected { rejected, conflict_term, first_index } => {
                let (log, config) = (&self.common.log, self.cx.config());
                let next = match config.has(Mutant::BackBeyondLog) {
                    true => Index(rejected.0 - config.entries_per_append as u64),
                    false => next_index_after_rejection(log, conflict_term, first_index),
                };
                progress.on_rejected(rejected, next);
            }
            AppendResult::StaleTerm => {}
        }
        if let Some(mut peer) = self.peer(from) {
            peer.send_entries();
        }
        // A rejection confirms a round as well: the follower is in this leader's term.
        self.confirm_rounds(from, reply.round);
        STILL_LEADER
    }

    /// A follower has answered a chunk of a snapshot.
    pub(crate) fn on_install_snapshot_reply(
        &mut self,
        from: NodeId,
        reply: &InstallSnapshotReply,
    ) -> Outcome {
        let Some(peer) = self.peer(from) else { return STILL_LEADER };
        if reply.term < peer.common.current_term {
            return STILL_LEADER;
        }
        peer.progress.recent_active = true;
        if reply.is_covered && peer.progress.on_match(reply.last_included_index) {
            self.on_stored(reply.last_included_index)?;
            self.on_follower_progress(from);
        }
        if let Some(mut peer) = self.peer(from) {
            if reply.is_covered {
                peer.send_entries();
            } else {
                peer.continue_snapshot(reply.last_included_index, reply.received);
            }
        }
        STILL_LEADER
    }

    /// Its own log is durable up to `index`; ignored if the term has changed.
    pub(crate) fn on_persisted(&mut self, term: Term, index: Index) -> Outcome {
        if term == self.common.current_term {
            self.state.durable_index = self.state.durable_index.max(index);
            self.on_stored(index)?;
        }
        STILL_LEADER
    }

    /// A member has stored the log up to `index`. If `index` is committed already, this commits
    /// nothing new, unless the configuration in effect is not committed yet: that one took effect
    /// when it was appended, and its majority may have stored more.
    fn on_stored(&mut self, index: Index) -> Outcome {
        if index <= self.common.commit_index && self.common.is_configuration_committed() {
            return STILL_LEADER;
        }
        self.advance_commit()
    }

    /// "If there exists an N such that N > commitIndex, a majority of matchIndex\[i\] >= N, and
    /// log\[N\].term == currentTerm: set commitIndex = N" (figure 2; section 5.4.2 says why an
    /// entry of an older term is not committed by counting).
    fn advance_commit(&mut self) -> Outcome {
        let (id, config) = (self.cx.id(), self.cx.config());
        let durable_index = self.state.durable_index;
        let own = if config.has(Mutant::LeaderNotCounted) { Index(0) } else { durable_index };
        let progress = &self.state.progress;
        let match_index = |node: NodeId| match progress.get(&node) {
            Some(progress) => progress.match_index,
            None if node == id => own,
            None => Index(0),
        };
        let configuration = mutants::counted_configuration(self.common.configuration(), self.cx);
        let mut index = configuration.committed(match_index);
        if config.has(Mutant::OneAck) {
            index = mutants::one_acknowledged(self.state, index);
        }
        if index > self.common.commit_index {
            let term = self.common.log.term_at(index);
            if term == Some(self.common.current_term) || config.has(Mutant::Fig8) {
                return self.commit(index);
            }
        }
        STILL_LEADER
    }

    /// Commits the log up to an index, answers the clients that wait for it, and continues reads
    /// and membership changes that waited for a commit.
    fn commit(&mut self, index: Index) -> Outcome {
        let waiting = &mut self.state.waiting_clients;
        self.common.advance_commit_index(index, self.cx, |operation, output, cx| {
            if let (Some(client), Some(output)) = (waiting.remove(&operation), output) {
                let answer = Answer::Done(output);
                cx.send(client, Message::Reply(Reply { operation, answer }));
            }
        });
        self.start_deferred_reads();
        if self.is_removed() {
            // So that followers learn the commit index before this leader steps down.
            self.send_heartbeats(0);
            return ControlFlow::Break(StepDown);
        }
        self.continue_change();
        STILL_LEADER
    }
}

/// The nextIndex after a rejection, at a leader with this log. `conflict_term` is the follower's
/// term at the index that it rejected, and `first_index` the first index of that term there;
/// without a term its log ends before `first_index`. If the leader has entries of that term, the
/// logs may match up to its last one; if not, nothing of that term matches, and the leader skips it
/// (section 5.3).
///
/// ```text
/// index                1 2 3 4 5 6 7 8 9
/// leader, term 6       1 1 1 4 4 5 5 6
/// follower             1 1 1 4 4 4 4
///
/// AppendEntries prev 8 (term 6): its log ends: index 8               next index 8
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
fn next_index_after_rejection(log: &Log, conflict_term: Option<Term>, first_index: Index) -> Index {
    let ours = conflict_term.and_then(|term| log.last_of_term(term));
    ours.map_or(first_index, Index::next)
}
