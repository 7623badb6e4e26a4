//! [`Config`]: what every server knows, and the known bugs that the tester must find.

use serde::{Deserialize, Serialize};
use sim_node::{Duration, NodeId, Ratio, Span};

/// What every server knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The voters of the first configuration.
    pub members: Vec<NodeId>,
    /// How long a follower waits for a leader before it campaigns (section 5.2).
    pub election_timeout: Span,
    /// How often a leader shows that it lives.
    pub heartbeat: Duration,
    /// The most entries in one append.
    pub entries_per_append: usize,
    /// The most appends with entries under way to one follower.
    pub in_flight: usize,
    /// Whether a new leader begins with an empty entry (section 8).
    pub noop: bool,
    /// Whether a candidate asks before it begins a term (thesis, 9.6).
    pub pre_vote: bool,
    /// Whether a leader that no majority answers steps down (thesis, 6.2), and voters withhold
    /// votes while they hear a leader (thesis, 4.2.3).
    pub check_quorum: bool,
    /// How reads are served.
    pub reads: Reads,
    /// How much two clocks may drift apart; leases are shorter by it.
    pub lease_drift: Ratio,
    /// How many applied entries a snapshot is taken after; 0: none is ever taken.
    pub snapshot_every: u64,
    /// How many entries stay in the log behind a snapshot, for followers that are a little slow.
    pub snapshot_keep: u64,
    /// How many items of the state machine one message of a snapshot carries.
    pub snapshot_chunk: usize,
    /// Whether a server makes its writes durable before it speaks. Without it, nothing is safe.
    pub barrier: bool,
    /// The bug to have.
    pub mutant: Option<Mutant>,
}

/// How reads are served, always linearizable.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Reads {
    /// As entries of the log.
    #[default]
    Log,
    /// After a round of heartbeats has confirmed leadership (thesis, 6.4).
    ReadIndex,
    /// By the leader alone while its lease lasts (thesis, 6.4.1), which assumes bounded drift of
    /// clocks; otherwise by ReadIndex.
    Lease,
}

/// A bug that real systems had; only built with the feature `mutants`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Mutant {
    /// Grants a vote without asking whether one was given in this term.
    Vote2,
    /// A restart forgets the vote.
    ForgetVote,
    /// Commits as soon as one other server has the entry.
    OneAck,
    /// Answers reads without a round of heartbeats.
    ReadIndexNoQuorum,
    /// Merges a snapshot into the state instead of replacing it.
    SnapshotMerge,
    /// Commits an entry of an older term by counting replicas.
    Fig8,
    /// Counts a vote that was given in an older term.
    StaleVoteReply,
    /// Counts votes as a number, so that a vote that arrives twice is two.
    DupVote,
    /// Makes the term durable and answers; only then it writes the vote.
    NonatomicVote,
    /// Deletes what follows the previous entry of an append, although it matches.
    TruncateAlways,
    /// A reply of an older term confirms a round of this one: the context is reused.
    ReadIndexRetry,
    /// A read joins a round that is under way, whose heartbeats were sent before it came.
    ReadJoinsRound,
    /// A lease counts from when a heartbeat was answered, not from when it was sent.
    LeaseFromAnswer,
    /// A lease outlives the beginning of a transfer.
    LeaseTransfer,
    /// Voters do not withhold their votes while a leader may have a lease.
    LeaseNoWithhold,
    /// A restart forgets that a leader may rely on votes being withheld.
    LeaseRestart,
    /// Changes the configuration before the last change, or an entry of the own term, is committed.
    SingleChange,
    /// Counts one majority, of all voters together, in joint consensus.
    JointOneCounter,
    /// The leader does not count its own copy.
    LeaderNotCounted,
}

impl sim_protocol::Mutant for Mutant {
    const ALL: &'static [(&'static str, Self)] = &[
        ("R-vote2", Self::Vote2),
        ("R-forget-vote", Self::ForgetVote),
        ("R-one-ack", Self::OneAck),
        ("R-readindex-noquorum", Self::ReadIndexNoQuorum),
        ("R-snapshot-merge", Self::SnapshotMerge),
        ("R-fig8", Self::Fig8),
        ("R-stale-vote-reply", Self::StaleVoteReply),
        ("R-dup-vote", Self::DupVote),
        ("R-nonatomic-vote", Self::NonatomicVote),
        ("R-truncate-always", Self::TruncateAlways),
        ("R-readindex-retry", Self::ReadIndexRetry),
        ("R-read-joins-round", Self::ReadJoinsRound),
        ("R-lease-from-answer", Self::LeaseFromAnswer),
        ("R-lease-transfer", Self::LeaseTransfer),
        ("R-lease-no-withhold", Self::LeaseNoWithhold),
        ("R-lease-restart", Self::LeaseRestart),
        ("R-single-change", Self::SingleChange),
        ("R-joint-one-counter", Self::JointOneCounter),
        ("R-leader-not-counted", Self::LeaderNotCounted),
    ];
}

impl Config {
    /// Whether the protocol has this bug. Never, unless it was built to.
    #[must_use]
    pub fn has(&self, mutant: Mutant) -> bool {
        cfg!(feature = "mutants") && self.mutant == Some(mutant)
    }

    /// Whether voters withhold their votes while they hear a leader.
    #[must_use]
    pub fn withholds_votes(&self) -> bool {
        self.check_quorum || self.reads == Reads::Lease
    }

    /// How long a lease lasts from the sending of the heartbeat that a majority answered: a voter
    /// withholds its vote for the shortest timeout, on a clock that may run faster by the drift.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.election_timeout.shortest().less(self.lease_drift)
    }
}
