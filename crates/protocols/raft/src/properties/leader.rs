//! RF6: after the calm, the core has a leader by the deadline.

use sim_check::{Claim, Debt, Judge, Kind, Property, View};
use sim_node::{Either, Node};

use crate::{Party, Server};

/// RF6 leader.
#[derive(Clone, Debug)]
pub struct Leader;

impl Property<Party> for Leader {
    const CLAIM: Claim = Claim {
        code: "RF6",
        name: "leader",
        kind: Kind::Liveness,
        meaning: "once the cluster is calm, one of its servers leads by the deadline",
        source: "Ongaro and Ousterhout 2014, section 5.6",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self
    }

    fn end(&mut self, _: &View<'_, Party>, judge: &mut Judge) {
        judge.judged();
    }

    fn owes(&self, view: &View<'_, Party>) -> Option<Debt> {
        // A leader of an older term than another server's does not lead any longer, and does not know.
        let servers = view.owed().filter_map(|(_, state)| as_server(state));
        let latest = servers.map(Server::term).max()?;
        // Whoever leads the core may be outside it, as long as it is up.
        let mut leaders = view.up().filter_map(|(_, state)| as_server(state));
        let led = leaders.any(|server| server.is_leader() && server.term() >= latest);
        (!led).then(|| Debt { node: None, detail: format!("nobody leads in term {latest}") })
    }
}

fn as_server(party: &Party) -> Option<&Server> {
    match party {
        Either::Server(server) => Some(server),
        Either::Client(_) => None,
    }
}
