//! Snapshots: taken by each server for itself, and sent in chunks to followers that are too far
//! behind (section 7).

use serde::Serialize;
use service::Store;
use sim_node::{Context, NodeId};

use crate::node::Standing;
use crate::types::Mark;
use crate::{
    Chunk, ChunkReply, Configuration, Index, Message, Mutant, Pace, Record, Server, Snapshot, Term,
};

/// A snapshot that is being received.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Assembly {
    index: Index,
    last_term: Term,
    received: u32,
    store: Store,
}

impl Server {
    /// Asks itself for a snapshot once enough has been applied since the last one: in a step of its
    /// own, so that what this step applies is still in the log at its end.
    pub(crate) fn want_snapshot(&self, cx: &mut Context<'_, Self>) {
        let every = cx.config().snapshot_every;
        let since = self.snapshot.as_ref().map_or(Index(0), |snapshot| snapshot.index);
        if every > 0 && self.applied.0 - since.0 >= every {
            cx.send(cx.id(), Message::TakeSnapshot);
        }
    }

    pub(crate) fn take_snapshot(&mut self, cx: &mut Context<'_, Self>) {
        let since = self.snapshot.as_ref().map_or(Index(0), |snapshot| snapshot.index);
        let every = cx.config().snapshot_every;
        if every == 0 || self.applied.0 - since.0 < every {
            return;
        }
        let Some(term) = self.log.term_at(self.applied) else { return };
        let configuration = self.configuration_at(self.applied).clone();
        let snapshot =
            Snapshot { index: self.applied, term, configuration, store: self.store.clone() };
        let keep = cx.config().snapshot_keep;
        let upto = Index(self.applied.0.saturating_sub(keep)).max(self.log.base());
        cx.write(Record::Compact { snapshot: snapshot.clone(), upto });
        self.log.compact(upto);
        // The configuration as of the snapshot is in it; older ones are not needed any more.
        self.forget_configurations(snapshot.index);
        self.snapshot = Some(snapshot);
        cx.mark(Mark::SnapshotTaken);
    }

    /// The configuration that was in effect at an index.
    fn configuration_at(&self, index: Index) -> &Configuration {
        let upto = self.configurations.range(..=index).next_back();
        upto.map(|(_, configuration)| configuration).expect("there is always one")
    }

    /// Forgets all configurations before the one that was in effect at an index.
    fn forget_configurations(&mut self, index: Index) {
        let effective = self.configurations.range(..=index).next_back().map(|(at, _)| *at);
        if let Some(effective) = effective {
            self.configurations.retain(|at, _| *at >= effective);
        }
    }

    /// A follower needs entries that are compacted.
    pub(crate) fn begin_snapshot(&mut self, node: NodeId, cx: &mut Context<'_, Self>) {
        let Some(snapshot) = &self.snapshot else { return };
        let snapshot = Box::new(snapshot.clone());
        let Standing::Leader(leading) = &mut self.standing else { return };
        let Some(progress) = leading.progress.get_mut(&node) else { return };
        progress.pace = Pace::Snapshot { snapshot, offset: 0 };
        self.send_chunk(node, false, cx);
    }

    /// The follower has not asked for the next chunk: this one, or the answer, may be lost.
    pub(crate) fn resend_chunk(&self, node: NodeId, cx: &mut Context<'_, Self>) {
        self.send_chunk(node, true, cx);
    }

    fn send_chunk(&self, node: NodeId, again: bool, cx: &mut Context<'_, Self>) {
        let Standing::Leader(leading) = &self.standing else { return };
        let Some(progress) = leading.progress.get(&node) else { return };
        let Pace::Snapshot { snapshot, offset } = &progress.pace else { return };
        let start = usize::try_from(*offset).expect("32 bits fit");
        let part = snapshot.store.part(start, cx.config().snapshot_chunk);
        let chunk = Chunk {
            term: self.term,
            index: snapshot.index,
            last_term: snapshot.term,
            configuration: snapshot.configuration.clone(),
            offset: *offset,
            done: start + part.len() >= snapshot.store.items(),
            part,
        };
        if again {
            cx.resend(node, Message::InstallSnapshot(chunk));
        } else {
            cx.send(node, Message::InstallSnapshot(chunk));
        }
    }

