//! [`Config`]: what replicas and master know.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sim_node::{Duration, NodeId, Ratio};

use crate::Mutant;

/// What replicas and master know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many replicas there are; they are nodes `0..replicas`, and the master is the next.
    pub replicas: u32,
    /// How many of them the chain is to have; the others are spares.
    pub length: u32,
    /// The clients, which are told of a new head or tail.
    pub clients: Range<u32>,
    /// How often a replica sends the master a heartbeat.
    pub heartbeat: Duration,
    /// How long a replica may be silent before the master takes it for failed.
    pub timeout: Duration,
    /// How long a replica may answer reads after a heartbeat that the master has received; `None`: for ever, as
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

impl Config {
    /// The master.
    #[must_use]
    pub fn master(&self) -> NodeId {
        NodeId::new(self.replicas)
    }

    /// How long a replica trusts its lease from the sending of the heartbeat that the master
    /// answered: the master's clock may run faster by the drift.
    #[must_use]
    pub fn trusted(&self, lease: Duration) -> Duration {
        lease.less(self.lease_drift)
    }

    /// How long the master receives nothing of a replica before it takes it out of the chain: it
    /// waits the lease out.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.timeout.max(self.lease.unwrap_or(Duration::ZERO))
    }
}
