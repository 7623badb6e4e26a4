//! [`Versions`]: the values that a key had, has and is about to have (CRAQ).

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use service::Key;

use crate::Position;

/// The versions of the keys that have dirty ones. Of every other key, the newest version is clean
/// and in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Versions {
    keys: BTreeMap<Key, OfKey>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct OfKey {
    /// The last version that is known to be committed.
    clean: Option<String>,
    /// Newer ones, in order; at least one.
    dirty: VecDeque<(Position, Option<String>)>,
}

impl Versions {
    /// The first dirty version of a key is about to be made; this one is committed.
    pub(crate) fn begin(&mut self, key: Key, clean: Option<String>) {
        self.keys.insert(key, OfKey { clean, dirty: VecDeque::new() });
    }

    /// An update made a new version of a key.
    pub(crate) fn push(&mut self, key: Key, position: Position, value: Option<String>) {
        self.keys.entry(key).or_default().dirty.push_back((position, value));
    }

    /// Everything up to here is committed: the newest version of this key as of that becomes
    /// clean, and older ones are deleted.
    pub(crate) fn commit(&mut self, key: Key, upto: Position) {
        let Some(of_key) = self.keys.get_mut(&key) else { return };
        while let Some((_, value)) = of_key.dirty.pop_front_if(|(at, _)| *at <= upto) {
            of_key.clean = value;
        }
        if of_key.dirty.is_empty() {
            self.keys.remove(&key);
        }
    }

    /// How many versions of a key are dirty.
    pub(crate) fn dirty(&self, key: Key) -> usize {
        self.keys.get(&key).map_or(0, |of_key| of_key.dirty.len())
    }

    /// A key's version as of an update; `None` when the newest is clean. What is older than the
    /// clean version is deleted, and the clean one stands for it.
    pub(crate) fn at(&self, key: Key, position: Position) -> Option<Option<&str>> {
        let of_key = self.keys.get(&key)?;
        let upto = of_key.dirty.iter().rev().find(|(at, _)| *at <= position);
        Some(upto.map_or(&of_key.clean, |(_, value)| value).as_deref())
    }
}
