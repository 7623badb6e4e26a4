//! Extending the chain: the tail hands its history over, in chunks, while updates go on (van
//! Renesse and Schneider 2004, section 3.1, "extending a chain").

use serde::Serialize;
use service::{Assembly, Store};
use sim_node::{Context, NodeId};

use crate::{
    Chunk, ChunkReply, Configuration, Indication, Life, Member, Message, Position, Record, Replica,
};

/// A history that is being received.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) enum Incoming {
    /// These pieces have arrived. The configuration says of which history: with another tail, or
    /// the same one in another life, it is another link, and another history.
    Pieces(Assembly<()>),
    /// It is all there.
    Whole,
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
        let chunk = Message::Chunk(Chunk {
            epoch: self.epoch(),
            base: transfer.base,
            piece: transfer.store.piece(transfer.offset, cx.config().chunk),
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
        if self.incoming.is_none() || self.configuration.joining != Some(own) {
            let waiting = std::mem::take(&mut self.waiting);
            *self = Self { waiting, ..Self::spare(self.life, Configuration::default()) };
            self.incoming = Some(Incoming::Pieces(Assembly::new(())));
            cx.mark("joining");
        }
        self.configuration = configuration;
        self.tell_master(cx);
    }

    /// A part of the history arrives.
    pub(crate) fn receive_chunk(&mut self, from: NodeId, chunk: Chunk, cx: &mut Context<'_, Self>) {
        let is_tail = self.configuration.tail().is_some_and(|tail| tail.node == from);
        let linked = self.configuration.joining.map(|own| own.linked);
        let Some(incoming) = self.incoming.as_mut() else { return };
        if !is_tail || linked.is_none_or(|linked| chunk.epoch < linked) {
            return;
        }
        if let Incoming::Pieces(pieces) = incoming
            && let Some(store) = pieces.add(chunk.piece)
        {
            *incoming = Incoming::Whole;
            self.store = store;
            (self.last, self.committed) = (chunk.base, chunk.base);
            if cx.config().disks {
                cx.write(Record::History(chunk.base, self.store.clone()));
                cx.barrier();
            }
            cx.indicate(Indication::Received { from, upto: chunk.base });
            cx.mark("history received");
        }
        let epoch = self.epoch();
        let received = match &self.incoming {
            Some(Incoming::Pieces(pieces)) => Some(pieces.received()),
            _ => None,
        };
        cx.send(from, Message::ChunkReply(ChunkReply { epoch, received }));
        if received.is_none() {
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
        self.incoming.is_some() || self.origin != Life(0) && self.place.is_some() && !self.complete
    }
}
