//! [`Address`]: whom a client asks, and whom after that.

use serde::Serialize;
use sim_node::NodeId;

/// Whom a client asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Address {
    /// Whom it asks first.
    pub(super) server: NodeId,
    /// Whom it asks when an answer is overdue. Each server has its turn, wherever redirects lead.
    pub(super) turn: NodeId,
}

impl Address {
    /// Clients begin with different servers.
    pub(super) fn first(place: u32, servers: u32) -> Self {
        let server = |number| NodeId::new(number % servers);
        Self { server: server(place), turn: server(place + 1) }
    }

    /// Goes on to the next server.
    pub(super) fn next(&mut self, servers: u32) {
        let after = |node: NodeId| NodeId::new((node.number() + 1) % servers);
        self.server = if self.turn == self.server { after(self.turn) } else { self.turn };
        self.turn = after(self.server);
    }
}
