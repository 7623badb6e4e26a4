//! Values derived from the settings, and the mutants.

use serde::{Deserialize, Serialize};
use sim_node::{Context, Duration, LocalTime, NodeId, WallTime};
use sim_protocol::SettingValue;

use crate::{Server, Settings};

/// How reads are served, always linearizable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Reads {
    /// As entries of the log.
    Log,
    /// After a round of heartbeats has confirmed leadership (thesis, 6.4).
    ReadIndex,
    /// By the leader alone while its lease lasts (thesis, 6.4.1), which assumes bounded drift of
    /// clocks; otherwise by ReadIndex.
    Lease,
}

/// Which of a server's clocks its lease is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum LeaseClock {
    /// The monotonic clock, which only drifts.
    Monotonic,
    /// The wall clock, as in systems that were burnt by it: it jumps, and the lease with it.
    Wall,
}

impl LeaseClock {
    /// What it shows, for a decision.
    pub(crate) fn read(self, cx: &Context<'_, Server>) -> LocalTime {
        match self {
            Self::Monotonic => cx.now(),
            Self::Wall => shifted(cx.wall_clock()),
        }
    }

    /// What it shows, for a note that counts for nothing until it is held against a reading.
    pub(crate) fn note(self, cx: &Context<'_, Server>) -> LocalTime {
        match self {
            Self::Monotonic => cx.now(),
            Self::Wall => shifted(cx.wall_stamp()),
        }
    }
}

/// The wall clock may be negative; it is shifted by 2^63 to fit `LocalTime`, since only differences
/// count.
fn shifted(wall: WallTime) -> LocalTime {
    const LATER: u64 = 1 << 63;
    LocalTime::from_nanos(LATER.wrapping_add_signed(wall.as_nanos()))
}

/// A bug that real systems had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sim_protocol::Mutant)]
#[non_exhaustive]
pub enum Mutant {
    /// Grants a vote without asking whether one was given in this term.
    #[mutant("R-vote2")]
    Vote2,
    /// A restart forgets the vote.
    #[mutant("R-forget-vote")]
    ForgetVote,
    /// Does not answer a pre-vote of an older term, so its sender never learns of the newer one.
    #[mutant("R-silent-pre-vote")]
    SilentPreVote,
    /// Commits as soon as one other server has the entry.
    #[mutant("R-one-ack")]
    OneAck,
    /// Answers reads without a round of heartbeats.
    #[mutant("R-readindex-noquorum")]
    ReadIndexNoQuorum,
    /// A new leader answers reads before an entry of its own term is committed.
    #[mutant("R-read-before-commit")]
    ReadBeforeCommit,
    /// Grants no vote while it takes itself for a learner.
    #[mutant("R-learner-no-vote")]
    LearnerNoVote,
    /// Keeps an entry that conflicts with the leader's.
    #[mutant("R-keep-conflict")]
    KeepConflict,
    /// Takes chunks of different snapshots for those of one.
    #[mutant("R-snapshot-mixed")]
    SnapshotMixed,
    /// Does not send a chunk of a snapshot again that nobody has answered.
    #[mutant("R-snapshot-no-retry")]
    SnapshotNoRetry,
    /// Merges a snapshot into the state instead of replacing it.
    #[mutant("R-snapshot-merge")]
    SnapshotMerge,
    /// Commits an entry of an older term by counting replicas.
    #[mutant("R-fig8")]
    Fig8,
    /// Counts a vote that was given in an older term.
    #[mutant("R-stale-vote-reply")]
    StaleVoteReply,
    /// Counts votes as a number, so that a vote that arrives twice is two.
    #[mutant("R-dup-vote")]
    DupVote,
    /// Makes the term durable and answers; only then it writes the vote.
    #[mutant("R-nonatomic-vote")]
    NonatomicVote,
    /// Deletes all entries after prevLogIndex, even those that match.
    #[mutant("R-truncate-always")]
    TruncateAlways,
    /// A heartbeat reply of an older term confirms a ReadIndex round of this term that has the same
    /// number.
    #[mutant("R-readindex-retry")]
    ReadIndexRetry,
    /// A read joins a round that is under way, whose heartbeats were sent before the read arrived.
    #[mutant("R-read-joins-round")]
    ReadJoinsRound,
    /// A lease counts from when a heartbeat was answered, not from when it was sent.
    #[mutant("R-lease-from-answer")]
    LeaseFromAnswer,
    /// A lease outlives the beginning of a transfer.
    #[mutant("R-lease-transfer")]
    LeaseTransfer,
    /// Voters do not disregard candidates while a leader may have a lease.
    #[mutant("R-lease-no-withhold")]
    LeaseNoWithhold,
    /// A restart forgets that a leader may rely on this voter to disregard candidates.
    #[mutant("R-lease-restart")]
    LeaseRestart,
    /// Changes the configuration before the last change, or an entry of the current term, is
    /// committed.
    #[mutant("R-single-change")]
    SingleChange,
    /// Counts one majority, of all voters together, in joint consensus.
    #[mutant("R-joint-one-counter")]
    JointOneCounter,
    /// The leader does not count its own copy.
    #[mutant("R-leader-not-counted")]
    LeaderNotCounted,
    /// Goes back by a whole AppendEntries after a rejection, even beyond the beginning of the log:
    /// the subtraction overflows.
    #[mutant("R-back-beyond-log")]
    BackBeyondLog,
}

/// The settings of a server, from the scenario; its membership is a
/// [`Configuration`](crate::Configuration).
pub type Config = Settings;

impl Settings {
    /// The voters of the first configuration.
    #[must_use]
    pub fn voters(&self) -> Vec<NodeId> {
        let all = || (0..self.nodes).map(NodeId::new).collect();
        self.members.clone().unwrap_or_else(all)
    }

    /// Whether leaders check their quorum (thesis, 6.2) and voters disregard candidates while they
    /// have a leader (thesis, 4.2.3). Leases need both.
    #[must_use]
    pub fn uses_check_quorum(&self) -> bool {
        self.check_quorum || self.reads == Reads::Lease
    }

    /// How long a lease lasts from the sending of the heartbeat that a majority answered: a voter
    /// disregards candidates for the minimum election timeout, measured by a clock that may be
    /// faster by the drift bound.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.election_timeout.shortest().less(self.lease_drift)
    }
}
