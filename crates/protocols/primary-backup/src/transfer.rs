//! How a recruit gets the state: in parts, while updates go on. They are kept for it meanwhile.

use serde::Serialize;
use service::{Assembly, Store};
use sim_node::{Context, NodeId};

use crate::leading::Pace;
use crate::replica::Standing;
use crate::{Chunk, ChunkReply, Log, Message, Number, Record, Replica, ViewNumber};

/// Which state is being received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Incoming {
    /// As a recruit since when.
    pub(crate) since: ViewNumber,
    /// The last update that is in the state.
    base: Number,
}

impl Replica {
    /// A primary that serves begins to send its state to those who wait for it.
    pub(crate) fn begin_transfers(&mut self, cx: &mut Context<'_, Self>) {
        let (base, store) = (self.applied, &self.store);
        let Standing::Primary(leading) = &mut self.standing else { return };
        if !leading.in_service {
            return;
        }
        let mut begun = Vec::new();
        for (node, progress) in &mut leading.progress {
            if progress.pace == Pace::Waiting {
                progress.pace = Pace::Transfer { base, store: Box::new(store.clone()), offset: 0 };
                begun.push(*node);
            }
        }
        for node in begun {
            self.send_chunk(node, false, cx);
        }
    }

    pub(crate) fn send_chunk(&self, node: NodeId, again: bool, cx: &mut Context<'_, Self>) {
        let Standing::Primary(leading) = &self.standing else { return };
        let Some(progress) = leading.progress.get(&node) else { return };
        let Pace::Transfer { base, store, offset } = &progress.pace else { return };
        let chunk = Message::Chunk(Chunk {
            stamp: leading.stamp(progress.since),
            memory: leading.view.memory(node),
            base: *base,
            piece: store.piece(*offset, cx.config().chunk),
        });
        if again {
            cx.resend(node, chunk);
        } else {
            cx.send(node, chunk);
        }
    }

    /// A part of the state arrives.
    pub(crate) fn receive_chunk(&mut self, from: NodeId, chunk: Chunk, cx: &mut Context<'_, Self>) {
        let stamp = chunk.stamp;
        // What was meant for an earlier membership says nothing.
        let newest = self.assembly.as_ref().map_or(self.since, |it| it.of().since.max(self.since));
        if !self.is_current(from, stamp, cx) || stamp.since < newest {
            return;
        }
        // Whoever has lost its memory since may have said that it has more than this state.
        if chunk.memory != self.memory(cx.config()) {
            return;
        }
        self.follow(stamp.reign, cx);
        self.heard = self.heard.max(stamp.view);
        let base = chunk.base;
        let has_it = self.since == stamp.since && self.log.last() >= base;
        let (received, installed) = if has_it { (0, true) } else { self.assemble(from, chunk, cx) };
        if installed {
            self.stand(Standing::Backup { primary: from }, cx);
        }
        Self::persist(cx);
        let installed = installed.then_some(self.log.last());
        let reply =
            ChunkReply { reign: stamp.reign, since: stamp.since, base, received, installed };
        cx.send(from, Message::ChunkReply(reply));
    }

    /// Adds a part to what was received. Returns how many items there are, and whether the state is
    /// whole and installed.
    fn assemble(&mut self, from: NodeId, chunk: Chunk, cx: &mut Context<'_, Self>) -> (u32, bool) {
        self.stand(Standing::Recruit { primary: from }, cx);
        let of = Incoming { since: chunk.stamp.since, base: chunk.base };
        let received = Assembly::receive(&mut self.assembly, of, chunk.piece);
        let is_whole = received.whole.is_some();
        if let Some(store) = received.whole {
            self.install(of, store, cx);
        }
        (received.items, is_whole)
    }

    /// The primary's state takes the place of what was there.
    fn install(&mut self, of: Incoming, store: Store, cx: &mut Context<'_, Self>) {
        let Incoming { since, base } = of;
        let reign = self.promised;
        self.since = since;
        self.store = store.clone();
        self.log = Log::after(base);
        self.applied = base;
        self.early.clear();
        Self::write(cx, || Record::Installed { reign, since, base, store });
        cx.mark("state installed");
    }

    /// A recruit has answered.
    pub(crate) fn send_next_chunk(
        &mut self,
        from: NodeId,
        reply: &ChunkReply,
        cx: &mut Context<'_, Self>,
    ) {
        let last = self.log.last();
        let Standing::Primary(leading) = &mut self.standing else { return };
        let Some(progress) = leading.progress.get_mut(&from) else { return };
        if reply.reign != leading.view.reign || reply.since != progress.since {
            return;
        }
        let Pace::Transfer { base, offset, .. } = &mut progress.pace else { return };
        if reply.base != *base {
            return;
        }
        progress.silent = false;
        progress.silent_since = None;
        if let Some(count) = reply.installed {
            progress.follows = true;
            progress.matched = count.min(last);
            progress.sent = progress.matched;
            progress.pace = Pace::Updates;
            return self.go_on_with_updates(from, cx);
        }
        if *offset != reply.received {
            *offset = reply.received;
            self.send_chunk(from, false, cx);
        }
    }
}
