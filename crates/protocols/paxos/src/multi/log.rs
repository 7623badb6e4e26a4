//! [`Log`]: an acceptor's votes and a learner's knowledge, slot by slot.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Place;

use serde::{Deserialize, Serialize};
use sim_node::NodeId;

use super::{Slot, Value};
use crate::Ballot;

/// What a server knows of the slots after `base`. A snapshot holds what the others have led to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Log {
    base: Slot,
    entries: BTreeMap<Slot, Entry>,
}

/// What a server knows of a slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The ballot of its last vote. Where it knows the value to be chosen: a ballot in which the
    /// value was proposed, perhaps a lower one than that in which it was chosen.
    pub ballot: Ballot,
    /// The value.
    pub value: Value,
    /// Whether it knows the value to be chosen.
    pub chosen: bool,
}

impl Log {
    /// The last slot that was compacted away.
    #[must_use]
    pub fn base(&self) -> Slot {
        self.base
    }

    /// What it knows of a slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&Entry> {
        self.entries.get(&slot)
    }

    /// Whether it knows that a value is chosen in a slot.
    #[must_use]
    pub fn is_chosen(&self, slot: Slot) -> bool {
        slot <= self.base || self.get(slot).is_some_and(|entry| entry.chosen)
    }

    /// What it knows of all slots, also of those that it should have forgotten.
    pub(super) fn all(&self) -> impl Iterator<Item = (Slot, &Entry)> {
        self.entries.iter().map(|(slot, entry)| (*slot, entry))
    }

    /// What it knows of the slots after this one.
    pub fn after(&self, slot: Slot) -> impl Iterator<Item = (Slot, &Entry)> {
        self.entries.range(slot.next()..).map(|(slot, entry)| (*slot, entry))
    }

    /// The greatest number of an admin command that was given to this server; 0 if there is none.
    pub(super) fn last_command(&self, server: NodeId) -> u64 {
        let numbers = self.entries.values().filter_map(|entry| match &entry.value {
            Value::Reconfigure(command) if command.server == server => Some(command.number),
            _ => None,
        });
        numbers.max().unwrap_or(0)
    }

    /// Votes. Returns whether the vote is new: it is not where it was cast before, nor where the
    /// slot is known to be chosen. No other value can be chosen there, and to know that counts more
    /// than a vote.
    pub fn vote(&mut self, slot: Slot, ballot: Ballot, value: &Value) -> bool {
        if slot <= self.base {
            return false;
        }
        match self.entries.entry(slot) {
            Place::Vacant(place) => {
                place.insert(Entry { ballot, value: value.clone(), chosen: false });
                true
            }
            Place::Occupied(place) => {
                let entry = place.into_mut();
                let is_old = entry.chosen || (entry.ballot == ballot && entry.value == *value);
                if !is_old {
                    *entry = Entry { ballot, value: value.clone(), chosen: false };
                }
                !is_old
            }
        }
    }

    /// This value is chosen.
    pub fn choose(&mut self, slot: Slot, ballot: Ballot, value: Value) {
        if slot > self.base {
            self.entries.insert(slot, Entry { ballot, value, chosen: true });
        }
    }

    /// Forgets everything up to a slot, once a snapshot holds what that has led to.
    pub fn compact(&mut self, upto: Slot) {
        if upto > self.base {
            self.entries = self.entries.split_off(&upto.next());
            self.base = upto;
        }
    }
}
