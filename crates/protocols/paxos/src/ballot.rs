//! [`Ballot`]: the number of a proposal.

use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::NodeId;

/// The number of a proposal (Lamport 2001, 2.2). "Different proposers choose their numbers from
/// disjoint sets": ballots are ordered by round, and those of one round by their proposers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ballot {
    /// Grows with each attempt. The first is 1.
    pub round: u64,
    /// The proposer whose ballot it is.
    pub proposer: NodeId,
}

impl Ballot {
    /// The least ballot of this proposer that is greater than those it has seen.
    #[must_use]
    pub fn after(greatest: Option<Self>, proposer: NodeId) -> Self {
        let round = match greatest {
            None => 1,
            Some(seen) if seen.proposer < proposer => seen.round,
            Some(seen) => seen.round + 1,
        };
        Self { round, proposer }
    }
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.round, self.proposer.number())
    }
}

/// As it is displayed, `3.n1` without the letter: messages are shown to people through `Debug`.
impl fmt::Debug for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
