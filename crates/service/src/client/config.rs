//! [`ClientConfig`]: what clients know, and how they find a server.

use crate::KeyValue;

/// What all clients know.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// The workload.
    pub workload: KeyValue,
    /// The number of the first client; the others follow. Between the servers and the clients
    /// there may be other parties, such as a chain's master.
    pub first: u32,
    /// Whom a client asks.
    pub routing: Routing,
}

impl ClientConfig {
    /// The clients of a workload, the first of which has this number; none without a workload.
    #[must_use]
    pub fn new(workload: Option<&KeyValue>, first: u32, routing: Routing) -> Self {
        let idle = || KeyValue { clients: 0, operations: 0, ..KeyValue::default() };
        Self { workload: workload.cloned().unwrap_or_else(idle), first, routing }
    }

    /// How many clients there are.
    #[must_use]
    pub fn clients(&self) -> u32 {
        self.workload.clients
    }
}

/// Whom a client asks, as long as answers come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Routing {
    /// One server, such as a leader, serves everything: who answered last is asked next.
    #[default]
    Single,
    /// Updates and reads have servers of their own, as in a chain. A read is sent to who answered
    /// the last one; an update to where the last one was sent, since another server answers it.
    Split,
}