    /// A chunk arrives.
    pub(crate) fn receive_chunk(&mut self, from: NodeId, chunk: Chunk, cx: &mut Context<'_, Self>) {
        if chunk.term >= self.term {
            self.hear_leader(from, chunk.term, cx);
        }
        let index = chunk.index;
        let (received, installed) = if chunk.term < self.term {
            (0, false)
        } else if index <= self.commit {
            // What it stands for is known.
            (0, true)
        } else {
            self.assemble(chunk, cx)
        };
        Self::persist(cx);
        let reply = ChunkReply { term: self.term, index, received, installed };
        cx.send(from, Message::SnapshotReply(reply));
    }

    /// Adds a chunk to what has been received; installs the snapshot with the last one. Returns how
    /// many items there are, and whether it is installed.
    fn assemble(&mut self, chunk: Chunk, cx: &mut Context<'_, Self>) -> (u32, bool) {
        let fits = self.assembly.as_ref().is_some_and(|assembly| {
            assembly.index == chunk.index && assembly.last_term == chunk.last_term
        });
        if !fits {
            self.assembly = Some(Assembly {
                index: chunk.index,
                last_term: chunk.last_term,
                received: 0,
                store: Store::default(),
            });
        }
        let Some(assembly) = &mut self.assembly else { return (0, false) };
        // A chunk that is not the next one was sent again, or overtook another.
        if chunk.offset != assembly.received {
            return (assembly.received, false);
        }
        assembly.received += u32::try_from(chunk.part.len()).expect("a chunk is small");
        assembly.store.add(chunk.part);
        let received = assembly.received;
        if chunk.done
            && let Some(assembly) = self.assembly.take()
        {
            let snapshot = Snapshot {
                index: assembly.index,
                term: assembly.last_term,
                configuration: chunk.configuration,
                store: assembly.store,
            };
            self.install(snapshot, cx);
            return (received, true);
        }
        (received, false)
    }

    /// A snapshot takes the place of the state, and of the log unless that goes on from it.
    fn install(&mut self, snapshot: Snapshot, cx: &mut Context<'_, Self>) {
        self.log.replace_by(&snapshot);
        let base = self.log.base();
        let last = self.log.last();
        self.configurations.retain(|index, _| *index > base && *index <= last);
        self.configurations.insert(snapshot.index, snapshot.configuration.clone());
        if cx.config().has(Mutant::SnapshotMerge) {
            self.store.add(snapshot.store.part(0, snapshot.store.items()));
        } else {
            self.store = snapshot.store.clone();
        }
        self.commit = snapshot.index;
        self.applied = snapshot.index;
        cx.write(Record::Install { snapshot: snapshot.clone() });
        self.snapshot = Some(snapshot);
        cx.mark(Mark::SnapshotInstalled);
    }

    /// A follower has answered a chunk.
    pub(crate) fn send_next_chunk(
        &mut self,
        from: NodeId,
        reply: &ChunkReply,
        cx: &mut Context<'_, Self>,
    ) {
        if reply.term > self.term {
            return self.enter_term(reply.term, cx);
        }
        let term = self.term;
        let Standing::Leader(leading) = &mut self.standing else { return };
        let Some(progress) = leading.progress.get_mut(&from) else { return };
        if reply.term < term {
            return;
        }
        progress.active = true;
        if reply.installed {
            if progress.note_matched(reply.index) {
                self.advance_commit(cx);
                self.notice_progress(from, cx);
            }
            return self.send_entries(from, cx);
        }
        if let Pace::Snapshot { snapshot, offset } = &mut progress.pace
            && snapshot.index == reply.index
            && *offset != reply.received
        {
            *offset = reply.received;
            self.send_chunk(from, false, cx);
        }
    }
}
