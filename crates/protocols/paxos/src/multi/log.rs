//! [`Log`]: an acceptor's votes and a learner's knowledge, slot by slot.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sim_node::NodeId;

use super::{Slot, Value};
use crate::Ballot;

/// The slots after `base`, for which a snapshot stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Log {
    base: Slot,
    entries: BTreeMap<Slot, Entry>,
}

/// What is known of a slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The ballot of the last vote. Of a slot that is known to be chosen: one in which the value
    /// was proposed, be it lower than that in which it was chosen.
    pub ballot: Ballot,
    /// The value.
    pub value: Value,
    /// Whether it is known to be chosen.
    pub chosen: bool,
}

impl Log {
    /// The last slot that was compacted away.
    #[must_use]
    pub fn base(&self) -> Slot {
        self.base
    }

    /// What is known of a slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&Entry> {
        self.entries.get(&slot)
    }

    /// Whether a slot is known to be chosen.
    #[must_use]
    pub fn is_chosen(&self, slot: Slot) -> bool {
        slot <= self.base || self.get(slot).is_some_and(|entry| entry.chosen)
    }

    /// What is known of the slots after this one.
    pub fn after(&self, slot: Slot) -> impl Iterator<Item = (Slot, &Entry)> {
        self.entries.range(slot.next()..).map(|(slot, entry)| (*slot, entry))
    }

    /// The greatest number of a wish that was made at this server; 0 if there is none.
    pub(super) fn last_wish(&self, asker: NodeId) -> u64 {
        let numbers = self.entries.values().filter_map(|entry| match &entry.value {
            Value::Reconfigure(wish) if wish.asker == asker => Some(wish.number),
            _ => None,
        });
        numbers.max().unwrap_or(0)
    }

    /// Votes. Nothing changes where the vote is there already, or the slot is known to be chosen:
    /// then no other value can be, and what is known is worth more than a vote.
    pub fn vote(&mut self, slot: Slot, ballot: Ballot, value: &Value) -> bool {
        let is_there = self
            .entries
            .get(&slot)
            .is_some_and(|entry| entry.chosen || (entry.ballot == ballot && entry.value == *value));
        if is_there || slot <= self.base {
            return false;
        }
        self.entries.insert(slot, Entry { ballot, value: value.clone(), chosen: false });
        true
    }

    /// This value is chosen.
    pub fn choose(&mut self, slot: Slot, ballot: Ballot, value: Value) {
        if slot > self.base {
            self.entries.insert(slot, Entry { ballot, value, chosen: true });
        }
    }

    /// Forgets everything up to a slot, for which a snapshot stands.
    pub fn compact(&mut self, upto: Slot) {
        if upto > self.base {
            self.entries = self.entries.split_off(&upto.next());
            self.base = upto;
        }
    }
}
