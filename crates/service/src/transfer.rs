//! A store on its way from one server to another, in pieces: [`Store::piece`] cuts them off, an
//! [`Assembly`] puts them together.
//!
//! The sender knows how many items have arrived, and sends the piece that begins there; the
//! receiver takes only the piece that it needs next, and answers with how many items it has. So
//! pieces may be lost, come twice or overtake each other.

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
/// the last update that it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Assembly<K> {
    of: K,
    /// What has arrived of it.
    store: Store,
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
        Self { of, store: Store::default() }
    }

    /// Of which store it is.
    #[must_use]
    pub fn of(&self) -> &K {
        &self.of
    }

    /// How many items have arrived.
    #[must_use]
    pub fn received(&self) -> u32 {
        u32::try_from(self.store.items()).unwrap_or(u32::MAX)
    }

    /// A piece arrives. One that is not the next was sent again, or has overtaken another, and
    /// changes nothing. Returns the store once it is whole; then nothing is left here.
    pub fn add(&mut self, piece: Piece) -> Option<Store> {
        if piece.offset != self.received() {
            return None;
        }
        self.store.add(piece.part);
        piece.done.then(|| std::mem::take(&mut self.store))
    }
}

impl<K: PartialEq> Assembly<K> {
    /// What is being received of this store. Whatever was received of another one goes.
    pub fn begin(place: &mut Option<Self>, of: K) -> &mut Self {
        match place {
            Some(assembly) if assembly.of == of => {}
            _ => *place = Some(Self::new(of)),
        }
        place.as_mut().expect("it is there")
    }
}
