//! How a recruit gets the state: in parts, while updates go on. They are kept for it meanwhile.

use std::sync::Arc;

use serde::Serialize;
use service::{ChunkAssembly, Store};
use sim_node::{Context, NodeId};

use crate::leading::{Leading, Pace};
use crate::message::Mark;
use crate::primary::Primary;
use crate::status::Status;
use crate::{Chunk, ChunkReply, Log, Message, Number, Record, Replica, ViewNumber};

/// Which state is being received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Incoming {
    /// As a recruit since when.
    pub(crate) since: ViewNumber,
    /// The last update that is in the state.
    base: Number,
}

impl Primary<'_> {
    /// A primary that serves begins to send its state to those who wait for it.
    pub(crate) fn begin_transfers(&mut self, cx: &mut Context<'_, Replica>) {
        if !self.leading.in_service {
            return;
        }
        let mut begun = Vec::new();
        for (node, progress) in &mut self.leading.progress {
            if progress.pace == Pace::Waiting {
                let (base, store) = (self.state.applied, Arc::new(self.state.store.clone()));
                progress.pace = Pace::Transfer { base, store, offset: 0 };
                begun.push(*node);
            }
        }
        for node in begun {
            self.send_chunk(node, false, cx);
        }
    }

    pub(crate) fn send_chunk(&self, node: NodeId, again: bool, cx: &mut Context<'_, Replica>) {
        let Leading { view, progress, .. } = &*self.leading;
        let Some(progress) = progress.get(&node) else { return };
        let Pace::Transfer { base, store, offset } = &progress.pace else { return };
        let chunk = Message::Chunk(Box::new(Chunk {
            header: view.header(progress.since),
            incarnation: view.incarnation(node),
            base: *base,
            data: store.chunk(*offset, cx.config().chunk),
        }));
        if again {
            cx.resend(node, chunk);
        } else {
            cx.send(node, chunk);
        }
    }

    /// A recruit has answered.
    pub(crate) fn send_next_chunk(
        &mut self,
        from: NodeId,
        reply: &ChunkReply,
        cx: &mut Context<'_, Replica>,
    ) {
        let last = self.state.log.last();
        let Some(progress) = self.answering(from, reply.epoch, reply.since) else { return };
        let Pace::Transfer { base, offset, .. } = &mut progress.pace else { return };
        if reply.base != *base {
            return;
        }
        if let Some(count) = reply.installed {
            progress.answered();
            progress.follows = true;
            progress.matched = count.min(last);
            progress.sent = progress.matched;
            progress.pace = Pace::Updates;
            return self.go_on_with_updates(from, cx);
        }
        let is_news = *offset != reply.received;
        *offset = reply.received;
        progress.answered();
        if is_news {
            self.send_chunk(from, false, cx);
        }
    }
}

impl Replica {
    /// A part of the state arrives.
    pub(crate) fn receive_chunk(&mut self, from: NodeId, chunk: Chunk, cx: &mut Context<'_, Self>) {
        let header = chunk.header;
        // What was meant for an earlier membership says nothing.
        let own = self.state.since;
        let newest = self.assembly.as_ref().map_or(own, |it| it.of().since.max(own));
        if !self.is_current(from, header, cx) || header.since < newest {
            return;
        }
        // A replica that has lost its state since may have said that it has more than this one.
        if chunk.incarnation != self.incarnation(cx.config()) {
            return;
        }
        self.enter(header.epoch, cx);
        self.latest = self.latest.max(header.view);
        let base = chunk.base;
        let has_it = self.state.since == header.since && self.state.log.last() >= base;
        let (received, installed) = if has_it { (0, true) } else { self.assemble(from, chunk, cx) };
        if installed {
            self.become_status(Status::Backup { primary: from }, cx);
        }
        Self::persist(cx);
        let installed = installed.then_some(self.state.log.last());
        let (epoch, since) = (header.epoch, header.since);
        cx.send(from, Message::ChunkReply(ChunkReply { epoch, since, base, received, installed }));
    }

    /// Adds a part to what was received. Returns how many items there are, and whether the state is
    /// whole and installed.
    fn assemble(&mut self, from: NodeId, chunk: Chunk, cx: &mut Context<'_, Self>) -> (u32, bool) {
        self.become_status(Status::Recruit { primary: from }, cx);
        let of = Incoming { since: chunk.header.since, base: chunk.base };
        let received = ChunkAssembly::receive(&mut self.assembly, of, chunk.data);
        let is_whole = received.whole.is_some();
        if let Some(store) = received.whole {
            self.install(of, store, cx);
        }
        (received.items, is_whole)
    }

    /// The primary's state takes the place of what was there.
    fn install(&mut self, of: Incoming, store: Store, cx: &mut Context<'_, Self>) {
        let Incoming { since, base } = of;
        let state = &mut self.state;
        let epoch = state.epoch;
        (state.since, state.log, state.applied) = (since, Log::after(base), base);
        state.store = store;
        self.early.clear();
        let store = || Arc::new(self.state.store.clone());
        Self::write(cx, || Record::Installed { epoch, since, base, store: store() });
        cx.mark(Mark::StateInstalled);
    }
}
