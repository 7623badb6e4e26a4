//! [`Names`]: what nodes are called. A node that is no server is named with what it is.

use sim_node::NodeId;
use sim_scenario::ScenarioFacts;

use crate::words;

/// What the nodes of a scenario are called.
pub(crate) struct Names {
    servers: u32,
    /// A name for one of each party behind the servers, and how many there are.
    parties: Vec<(&'static str, u32)>,
}

impl Names {
    pub(crate) fn of(facts: &ScenarioFacts) -> Self {
        Self { servers: facts.servers, parties: facts.parties.clone() }
    }

    /// "n3", "client n6".
    pub(crate) fn whole(&self, node: NodeId) -> String {
        self.instance((node, false))
    }

    /// The same, and "n3'" of the second instance of a node that is split in twins.
    pub(crate) fn instance(&self, (node, twin): (NodeId, bool)) -> String {
        let who = words::who(node, twin);
        match self.party(node) {
            Some(party) => format!("{party} {who}"),
            None => who,
        }
    }

    /// What a node is that is no server: "client".
    pub(crate) fn party(&self, node: NodeId) -> Option<&'static str> {
        let mut first = self.servers;
        if node.number() < first {
            return None;
        }
        self.parties.iter().find_map(|(name, count)| {
            first += count;
            (node.number() < first).then_some(*name)
        })
    }

    /// "n0 to n4 are servers, n5 is the master, n6 and n7 are clients".
    pub(crate) fn cast(&self) -> String {
        let mut first = 0;
        let mut told = Vec::new();
        for (name, count) in [("server", self.servers)].iter().chain(&self.parties) {
            let last = first + count.saturating_sub(1);
            let who = match count {
                0 => continue,
                1 => format!("n{first} is a {name}"),
                2 => format!("n{first} and n{last} are {name}s"),
                _ => format!("n{first} to n{last} are {name}s"),
            };
            told.push(who);
            first += count;
        }
        words::list(&told)
    }
}
