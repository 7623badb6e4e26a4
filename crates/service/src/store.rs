//! [`Store`]: the deterministic state machine that is replicated.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};
use sim_check::size_in_memory;

use crate::{ClientId, Command, Key, Operation, Output, Request};

/// The state machine: keys and values, and for each session its last operation with the output, so
/// that an operation takes effect at most once (Ongaro's thesis, 6.3). The sessions belong to the
/// state, and so to snapshots.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    values: BTreeMap<Key, String>,
    sessions: BTreeMap<ClientId, Session>,
}

/// The last operation of a session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Session {
    /// Its number.
    pub sequence: u64,
    /// Its response.
    pub output: Output,
}

impl Store {
    /// Executes an operation, unless it took effect before; then returns its response.
    ///
    /// Returns `None` for an operation that an operation with a greater number of its session has
    /// overtaken: its client no longer waits for it.
    pub fn execute(&mut self, operation: Operation, command: &Command) -> Option<Output> {
        let last = self.sessions.get(&operation.client);
        match last.map(|last| (last.sequence, &last.output)) {
            Some((sequence, output)) if sequence == operation.sequence => Some(output.clone()),
            Some((sequence, _)) if sequence > operation.sequence => None,
            _ => {
                let output = self.apply(command);
                let session = Session { sequence: operation.sequence, output: output.clone() };
                self.sessions.insert(operation.client, session);
                Some(output)
            }
        }
    }

    /// The response of an operation, if it took effect and was the last of its session.
    #[must_use]
    pub fn cached_response(&self, operation: Operation) -> Option<&Output> {
        let session = self.sessions.get(&operation.client)?;
        (session.sequence == operation.sequence).then_some(&session.output)
    }

    /// Whether an operation with a greater number of its session has overtaken this one, so that
    /// nobody waits for it any more.
    #[must_use]
    pub fn is_over(&self, operation: Operation) -> bool {
        let session = self.sessions.get(&operation.client);
        session.is_some_and(|session| session.sequence > operation.sequence)
    }

    /// The number of the last operation of a session that took effect.
    #[must_use]
    pub fn latest(&self, client: ClientId) -> Option<u64> {
        self.sessions.get(&client).map(|session| session.sequence)
    }

    /// The value of a key, without a session: for reads that are ordered by other means.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<&str> {
        self.values.get(&key).map(String::as_str)
    }

    /// The values of all keys.
    pub(crate) fn values(&self) -> impl Iterator<Item = (Key, &str)> {
        self.values.iter().map(|(key, value)| (*key, value.as_str()))
    }

    /// The last operation of each session.
    pub(crate) fn last_operations(&self) -> impl Iterator<Item = Operation> {
        let sessions = self.sessions.iter();
        sessions.map(|(client, one)| Operation { client: *client, sequence: one.sequence })
    }

    fn apply(&mut self, command: &Command) -> Output {
        match command {
            Command::Get(key) => Output::Value(self.values.get(key).cloned()),
            Command::Put(key, value) => {
                self.values.insert(*key, value.clone());
                Output::Done
            }
            Command::Append(key, value) => {
                self.values.entry(*key).or_default().push_str(value);
                Output::Done
            }
            Command::CompareAndSet(key, expected, value) => {
                let fits = self.values.get(key) == expected.as_ref();
                if fits {
                    self.values.insert(*key, value.clone());
                }
                Output::Written(fits)
            }
            Command::Delete(key) => {
                self.values.remove(key);
                Output::Done
            }
        }
    }
}

/// Some of a store's items, in their order: a snapshot is sent in such chunks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Items {
    values: Vec<(Key, String)>,
    sessions: Vec<(ClientId, Session)>,
}

impl Items {
    /// How many items it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() + self.sessions.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Store {
    /// How many items it holds: keys with their values, and sessions.
    #[must_use]
    pub fn items(&self) -> usize {
        self.values.len() + self.sessions.len()
    }

    /// At most `count` items from the `offset`-th on: first the keys, then the sessions.
    #[must_use]
    pub fn items_from(&self, offset: usize, count: usize) -> Items {
        let values = self.values.iter().skip(offset).take(count);
        let values: Vec<_> = values.map(|(key, value)| (*key, value.clone())).collect();
        let skip = offset.saturating_sub(self.values.len());
        let sessions = self.sessions.iter().skip(skip).take(count - values.len());
        let sessions = sessions.map(|(client, session)| (*client, session.clone())).collect();
        Items { values, sessions }
    }

    /// Adds these items.
    pub fn add(&mut self, items: Items) {
        self.values.extend(items.values);
        self.sessions.extend(items.sessions);
    }
}

/// Stands for a store in comparisons within one run: equal stores have equal ones, and others do
/// only by an accident of 64 bits. It is a sum over the items, so that an operation changes it by
/// what it touches, however large the store is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(u64);

impl Fingerprint {
    fn of(item: impl Hash) -> Self {
        let mut hasher = FxHasher::default();
        item.hash(&mut hasher);
        // The hash of an item is nearly linear in its parts, and sums of those would be equal when
        // two items swap theirs. So it is mixed (the end of SplitMix64).
        let mut word = hasher.finish();
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(word ^ word >> 31)
    }

    /// With these items more.
    #[must_use]
    pub fn with(self, items: Self) -> Self {
        Self(self.0.wrapping_add(items.0))
    }

    /// With these items less.
    #[must_use]
    pub fn without(self, items: Self) -> Self {
        Self(self.0.wrapping_sub(items.0))
    }
}

impl Store {
    /// Of all its items.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let values = self.values.iter().map(Fingerprint::of);
        let sessions = self.sessions.iter().map(Fingerprint::of);
        values.chain(sessions).fold(Fingerprint::default(), Fingerprint::with)
    }

    /// What the items that an operation reads and writes take in memory, about, as they are now.
    #[must_use]
    pub fn size_of(&self, request: &Request) -> u64 {
        let value = self.values.get_key_value(&request.command.key());
        let session = self.sessions.get_key_value(&request.operation.client);
        size_in_memory(&(value, session))
    }

    /// Of the items that an operation reads and writes, as they are now.
    #[must_use]
    pub fn fingerprint_of(&self, request: &Request) -> Fingerprint {
        let value = self.values.get_key_value(&request.command.key());
        let session = self.sessions.get_key_value(&request.operation.client);
        let value = value.map(Fingerprint::of).unwrap_or_default();
        value.with(session.map(Fingerprint::of).unwrap_or_default())
    }
}
