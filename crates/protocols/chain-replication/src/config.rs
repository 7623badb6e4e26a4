//! [`Config`]: what replicas and master know.

use std::ops::{Deref, Range};

use serde::{Deserialize, Serialize};
use sim_node::{Duration, NodeId};
use sim_protocol::SettingValue;

use crate::Settings;

/// Who answers reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reads {
    /// The tail alone: chain replication.
    Tail,
    /// Any replica: CRAQ.
    Any(Consistency),
}

/// What a read in CRAQ may return (Terrace and Freedman 2009, section 2.2).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum Consistency {
    /// The last committed version: when a replica has newer ones, it asks the tail which that is.
    Strong,
    /// The newest version that the replica knows, committed or not.
    Eventual,
    /// The newest version that the replica knows, unless more than so many versions of that key
    /// are not committed there; then as [`Consistency::Strong`].
    Bounded(u32),
}

/// What replicas and master know: what a scenario sets, and who else is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What a scenario sets of either protocol.
    pub settings: Settings,
    /// Who answers reads.
    pub reads: Reads,
    /// The clients, which are told of a new head or tail.
    pub clients: Range<u32>,
}

impl Deref for Config {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

impl Settings {
    /// How many replicas the chain is to have; the others are spares.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.length.unwrap_or(self.nodes)
    }

    /// The master.
    #[must_use]
    pub fn master(&self) -> NodeId {
        NodeId::new(self.nodes)
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
