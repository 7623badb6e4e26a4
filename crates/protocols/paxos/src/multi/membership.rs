//! [`Configurations`]: who the acceptors of each slot are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sim_node::NodeId;

use super::{Members, Settings, Slot, Wish};

/// Who the acceptors of each slot are, as far as it is known: part of the state machine.
///
/// "The set of servers that execute instance i + alpha is specified by the state after execution of
/// the i-th command" (Lamport 2001, section 3). So whoever has executed slot i knows the members of
/// all slots up to i + alpha.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Configurations {
    /// The members by the first slot for which they are. Never empty.
    effective: BTreeMap<Slot, Members>,
    /// The last wish of each asker that was executed.
    wishes: BTreeMap<NodeId, u64>,
}

impl Configurations {
    /// With these members from the first slot on.
    #[must_use]
    pub fn first(members: Members) -> Self {
        Self { effective: BTreeMap::from([(Slot(0), members)]), wishes: BTreeMap::new() }
    }

    /// The members of a slot, if no later wish changes them.
    #[must_use]
    pub fn at(&self, slot: Slot) -> &Members {
        let latest = self.effective.range(..=slot).next_back();
        let (_, members) = latest.unwrap_or_else(|| {
            self.effective.first_key_value().expect("there is always a configuration")
        });
        members
    }

    /// The latest members, and the first slot for which they are.
    #[must_use]
    pub fn newest(&self) -> (Slot, &Members) {
        let newest = self.effective.last_key_value();
        newest.map(|(slot, members)| (*slot, members)).expect("there is always a configuration")
    }

    /// The configurations of some slots, from the first to the last of them.
    pub fn within(&self, first: Slot, last: Slot) -> impl Iterator<Item = &Members> {
        let later = self.effective.range(first..=last.max(first));
        let later = later.filter(move |(slot, _)| **slot > first);
        std::iter::once(self.at(first)).chain(later.map(|(_, members)| members))
    }

    /// Whether a wish was executed, or a later one of its asker.
    #[must_use]
    pub fn is_done(&self, wish: &Wish) -> bool {
        self.wishes.get(&wish.asker).is_some_and(|last| *last >= wish.number)
    }

    /// The number of the last wish of a server that was executed; 0 if there is none.
    pub(super) fn last_wish(&self, asker: NodeId) -> u64 {
        self.wishes.get(&asker).copied().unwrap_or(0)
    }

    /// Executes a wish that was chosen in a slot. Returns whether it changes anything: a wish that
    /// leaves nobody, names strangers or has quorums that do not meet is refused by all alike.
    pub fn execute(&mut self, slot: Slot, wish: &Wish, settings: &Settings, servers: u32) -> bool {
        if self.is_done(wish) {
            return false;
        }
        self.wishes.insert(wish.asker, wish.number);
        let news = self.newest().1 != &wish.members;
        let fits = news && settings.allows(&wish.members, servers);
        if fits {
            self.effective.insert(slot.plus(settings.alpha), wish.members.clone());
        }
        fits
    }

    /// Forgets what was in effect before the members of this slot.
    pub fn forget_before(&mut self, slot: Slot) {
        if let Some((&from, _)) = self.effective.range(..=slot).next_back() {
            self.effective.retain(|start, _| *start >= from);
        }
    }
}
