//! Times derived from the assumed bound, and the mutant.

use serde::{Deserialize, Serialize};
use sim_node::Duration;
use sim_protocol::SettingValue;

use super::Settings;

/// A bug that textbooks and real systems had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sim_protocol::Mutant)]
#[non_exhaustive]
pub enum Mutant {
    /// Asks the higher ones, and declares itself without waiting for their answers.
    #[mutant("B-no-wait")]
    NoWait,
}

/// When elections begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Elections {
    /// When the detector suspects the coordinator, and at every start.
    OnSuspicion,
    /// On request only; there is no detector. For counting the messages of one election.
    OnRequest,
}

impl Settings {
    /// How long an asker waits for an answer, and a follower for the reply to its ping: a round
    /// trip, `W = 2 bound + slack`.
    #[must_use]
    pub fn round_trip(&self) -> Duration {
        self.bound * 2 + self.slack
    }

    /// How long a process that got an answer waits for a coordinator: `4 bound + 2 slack`.
    ///
    /// All higher live processes have the ELECTION after one `bound`, and begin one of their own,
    /// if they had not. The highest declares itself `W` later, and its COORDINATOR arrives within
    /// one more `bound`.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.bound + self.round_trip() + self.bound + self.slack
    }

    /// How long after the last crash a process may follow a crashed coordinator, and after a
    /// coordinator was deposed a process may follow it: `D = bound + period + W`.
    ///
    /// A reply that was sent in time arrives after one `bound`, or a message of the crashed process
    /// makes the process follow it so late; the next ping goes out a period later and waits in vain
    /// for `W`.
    #[must_use]
    pub fn detection_time(&self) -> Duration {
        self.bound + self.period + self.round_trip()
    }

    /// How long after a crash or recovery the highest live process holds itself for the
    /// coordinator, at the latest: `A = W + max(bound + patience, D)`.
    ///
    /// It may wait for a coordinator that crashed: its last ANSWER arrives up to one `bound` later
    /// and is given patience. Or it follows one that crashed, for at most `D`. Then it asks, nobody
    /// above is there to answer, and `W` later it declares itself. A process that starts begins so
    /// at once.
    #[must_use]
    pub fn takeover_time(&self) -> Duration {
        self.round_trip() + (self.bound + self.patience()).max(self.detection_time())
    }

    /// The `T` of BL2: for so long after a crash or recovery there may be two coordinators,
    /// `A + bound`.
    ///
    /// Let `h` be the highest live process since the last crash or recovery. A lower one that asks
    /// after it gets an answer of `h`. One that asked before, when `h` was down, declares itself
    /// within `W`. `h` declares itself within `A`, and later than that process asked, since it was
    /// down then. Its COORDINATOR arrives within one more `bound` and ends the asking, or the
    /// rival's reign.
    #[must_use]
    pub fn rivalry_time(&self) -> Duration {
        self.takeover_time() + self.bound
    }

    /// The `T` of BL1: so long after a crash or recovery all live processes know the highest of
    /// them as coordinator, at the latest: `A + bound + D + W + 2 bound`.
    ///
    /// When BL2's `T` is over, `h` is the only coordinator and remains it. Who follows a rival
    /// whose COORDINATOR overtook that of `h` notices within `D`, since the rival no longer
    /// replies. Its ELECTION reaches `h` within one `bound`; `h` declares itself again within `W`,
    /// and its COORDINATOR arrives within one more `bound`.
    #[must_use]
    pub fn settling_time(&self) -> Duration {
        self.rivalry_time() + self.detection_time() + self.bound + self.round_trip() + self.bound
    }
}
