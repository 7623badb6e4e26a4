//! Extending the chain: the tail hands its history over, in chunks, while updates go on (van
//! Renesse and Schneider 2004, section 3.1, "extending a chain").
//!
//! A chain a, b with the spare c, two items a chunk:
//!
//! ```text
//! master:  configuration 5: chain a, b; c joins
//! b, tail: history 1..=20 makes a store of 3 items: base 20; from here on Sent keeps what comes
//! b ──▶ c  chunk (base 20, items 1 2)      meanwhile b commits and answers update 21
//! c ──▶ b  "2"
//! b ──▶ c  chunk (base 20, item 3, the last)
//! c        has the history 1..=20, writes it down, and tells the master that it is catching up
//! master:  configuration 6: chain a, b, c. It tells c first, and b that c has 20
//! b ──▶ c  Resume: 21, and what else came since; b is no tail any more, and waits for c with 22
//! c        has everything that was ever answered: it is complete, commits, and answers from now on
//! ```
//!
//! If c fails before that, b is the tail as before, and Sent is trimmed.

use std::sync::Arc;

use serde::Serialize;
use service::{ChunkAssembly, Store};
use sim_node::{Context, NodeId};

use crate::message::Mark;
use crate::{
    Chunk, ChunkReply, Configuration, Incarnation, Indication, Member, Message, Position, Record,
    Replica,
};

/// A history that is being received.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) enum Incoming {
    /// What has arrived of the history up to an update. The configuration says from whom: with
    /// another tail, or the same one in another incarnation, it is another link, and another
    /// history.
    Chunks(Option<ChunkAssembly<Position>>),
    /// It is all there.
    Whole,
}

/// A history that is being sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Transfer {
    to: Member,
    /// The last update in it. What came since is in the log.
    pub(crate) base: Position,
    store: Arc<Store>,
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
            store: Arc::new(self.store.clone()),
            offset: 0,
            done: false,
        });
        if self.transfer.is_some() {
            cx.mark(Mark::TransferBegun);
            if let Some(mut tail) = self.as_tail() {
                tail.commit(cx);
            }
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
        let chunk = Message::Chunk(Box::new(Chunk {
            epoch: self.epoch(),
            base: transfer.base,
            data: transfer.store.chunk(transfer.offset, cx.config().chunk),
        }));
        if again {
            cx.resend(transfer.to.node, chunk);
        } else {
            cx.send(transfer.to.node, chunk);
        }
    }

    /// It is to join: what it received of another tail is of no use.
    pub(crate) fn join(
        &mut self,
        configuration: Arc<Configuration>,
        own: Member,
        cx: &mut Context<'_, Self>,
    ) {
        if self.incoming.is_none() || self.configuration.joining != Some(own) {
            let waiting = std::mem::take(&mut self.waiting);
            *self = Self { waiting, ..Self::spare(self.incarnation, Arc::default()) };
            self.incoming = Some(Incoming::Chunks(None));
            cx.mark(Mark::Joining);
        }
        self.configuration = configuration;
        self.report_to_master(cx);
    }

    /// A part of the history arrives.
    pub(crate) fn receive_chunk(&mut self, from: NodeId, chunk: Chunk, cx: &mut Context<'_, Self>) {
        let is_tail = self.configuration.tail().is_some_and(|tail| tail.node == from);
        let linked = self.configuration.joining.map(|own| own.linked);
        let Some(incoming) = self.incoming.as_mut() else { return };
        if !is_tail || linked.is_none_or(|linked| chunk.epoch < linked) {
            return;
        }
        let mut received = None;
        if let Incoming::Chunks(chunks) = incoming {
            let got = ChunkAssembly::receive(chunks, chunk.base, chunk.data);
            match got.whole {
                Some(store) => self.begin_with_history(from, chunk.base, store, cx),
                None => received = Some(got.items),
            }
        }
        let epoch = self.epoch();
        cx.send(from, Message::ChunkReply(ChunkReply { epoch, received }));
        if received.is_none() {
            self.report_to_master(cx);
        }
    }

    /// The history is whole, but for what came since its transfer began.
    fn begin_with_history(
        &mut self,
        from: NodeId,
        upto: Position,
        store: Store,
        cx: &mut Context<'_, Self>,
    ) {
        self.incoming = Some(Incoming::Whole);
        self.store = store;
        (self.last, self.committed) = (upto, upto);
        if cx.config().disks {
            cx.write(Record::History(upto, Arc::new(self.store.clone())));
            cx.barrier();
        }
        cx.indicate(Indication::Received { from, upto });
        cx.mark(Mark::HistoryReceived);
    }

    /// A part of the history has arrived.
    pub(crate) fn send_next_chunk(
        &mut self,
        from: NodeId,
        reply: &ChunkReply,
        cx: &mut Context<'_, Self>,
    ) {
        let Some(transfer) = self.transfer.as_mut() else { return };
        if transfer.to.node != from || reply.epoch < transfer.to.linked || transfer.done {
            return;
        }
        match reply.received {
            None => transfer.done = true,
            Some(received) if received > transfer.offset => {
                transfer.offset = received;
                self.send_chunk(false, cx);
            }
            // An earlier answer came late.
            Some(_) => {}
        }
    }
}

impl Replica {
    /// Whether it waits for a history, or for the rest of it.
    #[must_use]
    pub fn is_joining(&self) -> bool {
        self.incoming.is_some()
            || self.origin != Incarnation(0) && self.place.is_some() && !self.complete
    }
}
