//! [`Log`]: the last updates of a replica's state, for those that lack them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::Request;

/// The place of an update in the order of all updates. The first is 1; 0 is before all.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Number(pub u64);

impl Number {
    /// The place after it.
    ///
    /// # Panics
    /// After 2^64 updates.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add(1).expect("updates do not run out"))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The updates after `base`. What is before is in the state alone, as all members have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Log {
    base: Number,
    updates: VecDeque<Arc<Request>>,
}

impl Log {
    /// An empty log after a state.
    #[must_use]
    pub fn after(base: Number) -> Self {
        Self { base, updates: VecDeque::new() }
    }

    /// The update before the first that it holds.
    #[must_use]
    pub fn base(&self) -> Number {
        self.base
    }

    /// The updates that it holds.
    pub(crate) fn updates(&self) -> impl Iterator<Item = &Request> {
        self.updates.iter().map(|update| &**update)
    }

    /// The last update.
    #[must_use]
    pub fn last(&self) -> Number {
        Number(self.base.0 + self.updates.len() as u64)
    }

    /// Adds an update.
    pub fn push(&mut self, update: Arc<Request>) -> Number {
        self.updates.push_back(update);
        self.last()
    }

    /// The update of this number, if it is held.
    #[must_use]
    pub fn get(&self, number: Number) -> Option<&Arc<Request>> {
        let place = number.0.checked_sub(self.base.0 + 1)?;
        self.updates.get(usize::try_from(place).ok()?)
    }

    /// At most so many updates after a number that is not before the base.
    #[must_use]
    pub fn some_after(&self, after: Number, many: usize) -> Vec<Arc<Request>> {
        let skip = usize::try_from(after.0.saturating_sub(self.base.0)).unwrap_or(usize::MAX);
        self.updates.iter().skip(skip).take(many).cloned().collect()
    }

    /// Forgets the updates up to a number.
    pub fn forget(&mut self, upto: Number) {
        while self.base < upto && self.updates.pop_front().is_some() {
            self.base = self.base.next();
        }
    }
}
