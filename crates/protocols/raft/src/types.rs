//! The paper's numbers, each a type of its own.

use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::Names;

/// A term, "a logical clock" of elections (section 5.1). The first is 1; 0 is before all.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Term(pub u64);

/// The place of an entry in the log (section 5.3). The first is 1; 0 is before all.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Index(pub u64);

impl Term {
    /// The term after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Index {
    /// The place after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The place before it; of the first and of none, none.
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

/// What servers mark in a run.
#[derive(Clone, Copy, Debug, Names)]
pub enum Mark {
    /// A majority has elected it.
    ElectionWon,
    /// It was a leader, and is a follower.
    SteppedDown,
    /// It has withheld its vote, as there is a current leader.
    VoteWithheld,
    /// It has taken a snapshot.
    SnapshotTaken,
    /// It has installed its leader's snapshot.
    SnapshotInstalled,
    /// A configuration is committed.
    ConfigurationCommitted,
    /// A membership change is impossible.
    ChangeRefused,
    /// A learner did not catch up in time.
    LearnerTooSlow,
    /// A round of heartbeats has confirmed its leadership for reads.
    ReadConfirmed,
    /// It has begun to transfer its leadership.
    TransferBegun,
    /// The target of the transfer was not elected in time.
    TransferAborted,
}

/// The roles of servers.
#[derive(Clone, Copy, Debug, Names)]
pub enum RoleName {
    /// The leader of a term.
    Leader,
    /// It requests votes.
    Candidate,
    /// It asks whether it would be elected.
    Precandidate,
    /// None of these.
    Follower,
}
