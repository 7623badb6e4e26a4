//! A store on its way from one server to another, in chunks: [`Store::chunk`] cuts them off, an
//! [`ChunkAssembly`] puts them together.
//!
//! The sender knows how many items have arrived, and sends the chunk that begins there; the
//! receiver takes only the chunk that it needs next, and answers with how many items it has. So
//! chunks may be lost, come twice or overtake each other. Of a store with five items, two a chunk:
//!
//! ```text
//! sender                         receiver
//! chunk(0): a b          ──▶     has a b          ──▶ "2"
//! chunk(2): c d          ──▶     has a b c d      ──▶ "4", which is lost
//! chunk(2): c d (again)  ──▶     not the next one ──▶ "4"
//! chunk(4): e, the last  ──▶     the store is whole
//! ```

use serde::{Deserialize, Serialize};

use crate::{Items, Store};

/// Some of a store's items, and where they belong.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StoreChunk {
    /// How many items come before it.
    pub offset: u32,
    /// The items.
    pub items: Items,
    /// Whether it is the last.
    pub done: bool,
}

/// A store that is being received. Which one, `K` says: what a protocol calls the state by, such as
/// the last update that it holds, or the index and term of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ChunkAssembly<K> {
    of: K,
    /// How many items have arrived.
    received: u32,
    /// What has arrived.
    store: Store,
}

/// What a chunk has brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// How many items have arrived so far: the answer to the sender.
    pub items: u32,
    /// Whether the chunk was the next one. Otherwise it was sent again, or has overtaken another,
    /// and changed nothing.
    pub is_next: bool,
    /// The store, once it is whole.
    pub whole: Option<Store>,
}

impl Store {
    /// The chunk that begins after `offset` items, of at most `count`, which is at least 1.
    #[must_use]
    pub fn chunk(&self, offset: u32, count: usize) -> StoreChunk {
        let start = usize::try_from(offset).expect("32 bits fit");
        let items = self.items_from(start, count);
        StoreChunk { offset, done: start + items.len() >= self.items(), items }
    }
}

impl<K> ChunkAssembly<K> {
    /// Nothing of it has arrived.
    #[must_use]
    pub fn new(of: K) -> Self {
        Self { of, received: 0, store: Store::default() }
    }

    /// Of which store it is.
    #[must_use]
    pub fn of(&self) -> &K {
        &self.of
    }

    /// How many items have arrived.
    #[must_use]
    pub fn received(&self) -> u32 {
        self.received
    }

    /// A chunk arrives.
    fn add(&mut self, chunk: StoreChunk) -> Received {
        if chunk.offset != self.received {
            return Received { items: self.received, is_next: false, whole: None };
        }
        self.received += u32::try_from(chunk.items.len()).expect("a chunk is small");
        self.store.add(chunk.items);
        let whole = chunk.done.then(|| std::mem::take(&mut self.store));
        Received { items: self.received, is_next: true, whole }
    }
}

impl<K: PartialEq> ChunkAssembly<K> {
    /// A chunk of this store arrives where stores are received. Whatever has arrived of another one
    /// is dropped. Once the store is whole, nothing is left in its place.
    ///
    /// Where the chunks of an older store may still be on their way, the caller takes only those
    /// that it waits for: of a store that it does not know yet, often the first one alone.
    pub fn receive(place: &mut Option<Self>, of: K, chunk: StoreChunk) -> Received {
        let assembly = match place {
            Some(assembly) if assembly.of == of => assembly,
            _ => place.insert(Self::new(of)),
        };
        let received = assembly.add(chunk);
        if received.whole.is_some() {
            *place = None;
        }
        received
    }
}
