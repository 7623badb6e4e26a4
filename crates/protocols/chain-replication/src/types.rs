//! The numbers that order what happens: epochs of configurations, positions of updates.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of a configuration; each one that the master makes has the next.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Epoch(pub u64);

/// The sequence number of an update, from 1 without gaps; 0 is before the first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

/// The number of one of a replica's incarnations: it begins a new one when it starts, and when it
/// learns that the master has taken it out of the chain. Counted on its disk, from 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Incarnation(pub u64);

impl Epoch {
    /// The one after it.
    ///
    /// # Panics
    /// After 2^64 configurations.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add(1).expect("epochs do not run out"))
    }
}

impl Position {
    /// The one after it.
    ///
    /// # Panics
    /// After 2^64 updates.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add(1).expect("positions do not run out"))
    }
}

impl Incarnation {
    /// The one after it.
    ///
    /// # Panics
    /// After 2^64 incarnations.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add(1).expect("incarnations do not run out"))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
