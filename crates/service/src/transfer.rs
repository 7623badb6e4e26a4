//! A store on its way from one server to another, in pieces: [`Store::piece`] cuts them off, an
//! [`Assembly`] puts them together.
//!
//! The sender knows how many items have arrived, and sends the piece that begins there; the
//! receiver takes only the piece that it needs next, and answers with how many items it has. So
//! pieces may be lost, come twice or overtake each other. Of a store with five items, two a piece:
//!
//! ```text
//! sender                         receiver
//! piece(0): a b          ──▶     has a b          ──▶ "2"
//! piece(2): c d          ──▶     has a b c d      ──▶ "4", which is lost
//! piece(2): c d (again)  ──▶     not the next one ──▶ "4"
//! piece(4): e, the last  ──▶     the store is whole
//! ```

use serde::{Deserialize, Serialize};

use crate::{Part, Store};

/// Some of a store's items, and where they belong.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Piece {
    /// How many items come before it.
    pub offset: u32,
    /// The items.
    pub part: Part,
    /// Whether it is the last.
    pub done: bool,
}

/// A store that is being received. Which one, `K` says: what a protocol calls the state by, such as
/// the last update that it holds, or the index and term of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Assembly<K> {
    of: K,
    /// How many items have arrived.
    received: u32,
    /// What has arrived.
    store: Store,
}

/// What a piece has brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// How many items have arrived so far: the answer to the sender.
    pub items: u32,
    /// Whether the piece was the next one. Otherwise it was sent again, or has overtaken another,
    /// and changed nothing.
    pub is_next: bool,
    /// The store, once it is whole.
    pub whole: Option<Store>,
}

impl Store {
    /// The piece that begins after `offset` items, of at most `count`, which is at least 1.
    #[must_use]
    pub fn piece(&self, offset: u32, count: usize) -> Piece {
        let start = usize::try_from(offset).expect("32 bits fit");
        let part = self.part(start, count);
        Piece { offset, done: start + part.len() >= self.items(), part }
    }
}

impl<K> Assembly<K> {
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

    /// A piece arrives.
    fn add(&mut self, piece: Piece) -> Received {
        if piece.offset != self.received {
            return Received { items: self.received, is_next: false, whole: None };
        }
        self.received += u32::try_from(piece.part.len()).expect("a piece is small");
        self.store.add(piece.part);
        let whole = piece.done.then(|| std::mem::take(&mut self.store));
        Received { items: self.received, is_next: true, whole }
    }
}

impl<K: PartialEq> Assembly<K> {
    /// A piece of this store arrives where stores are received. Whatever has arrived of another one
    /// is dropped. Once the store is whole, nothing is left in its place.
    ///
    /// Where the pieces of an older store may still be on their way, the caller takes only those
    /// that it waits for: of a store that it does not know yet, often the first one alone.
    pub fn receive(place: &mut Option<Self>, of: K, piece: Piece) -> Received {
        let assembly = match place {
            Some(assembly) if assembly.of == of => assembly,
            _ => place.insert(Self::new(of)),
        };
        let received = assembly.add(piece);
        if received.whole.is_some() {
            *place = None;
        }
        received
    }
}
