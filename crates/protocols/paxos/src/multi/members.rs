//! [`Members`]: a set of servers.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sim_node::NodeId;

/// A set of servers: the acceptors of a slot, or those of them that have answered.
///
/// There are at most 99 servers, so it is one bit for each: it is copied, and a quorum in it is
/// counted, at the price of two machine words.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Members([u64; 2]);

impl Members {
    /// No server.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; 2])
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        let [low, high] = self.0;
        (low.count_ones() + high.count_ones()) as usize
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::new()
    }

    /// Whether a server is one of them.
    #[must_use]
    pub fn contains(self, server: NodeId) -> bool {
        self.0.get(server.index() / 64).is_some_and(|word| word & bit(server) != 0)
    }

    /// Adds a server. Returns whether it is new.
    ///
    /// # Panics
    /// When its number is 128 or more; servers are at most 99.
    pub fn insert(&mut self, server: NodeId) -> bool {
        let is_new = !self.contains(server);
        self.0[server.index() / 64] |= bit(server);
        is_new
    }

    /// Those that are in one or the other.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self([self.0[0] | other.0[0], self.0[1] | other.0[1]])
    }

    /// Those that are in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self([self.0[0] & other.0[0], self.0[1] & other.0[1]])
    }

    /// Those that are not in the other.
    #[must_use]
    pub fn difference(self, other: Self) -> Self {
        Self([self.0[0] & !other.0[0], self.0[1] & !other.0[1]])
    }

    /// The lowest.
    #[must_use]
    pub fn first(self) -> Option<NodeId> {
        self.iter().next()
    }

    /// All, in order of their numbers.
    pub fn iter(self) -> Iter {
        Iter(self)
    }
}

fn bit(server: NodeId) -> u64 {
    1 << (server.number() % 64)
}

/// The servers of a set, in order of their numbers.
#[derive(Clone, Debug)]
pub struct Iter(Members);

impl Iterator for Iter {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let place = usize::from(self.0.0[0] == 0);
        let word = &mut self.0.0[place];
        if *word == 0 {
            return None;
        }
        let number = word.trailing_zeros() + 64 * u32::from(place == 1);
        *word &= *word - 1;
        Some(NodeId::new(number))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len(), Some(self.0.len()))
    }
}

impl ExactSizeIterator for Iter {}

impl IntoIterator for Members {
    type Item = NodeId;
    type IntoIter = Iter;

    fn into_iter(self) -> Iter {
        self.iter()
    }
}

impl FromIterator<NodeId> for Members {
    fn from_iter<I: IntoIterator<Item = NodeId>>(servers: I) -> Self {
        let mut members = Self::new();
        for server in servers {
            members.insert(server);
        }
        members
    }
}

impl<const N: usize> From<[NodeId; N]> for Members {
    fn from(servers: [NodeId; N]) -> Self {
        servers.into_iter().collect()
    }
}

/// As a set: `{n0, n3}`.
impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// As a list of the servers.
impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let servers = Vec::<NodeId>::deserialize(deserializer)?;
        if let Some(server) = servers.iter().find(|server| server.number() >= 128) {
            return Err(D::Error::custom(format_args!("there is no server {}", server.number())));
        }
        Ok(servers.into_iter().collect())
    }
}
