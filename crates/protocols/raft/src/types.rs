//! The paper's numbers, each a type of its own.

use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::Names;

/// A term, "a logical clock" of elections (section 5.1). The first is 1; 0 means before the first
/// term.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Term(pub u64);

/// The position of an entry in the log (section 5.3). The first is 1; 0 means before the first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Index(pub u64);

impl Term {
    /// The term after it.
    ///
    /// # Panics
    /// After 2^64 terms.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add(1).expect("terms do not run out"))
    }
}

impl Index {
    /// The index after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The index before it; 0 for 1 and for 0.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Events that servers report as marks, for triggers and pictures.
#[derive(Clone, Copy, Debug, Names)]
pub enum Mark {
    /// This server has won an election.
    ElectionWon,
    /// It has stepped down from leader to follower.
    SteppedDown,
    /// It has disregarded a RequestVote, as it has a current leader.
    VoteWithheld,
    /// It has taken a snapshot.
    SnapshotTaken,
    /// It has installed its leader's snapshot.
    SnapshotInstalled,
    /// It has applied a configuration entry.
    ConfigurationCommitted,
    /// A membership change was refused.
    ChangeRefused,
    /// A learner did not catch up in time.
    LearnerTooSlow,
    /// A round of heartbeats has confirmed its leadership for reads.
    ReadConfirmed,
    /// A leadership transfer has begun.
    TransferBegun,
    /// The target of the transfer was not elected in time, or has no vote any more.
    TransferAborted,
}

/// The roles of servers.
#[derive(Clone, Copy, Debug, Names)]
pub enum RoleName {
    /// The leader of a term.
    Leader,
    /// It requests votes.
    Candidate,
    /// It runs a pre-vote (thesis, 9.6).
    #[name("pre-candidate")]
    PreCandidate,
    /// None of these.
    Follower,
}
