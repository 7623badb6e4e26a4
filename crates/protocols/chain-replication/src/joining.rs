//! Extending the chain: the tail hands its history over, in chunks, while updates go on (van
//! Renesse and Schneider 2004, section 3.1, "extending a chain").

use serde::Serialize;
use service::Store;
use sim_node::{Context, NodeId};

use crate::{
    Chunk, ChunkReply, Configuration, Indication, Life, Member, Message, Position, Record, Replica,
};

/// A history that is being received.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Assembly {
    /// This replica as it is to join: another link is another history.
    own: Member,
    /// Which history; known with the first chunk.
    base: Option<Position>,
    pub(crate) received: u32,
    store: Store,
    /// Whether it is all there.
    pub(crate) done: bool,
}

/// A history that is being sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Transfer {
    to: Member,
    /// The last update in it. What came since is in the log.
    pub(crate) base: Position,
    store: Store,
    /// How many items are known to have arrived.
    pub(crate) offset: u32,
    done: bool,
}

impl Replica {
    /// The tail begins a transfer, or ends it.
    pub(crate) fn hand_history_over(&mut self, cx: &mut Context<'_, Self>) {
        let joining = self.configuration.joining.filter(|_| self.is_acting_tail());
        let under_way = self.transfer.as_ref().map(|transfer| transfer.to);
        if joining == under_way {
            return;
        }
        self.transfer = joining.map(|to| Transfer {
            to,
            base: self.last,
            store: self.store.clone(),
            offset: 0,
            done: false,
        });
        if self.transfer.is_some() {
            cx.mark("transfer begun");
            self.commit_as_tail(cx);
            self.send_chunk(false, cx);
            self.wait_for_acks(cx);
        }
        // With a transfer that is over its updates go, unless a new successor lacks them.
        if self.is_acting_tail() {
            self.trim(cx);
        }
    }

    pub(crate) fn send_chunk(&self, again: bool, cx: &mut Context<'_, Self>) {
        let Some(transfer) = self.transfer.as_ref().filter(|transfer| !transfer.done) else {
            return;
        };
        let start = usize::try_from(transfer.offset).expect("32 bits fit");
        let part = transfer.store.part(start, cx.config().chunk);
        let chunk = Message::Chunk(Chunk {
            epoch: self.epoch(),
            base: transfer.base,
            offset: transfer.offset,
            done: start + part.len() >= transfer.store.items(),
            part,
        });
        if again {
            cx.resend(transfer.to.node, chunk);
        } else {
            cx.send(transfer.to.node, chunk);
        }
    }

    /// It is to join: whatever it received of another tail is of no use.
    pub(crate) fn join(
        &mut self,
        configuration: Configuration,
        own: Member,
        cx: &mut Context<'_, Self>,
    ) {
        if self.assembly.as_ref().is_none_or(|assembly| assembly.own != own) {
            let waiting = std::mem::take(&mut self.waiting);
            *self = Self { waiting, ..Self::spare(self.life, Configuration::default()) };
            let store = Store::default();
            self.assembly = Some(Assembly { own, base: None, received: 0, store, done: false });
            cx.mark("joining");
        }
        self.configuration = configuration;
        self.tell_master(cx);
    }

    /// A part of the history arrives.
    pub(crate) fn receive_chunk(&mut self, from: NodeId, chunk: Chunk, cx: &mut Context<'_, Self>) {
        let is_tail = self.configuration.tail().is_some_and(|tail| tail.node == from);
        let epoch = self.epoch();
        let disks = cx.config().disks;
        let Some(assembly) = self.assembly.as_mut() else { return };
        if !is_tail || chunk.epoch < assembly.own.linked {
            return;
        }
        let base = chunk.base;
        if *assembly.base.get_or_insert(base) != base {
            return;
        }
        // A chunk that is not the next one was sent again, or overtook another.
        if !assembly.done && chunk.offset == assembly.received {
            assembly.received += u32::try_from(chunk.part.len()).expect("a chunk is small");
            assembly.store.add(chunk.part);
            if chunk.done {
                assembly.done = true;
                self.store = std::mem::take(&mut assembly.store);
                (self.last, self.committed) = (base, base);
                if disks {
                    cx.write(Record::History(base, self.store.clone()));
                    cx.barrier();
                }
                cx.indicate(Indication::Received { from, upto: base });
                cx.mark("history received");
            }
        }
        let Some(assembly) = self.assembly.as_ref() else { return };
        let (received, done) = (assembly.received, assembly.done);
        cx.send(from, Message::ChunkReply(ChunkReply { epoch, base, received, done }));
        if done {
            self.tell_master(cx);
        }
    }

    /// A part of the history has arrived.
    pub(crate) fn send_next_chunk(
        &mut self,
        from: NodeId,
        reply: &ChunkReply,
        cx: &mut Context<'_, Self>,
    ) {
        let Some(transfer) = self.transfer.as_mut() else { return };
        let fits = transfer.to.node == from
            && transfer.base == reply.base
            && reply.epoch >= transfer.to.linked;
        if !fits || reply.received < transfer.offset || transfer.done {
            return;
        }
        if reply.done {
            transfer.done = true;
        } else if reply.received > transfer.offset {
            transfer.offset = reply.received;
            self.send_chunk(false, cx);
        }
    }
}

impl Replica {
    /// Whether it waits for a history, or for the rest of it.
    #[must_use]
    pub fn is_joining(&self) -> bool {
        self.assembly.is_some() || self.origin != Life(0) && self.place.is_some() && !self.complete
    }
}
