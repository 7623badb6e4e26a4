//! Which request of the workload something is done for, so that people can be told what became of
//! each.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of a request: its place in the workload, from 0. Requests that ask for the same are
/// told apart by it.
///
/// A node may keep it and send it along, but nothing may depend on it: it is for
/// [`Context::done`](crate::Context::done) and [`Context::refuse`](crate::Context::refuse) alone.
/// So it has no serialized form, and a field with it is `#[serde(skip)]`: no digest covers it, and
/// it takes no room in a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(u32);

impl RequestId {
    /// The request with this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request {}", self.0)
    }
}

/// What requests ask for, with their numbers: a command on its way, a change under way. Text and
/// serialized form are those of `what` alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Requested<T> {
    /// What they ask for.
    pub what: T,
    /// The requests, as far as they are known.
    #[serde(skip)]
    pub by: BTreeSet<RequestId>,
}

impl<T> Requested<T> {
    /// Asked for by these.
    pub fn new(what: T, by: impl IntoIterator<Item = RequestId>) -> Self {
        Self { what, by: by.into_iter().collect() }
    }

    /// What else the same requests ask for, or what is done for them.
    pub fn with<U>(&self, what: U) -> Requested<U> {
        Requested { what, by: self.by.clone() }
    }
}

/// Of nobody known.
impl<T> From<T> for Requested<T> {
    fn from(what: T) -> Self {
        Self { what, by: BTreeSet::new() }
    }
}

impl<T: fmt::Debug> fmt::Debug for Requested<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(f)
    }
}
