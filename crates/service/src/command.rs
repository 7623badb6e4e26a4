//! What the service can be asked for, and what it answers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A key of the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub u32);

/// An operation on one key. A missing key is told apart from an empty value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Command {
    /// Reads the value.
    Get(Key),
    /// Writes the value.
    Put(Key, String),
    /// Adds to the end of the value; a missing key counts as empty.
    Append(Key, String),
    /// Writes the second value if the key holds the first (`None`: if it is missing).
    CompareAndSet(Key, Option<String>, String),
    /// Removes the key.
    Delete(Key),
}

/// The result of a [`Command`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Output {
    /// Of a get: the value, `None` when the key is missing.
    Value(Option<String>),
    /// Of a put, an append or a delete.
    Done,
    /// Of a compare-and-set: whether it wrote.
    Written(bool),
}

impl Command {
    /// The key it is about.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Get(key)
            | Self::Put(key, _)
            | Self::Append(key, _)
            | Self::CompareAndSet(key, ..)
            | Self::Delete(key) => *key,
        }
    }

    /// Whether it leaves the store as it is, whatever the store holds.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::Get(_))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "k{}", self.0)
    }
}

/// As it is displayed, `k0`: messages are shown to people through `Debug`.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// In short, such as `put k0 "5.12"` or `cas k0 None "5.12"`.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Get(key) => write!(f, "get {key}"),
            Self::Put(key, value) => write!(f, "put {key} {value:?}"),
            Self::Append(key, more) => write!(f, "append {key} {more:?}"),
            Self::CompareAndSet(key, expected, value) => {
                write!(f, "cas {key} {expected:?} {value:?}")
            }
            Self::Delete(key) => write!(f, "delete {key}"),
        }
    }
}
