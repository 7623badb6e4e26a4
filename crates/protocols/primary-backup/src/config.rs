//! [`Config`]: what replicas and the view service know.

use serde::{Deserialize, Serialize};
use sim_node::{Duration, NodeId, Ratio};

use crate::Mutant;

/// What replicas and the view service know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many replicas there are.
    pub replicas: u32,
    /// How many of them are backups of a view, as long as enough are alive.
    pub backups: u32,
    /// How often a replica sends the view service a ping.
    pub ping: Duration,
    /// How long the view service receives nothing of a replica before it suspects it.
    pub timeout: Duration,
    /// After how long what was not answered is sent again.
    pub retry: Duration,
    /// How long a backup answers the primary nothing before the view service is told, and drops it;
    /// `None` when only the view service itself says who is dead.
    pub drop_after: Option<Duration>,
    /// How reads are served.
    pub reads: Reads,
    /// How long a lease lasts.
    pub lease: Duration,
    /// How much two clocks may drift apart; a primary's lease is shorter by it.
    pub lease_drift: Ratio,
    /// How many items of the state one message of a transfer carries.
    pub chunk: usize,
    /// The most updates in one message that is sent again.
    pub batch: usize,
    /// Whether replicas keep their state on a disk.
    pub disks: bool,
    /// How long a message travels at most, if the scenario's model assumes that, and that only crashes
    /// happen.
    pub bound: Option<Duration>,
    /// The bug to have.
    pub mutant: Option<Mutant>,
}

/// How a primary serves reads.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Reads {
    /// Alone, assuming that it would have crashed if there were another (fail-stop).
    Local,
    /// Once its backups have confirmed that its epoch lasts.
    #[default]
    Forward,
    /// Alone while it has a lease of the view service; otherwise as `Forward`.
    Lease,
}

impl Config {
    /// The view service: the node after the replicas.
    #[must_use]
    pub fn view_service(&self) -> NodeId {
        NodeId::new(self.replicas)
    }

    /// How long a primary relies on a lease, from the sending of the ping that was answered with
    /// it: the view service counts from later, on a clock that may run faster by the drift.
    #[must_use]
    pub fn lease_of_primary(&self) -> Duration {
        self.lease.less(self.lease_drift)
    }
}
