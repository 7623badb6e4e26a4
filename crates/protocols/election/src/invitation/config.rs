//! [`Config`]: how long processes wait.

use sim_node::{Duration, NodeId, Span};

/// What all processes share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How long answers are waited for. For IV4 it must be more than a sync and three messages take
    /// in the end: an invitation, its forwarding, and the acceptance.
    pub timeout: Duration,
    /// From a coordinator's check, and from a member's question, to the next one.
    pub period: Span,
    /// How much longer a coordinator waits before it merges others for each number by which the
    /// highest of them is above its own.
    pub priority_delay: Duration,
    /// Whether the number of a group is durable before anybody hears of it.
    pub barrier: bool,
}

impl Config {
    /// How long this process waits before it merges coordinators of which that one is the highest:
    /// not at all, if its own number is higher.
    #[must_use]
    pub fn delay(&self, own: NodeId, highest: NodeId) -> Duration {
        self.priority_delay * u64::from(highest.number().saturating_sub(own.number()))
    }

    /// How long who has accepted waits to be made ready: until the founder has waited for all
    /// answers, and its word has arrived.
    #[must_use]
    pub fn joining_time(&self) -> Duration {
        self.timeout * 2
    }
}
