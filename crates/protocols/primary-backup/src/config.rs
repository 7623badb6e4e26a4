//! What replicas and the view service know: what follows from the settings.

use serde::{Deserialize, Serialize};
use sim_node::{Duration, NodeId};
use sim_protocol::SettingValue;

use crate::Settings;

/// How a primary serves reads.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum Reads {
    /// Alone, assuming that it would have crashed if there were another (fail-stop).
    Local,
    /// Once its backups have confirmed that its epoch lasts.
    Forward,
    /// Alone while it has a lease of the view service; otherwise as `Forward`.
    Lease,
}

/// What replicas and the view service know: what a scenario sets.
pub type Config = Settings;

impl Settings {
    /// How many backups a view has, if enough replicas are up.
    #[must_use]
    pub fn backups(&self) -> u32 {
        self.backups.unwrap_or(self.nodes - 1)
    }

    /// The view service: the node after the replicas.
    #[must_use]
    pub fn view_service(&self) -> NodeId {
        NodeId::new(self.nodes)
    }

    /// How long a primary relies on a lease, from the sending of the ping that was answered with
    /// it: the view service counts from later, on a clock that may run faster by the drift.
    #[must_use]
    pub fn lease_of_primary(&self) -> Duration {
        self.lease.less(self.lease_drift)
    }
}
