//! [`Quorums`]: how many acceptors each phase needs.

use serde::{Deserialize, Serialize};
use sim_protocol::SettingValue;

/// How many acceptors make a quorum, as a scenario sets it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum Quorums {
    /// More than half in both phases.
    Majority,
    /// So many in each phase. Only quorums of different phases must meet: `prepare + accept` is
    /// more than there are acceptors (Howard, Malkhi, Spiegelman 2016, *Flexible Paxos*).
    Flexible {
        /// How many promises phase 1 needs.
        prepare: u32,
        /// How many acceptances choose a value.
        accept: u32,
    },
}

impl Quorums {
    /// How many promises phase 1 needs of so many acceptors.
    #[must_use]
    pub fn prepare(self, acceptors: u32) -> u32 {
        match self {
            Self::Majority => acceptors / 2 + 1,
            Self::Flexible { prepare, .. } => prepare,
        }
    }

    /// How many acceptances phase 2 needs of so many acceptors.
    #[must_use]
    pub fn accept(self, acceptors: u32) -> u32 {
        match self {
            Self::Majority => acceptors / 2 + 1,
            Self::Flexible { accept, .. } => accept,
        }
    }

    /// Whether every quorum of phase 1 meets every quorum of phase 2, and there are enough
    /// acceptors for both.
    #[must_use]
    pub fn are_safe(self, acceptors: u32) -> bool {
        let (prepare, accept) = (self.prepare(acceptors), self.accept(acceptors));
        let possible = 1..=acceptors;
        possible.contains(&prepare)
            && possible.contains(&accept)
            && u64::from(prepare) + u64::from(accept) > u64::from(acceptors)
    }
}
