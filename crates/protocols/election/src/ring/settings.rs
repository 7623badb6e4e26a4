//! What a scenario can set of any ring.

use serde::{Deserialize, Serialize};
use sim_node::NodeId;
use sim_protocol::{SettingValue, SettingsError};

use super::identifier;

/// What a scenario can set of a ring whose processes have identifiers, and all of them know.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Ring {
    /// How many processes the ring has.
    #[setting(range = 2..=10_000)]
    pub nodes: u32,
    /// The identifier of each node; left out, `order` says.
    #[setting(default = [])]
    pub ids: Vec<u64>,
    /// How identifiers lie along the ring: by node number, against it, or drawn by each process at
    /// its first start and kept on its disk.
    #[setting(none = "Ascending")]
    pub order: Option<Order>,
    /// Who begins at its start; others begin when asked to `Elect`.
    #[setting(default = Initiators::All)]
    pub initiators: Initiators,
    /// Whether the leader sends its identifier around to tell the others.
    #[setting(default = true)]
    pub announce: bool,
}

impl Ring {
    /// Whether every process has an identifier, and every initiator is a process.
    ///
    /// # Errors
    /// With the field that makes no sense.
    pub fn validate(&self) -> Result<(), SettingsError> {
        self.initiators.validate(self.nodes)?;
        identifier::validate(self.nodes, &self.ids, self.order)
    }
}

/// How identifiers lie along the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Order {
    /// Node `i` has the identifier `i`.
    Ascending,
    /// Node `i` has the identifier `n - 1 - i`.
    Descending,
    /// Every process draws its own.
    Drawn,
}

/// Who begins an election without being asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Initiators {
    /// Everybody.
    All,
    /// These nodes, or nobody.
    Only(Vec<u32>),
}

impl Initiators {
    /// Whether this node is one of them.
    #[must_use]
    pub fn include(&self, node: NodeId) -> bool {
        match self {
            Self::All => true,
            Self::Only(some) => some.contains(&node.number()),
        }
    }

    /// Checks that they are nodes of a ring of this size.
    ///
    /// # Errors
    /// When one of them is not.
    pub fn validate(&self, nodes: u32) -> Result<(), SettingsError> {
        let Self::Only(some) = self else { return Ok(()) };
        let Some(nobody) = some.iter().find(|node| **node >= nodes) else { return Ok(()) };
        let message = format!("there is no node {nobody} on a ring of {nodes}");
        Err(SettingsError::new("initiators", message))
    }
}
