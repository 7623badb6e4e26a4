//! [`Config`]: what replicas and master know, and the known bugs that the tester must find.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sim_node::{Duration, NodeId, Ratio};

/// What replicas and master know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many replicas there are; they are nodes `0..replicas`, and the master is the next.
    pub replicas: u32,
    /// How many of them the chain is to have; the others are spares.
    pub length: u32,
    /// The clients, which are told of a new head or tail.
    pub clients: Range<u32>,
    /// How often a replica shows the master that it lives.
    pub heartbeat: Duration,
    /// How long a replica may be silent before the master takes it for failed.
    pub timeout: Duration,
    /// How long a replica may answer reads after the master has heard it; `None`: for ever, as
    /// fail-stop allows.
    pub lease: Option<Duration>,
    /// How much two clocks may drift apart; leases are shorter by it.
    pub lease_drift: Ratio,
    /// Whether a replica's history survives a crash.
    pub disks: bool,
    /// How long an update may be unacknowledged before it is sent again.
    pub retry: Duration,
    /// How many items of the store one message of a history transfer carries.
    pub chunk: usize,
    /// Who answers reads.
    pub reads: Reads,
    /// The bug to have.
    pub mutant: Option<Mutant>,
}

/// Who answers reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reads {
    /// The tail alone: chain replication.
    Tail,
    /// Any replica: CRAQ.
    Any(Consistency),
}

/// What a read in CRAQ may return (Terrace and Freedman 2009, section 2.2).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Consistency {
    /// The last committed version: when a replica has newer ones, it asks the tail which that is.
    #[default]
    Strong,
    /// The newest version that the replica knows, committed or not.
    Eventual,
    /// The newest version that the replica knows, unless more than so many versions of that key
    /// are not committed there; then as [`Consistency::Strong`].
    Bounded(u32),
}

/// A bug that the tester must find; only built with the feature `mutants`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Mutant {
    /// The head answers an update as soon as it has applied it.
    HeadAck,
    /// After a failure in the middle, the predecessor does not send again what was under way.
    NoResend,
    /// A replica of the chain accepts updates of an old configuration.
    NoEpoch,
    /// A replica takes its newest version for committed, and does not ask the tail (CRAQ).
    DirtyRead,
    /// A replica asks the tail which version is committed, and answers with its newest (CRAQ).
    NewestRead,
    /// Who was in the chain joins again in the same life, if it is bidden to.
    JoinedTwice,
    /// A disk says that the history is complete, however much of it a crash has left.
    CompleteAnyway,
    /// The record of the first life leaves what a crash has kept of an earlier try.
    FirstKeeps,
    /// Without leases, a replica reads before the master has heard of it.
    Unheard,
}

impl sim_protocol::Mutant for Mutant {
    const ALL: &'static [(&'static str, Self)] = &[
        ("C-head-ack", Self::HeadAck),
        ("C-no-resend", Self::NoResend),
        ("C-no-epoch", Self::NoEpoch),
        ("C-dirty-read", Self::DirtyRead),
        ("C-newest-read", Self::NewestRead),
        ("C-joined-twice", Self::JoinedTwice),
        ("C-complete-anyway", Self::CompleteAnyway),
        ("C-first-keeps", Self::FirstKeeps),
        ("C-unheard", Self::Unheard),
    ];
}

impl Config {
    /// Whether the protocol has this bug. Never, unless it was built to.
    #[must_use]
    pub fn has(&self, mutant: Mutant) -> bool {
        cfg!(feature = "mutants") && self.mutant == Some(mutant)
    }

    /// The master.
    #[must_use]
    pub fn master(&self) -> NodeId {
        NodeId::new(self.replicas)
    }

    /// How long a replica trusts its lease from the sending of the sign of life that the master
    /// answered: the master's clock may run faster by the drift.
    #[must_use]
    pub fn trusted(&self, lease: Duration) -> Duration {
        lease.less(self.lease_drift)
    }

    /// How long the master hears nothing of a replica before it takes it out of the chain: it
    /// waits the lease out.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.timeout.max(self.lease.unwrap_or(Duration::ZERO))
    }
}
