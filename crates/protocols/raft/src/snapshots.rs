//! Snapshots: every server takes its own; a follower installs one that the leader sends (section
//! 7).

use std::sync::Arc;

use service::ChunkAssembly;
use sim_node::{Context, NodeId};

use crate::common::{CommonState, hold_sends_until_durable};
use crate::types::Mark;
use crate::{
    Index, InstallSnapshot, InstallSnapshotReply, Message, Mutant, Record, Server, Snapshot, Term,
    mutants,
};

/// A snapshot that is being received, by its last included index and term.
pub(crate) type Receiving = ChunkAssembly<(Index, Term)>;

impl CommonState {
    /// Whether enough entries have been applied since the last snapshot.
    pub(crate) fn is_snapshot_due(&self, cx: &Context<'_, Server>) -> bool {
        let every = cx.config().snapshot_every;
        let since = self.snapshot.as_ref().map_or(Index(0), |snapshot| snapshot.index);
        every > 0 && self.last_applied.0 - since.0 >= every
    }

    /// Takes a snapshot of the state machine, and discards the entries that it covers.
    pub(crate) fn take_snapshot(&mut self, cx: &mut Context<'_, Server>) {
        if !self.is_snapshot_due(cx) {
            return;
        }
        let index = self.last_applied;
        let term = self.log.term_at(index).expect("the last entry applied is there, or the base");
        let configuration = self.configurations.as_of(index).clone();
        let store = self.state_machine.clone();
        let snapshot = Arc::new(Snapshot { index, term, configuration, store });
        let keep = cx.config().snapshot_keep;
        let upto = Index(index.0.saturating_sub(keep)).max(self.log.base());
        cx.write(Record::Compact { snapshot: snapshot.clone(), upto });
        self.log.compact(upto);
        // The configuration as of the snapshot is in it; older ones are not needed any more.
        self.configurations.forget_before(index);
        self.snapshot = Some(snapshot);
        cx.mark(Mark::SnapshotTaken);
    }

    /// Replaces the state machine by the snapshot, and discards the log, except for entries that
    /// follow the snapshot's last included entry if the log has that very entry (section 7: "If
    /// existing log entry has same index and term as snapshot's last included entry, retain log
    /// entries following it").
    ///
    /// ```text
    /// snapshot: last included index 4, term 2      the state machine becomes the snapshot's
    ///   log 1 1 2 2 2    entry 4 has term 2: entry 5 stays
    ///   log 1 1 1 1 1    entry 4 has term 1: all of it goes, the log is empty after 4
    ///   log 1 1          it ends before 4:   all of it goes, the log is empty after 4
    /// ```
    fn install(&mut self, snapshot: Arc<Snapshot>, cx: &mut Context<'_, Server>) {
        self.log.replace_by(&snapshot);
        let (index, last) = (snapshot.index, self.log.last_index());
        self.configurations.replace_by(index, last, snapshot.configuration.clone());
        if cx.config().has(Mutant::SnapshotMerge) {
            mutants::merge(&mut self.state_machine, &snapshot.store);
        } else {
            self.state_machine = snapshot.store.clone();
        }
        self.commit_index = index;
        self.last_applied = index;
        cx.write(Record::Install { snapshot: snapshot.clone() });
        self.snapshot = Some(snapshot);
        cx.mark(Mark::SnapshotInstalled);
    }
}

impl Server {
    /// A leader sends a chunk of its snapshot (figure 13, InstallSnapshot).
    pub(crate) fn on_install_snapshot(
        &mut self,
        from: NodeId,
        chunk: InstallSnapshot,
        cx: &mut Context<'_, Self>,
    ) {
        let last_included_index = chunk.last_included_index;
        let (received, is_covered) = if chunk.term < self.common.current_term {
            (0, false)
        } else {
            self.on_leader_contact(from, chunk.term, cx);
            if last_included_index <= self.common.commit_index {
                // All that it covers is committed here. The figure's reply is only the term; this
                // one tells the leader to go on with entries.
                (0, true)
            } else {
                self.receive(chunk, cx)
            }
        };
        hold_sends_until_durable(cx);
        let term = self.common.current_term;
        let reply = InstallSnapshotReply { term, last_included_index, received, is_covered };
        cx.send(from, Message::InstallSnapshotReply(reply));
    }

    /// Adds a chunk to what has been received, and installs the snapshot with the last one. Returns
    /// how many items have been received, and whether the snapshot is installed. Chunks may be
    /// lost, repeated and reordered: [`ChunkAssembly`] takes only the one that comes next, and the
    /// leader sends an unanswered chunk again at its next heartbeat.
    fn receive(&mut self, chunk: InstallSnapshot, cx: &mut Context<'_, Self>) -> (u32, bool) {
        let (index, term) = (chunk.last_included_index, chunk.last_included_term);
        let of = mutants::snapshot_received(index, term, cx);
        let received = ChunkAssembly::receive(&mut self.receiving, of, chunk.data);
        let is_whole = received.whole.is_some();
        if let Some(store) = received.whole {
            let configuration = chunk.configuration;
            self.common.install(Arc::new(Snapshot { index, term, configuration, store }), cx);
        }
        (received.items, is_whole)
    }
}
