//! [`Peer`]: the messages of a leader to one other member: entries, heartbeats, its snapshot.

use std::sync::Arc;

use sim_node::{Context, NodeId};

use super::{Batch, Progress, ProgressState};
use crate::common::CommonState;
use crate::{AppendEntries, Entry, Index, InstallSnapshot, Message, Mutant, Server, Term};

/// Another member, at a leader.
pub(super) struct Peer<'a, 'c> {
    pub(super) common: &'a CommonState,
    pub(super) id: NodeId,
    pub(super) progress: &'a mut Progress,
    pub(super) cx: &'a mut Context<'c, Server>,
    pub(super) batch: &'a mut Batch,
    /// The leader's own log is not durable up to its end: what it has sent since may be held.
    pub(super) waits_for_disk: bool,
}

impl Peer<'_, '_> {
    /// Sends the entries that it lacks, as far as its progress allows now.
    pub(super) fn send_entries(&mut self) {
        let (last, in_flight) = (self.common.log.last_index(), self.cx.config().in_flight);
        while self.progress.next_index <= last && self.progress.may_send(in_flight) {
            if self.progress.next_index <= self.common.log.base() {
                return self.start_snapshot();
            }
            let entries = self.entries_from(self.progress.next_index);
            let previous = self.progress.next_index.previous();
            let upto = Index(previous.0 + entries.len() as u64);
            let is_repeated = self.progress.on_sent(upto);
            let append = Message::AppendEntries(self.append_entries(previous, entries, 0));
            if is_repeated {
                self.cx.resend(self.id, append);
            } else {
                self.cx.send(self.id, append);
            }
        }
    }

    /// A heartbeat. In state Probe it first sends the unanswered entries again. In state Replicate
    /// it sends only the heartbeat, with prevLogIndex = nextIndex - 1: if entries were lost, the
    /// follower rejects it and the leader goes back to Probe. In state Snapshot it sends the
    /// unanswered chunk again. So RPCs are not retried one by one, unlike in section 5.1.
    pub(super) fn send_heartbeat_or_retry(&mut self, round: u64) {
        let last = self.common.log.last_index();
        match &mut self.progress.state {
            ProgressState::Snapshot { .. } if self.cx.config().has(Mutant::SnapshotNoRetry) => {
                self.send_heartbeat(round);
            }
            ProgressState::Snapshot { .. } => {
                self.send_chunk(true);
                // A chunk resets the election timer, but confirms no round of ReadIndex.
                if round > 0 {
                    self.send_heartbeat(round);
                }
            }
            ProgressState::Probe { in_flight }
                if *in_flight && self.progress.next_index <= last =>
            {
                *in_flight = false;
                self.send_entries();
                self.send_heartbeat(round);
            }
            ProgressState::Probe { .. } | ProgressState::Replicate(_) => self.send_heartbeat(round),
        }
    }

    /// Sends an AppendEntries without entries.
    pub(super) fn send_heartbeat(&mut self, round: u64) {
        // If nextIndex is compacted, prevLogIndex is the base.
        let base = self.common.log.base();
        if self.waits_for_disk && self.cx.config().heartbeats_pass_disk {
            // The entries behind matchIndex may wait for the disk, and it overtakes them: a
            // follower would reject it for the lack of what has not left yet.
            let previous = self.progress.match_index.max(base);
            let heartbeat = self.append_entries(previous, Arc::default(), round);
            return self.cx.send_at_once(self.id, Message::AppendEntries(heartbeat));
        }
        let previous = self.progress.next_index.previous().max(base);
        let heartbeat = self.append_entries(previous, Arc::default(), round);
        self.cx.send(self.id, Message::AppendEntries(heartbeat));
    }

    /// The peer needs entries that are compacted: starts to send it the snapshot.
    fn start_snapshot(&mut self) {
        if let Some(snapshot) = &self.common.snapshot {
            let snapshot = snapshot.clone();
            self.progress.state = ProgressState::Snapshot { snapshot, offset: 0 };
            self.send_chunk(false);
        }
    }

    /// The peer has received `received` items of snapshot `index`: sends the next chunk, unless
    /// another snapshot is being sent to it.
    pub(super) fn continue_snapshot(&mut self, index: Index, received: u32) {
        if let ProgressState::Snapshot { snapshot, offset } = &mut self.progress.state
            && snapshot.index == index
            && *offset != received
        {
            *offset = received;
            self.send_chunk(false);
        }
    }

    /// Sends the chunk of the snapshot from its offset on, if one is being sent.
    fn send_chunk(&mut self, is_repeated: bool) {
        if let ProgressState::Snapshot { snapshot, offset } = &self.progress.state {
            let chunk = Message::InstallSnapshot(Box::new(InstallSnapshot {
                term: self.common.current_term,
                last_included_index: snapshot.index,
                last_included_term: snapshot.term,
                configuration: snapshot.configuration.clone(),
                data: snapshot.store.chunk(*offset, self.cx.config().snapshot_chunk),
            }));
            if is_repeated {
                self.cx.resend(self.id, chunk);
            } else {
                self.cx.send(self.id, chunk);
            }
        }
    }

    fn append_entries(
        &self,
        prev_log_index: Index,
        entries: Arc<[Entry]>,
        round: u64,
    ) -> AppendEntries {
        AppendEntries {
            term: self.common.current_term,
            prev_log_index,
            // There is none before the base; then the entries are compacted, too, and not sent.
            prev_log_term: self.common.log.term_at(prev_log_index).unwrap_or(Term(0)),
            entries,
            leader_commit: self.common.commit_index,
            sent_at: self.cx.config().lease_clock.note(self.cx),
            round,
        }
    }

    /// As many entries from an index on as one AppendEntries may have.
    fn entries_from(&mut self, index: Index) -> Arc<[Entry]> {
        let available = self.common.log.last_index().0 + 1 - index.0;
        let most = self.cx.config().entries_per_append;
        let count = usize::try_from(available).unwrap_or(most).min(most);
        match self.batch {
            Some((first, entries)) if *first == index && entries.len() == count => entries.clone(),
            _ => {
                let entries: Arc<[Entry]> = self.common.log.slice(index, count).into();
                *self.batch = Some((index, entries.clone()));
                entries
            }
        }
    }
}
