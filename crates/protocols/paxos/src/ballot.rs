//! [`Ballot`]: the number of a proposal.

use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{ImageError, NodeId};

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
    ///
    /// # Panics
    /// After 2^64 rounds.
    #[must_use]
    pub fn after(greatest: Option<Self>, proposer: NodeId) -> Self {
        let round = match greatest {
            None => 1,
            Some(seen) if seen.proposer < proposer => seen.round,
            Some(seen) => seen.round.checked_add(1).expect("rounds do not run out"),
        };
        Self { round, proposer }
    }
}

impl Ballot {
    /// Whether an image of a disk may name this ballot; `may_propose` tells of a process whether it
    /// may have this ballot as its own.
    ///
    /// # Errors
    /// At its round or its proposer.
    pub fn check_image(self, may_propose: impl Fn(NodeId) -> bool) -> Result<(), ImageError> {
        ImageError::check_counter("round", self.round)?;
        if self.round == 0 {
            return Err(ImageError::new("the first round is 1").within("round"));
        }
        if !may_propose(self.proposer) {
            let message = format!("{} cannot have proposed this", self.proposer);
            return Err(ImageError::new(message).within("proposer"));
        }
        Ok(())
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
