//! What a scenario can set of any ring.

use serde::{Deserialize, Serialize};
use sim_node::NodeId;
use sim_protocol::{SettingValue, SettingsError};

use super::identifier;

/// What a scenario can set of a ring whose processes have identifiers, and all of them know.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Ring {
    /// Number of processes in the ring.
    #[setting(range = 2..=10_000)]
    pub nodes: u32,
    /// The identifier of each node; if omitted, `order` determines them.
    #[setting(default = [])]
    pub ids: Vec<u64>,
    /// The order of the identifiers along the ring: ascending by node number, descending, or random
    /// (`Drawn`: each process chooses its own at its first start and stores it).
    #[setting(none = "Ascending")]
    pub order: Option<Order>,
    /// Which processes start an election at their start; the others start one on the request
    /// `Elect`.
    #[setting(default = Initiators::All)]
    pub initiators: Initiators,
    /// Whether the leader announces itself around the ring.
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

/// The order of the identifiers along the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Order {
    /// Node `i` has the identifier `i`.
    Ascending,
    /// Node `i` has the identifier `n - 1 - i`.
    Descending,
    /// Every process chooses its own at random.
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
