//! [`Configuration`]: who is in the chain, and in which order.

use serde::{Deserialize, Serialize};
use sim_node::NodeId;

use crate::{Config, Epoch, Incarnation};

/// A replica's place in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Member {
    /// The replica.
    pub node: NodeId,
    /// The incarnation in which it joined the chain: whose history it has.
    pub origin: Incarnation,
    /// Its incarnation now, a later one if it came back with its disk.
    pub incarnation: Incarnation,
    /// Since when it has had the predecessor that it has. What that one sent in an earlier epoch
    /// was sent to another, or by another.
    pub linked: Epoch,
}

/// The chain, as the master made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Configuration {
    /// Its number.
    pub epoch: Epoch,
    /// The replicas from head to tail.
    pub chain: Vec<Member>,
    /// Who receives the history from the tail, to become the next one.
    pub joining: Option<Member>,
}

impl Configuration {
    /// The first one, which everybody knows: the first replicas in the order of their numbers.
    #[must_use]
    pub fn first(config: &Config) -> Self {
        let member = |node| Member {
            node: NodeId::new(node),
            origin: Incarnation(1),
            incarnation: Incarnation(1),
            linked: Epoch(1),
        };
        let chain = (0..config.length()).map(member).collect();
        Self { epoch: Epoch(1), chain, joining: None }
    }

    /// Where in the chain a replica is.
    #[must_use]
    pub fn place(&self, node: NodeId) -> Option<usize> {
        self.chain.iter().position(|member| member.node == node)
    }

    /// Who is in the chain, and who joins.
    pub fn all(&self) -> impl Iterator<Item = &Member> {
        self.chain.iter().chain(&self.joining)
    }

    /// A replica's entry, in the chain or as who joins.
    #[must_use]
    pub fn named(&self, node: NodeId) -> Option<&Member> {
        self.all().find(|member| member.node == node)
    }

    /// A replica's entry in the chain.
    #[must_use]
    pub fn member(&self, node: NodeId) -> Option<&Member> {
        self.chain.iter().find(|member| member.node == node)
    }

    /// Who answers.
    #[must_use]
    pub fn tail(&self) -> Option<&Member> {
        self.chain.last()
    }
}
