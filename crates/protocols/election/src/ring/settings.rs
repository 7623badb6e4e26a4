//! What a scenario can set of any ring.

use serde::{Deserialize, Serialize};
use sim_node::NodeId;
use sim_protocol::SettingsError;

use super::{Identifier, Identifiers, Ring};

/// What a scenario can set of a ring whose processes have identifiers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many processes the ring has.
    pub nodes: u32,
    /// Their identifiers, by node; `order` says when left out.
    #[serde(default)]
    pub ids: Vec<u64>,
    /// How identifiers lie along the ring.
    #[serde(default)]
    pub order: Option<Order>,
    /// Who begins at its start.
    #[serde(default)]
    pub initiators: Initiators,
    /// Whether the leader tells the others.
    #[serde(default = "yes")]
    pub announce: bool,
}

pub(crate) fn yes() -> bool {
    true
}

/// How identifiers lie along the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Node `i` has the identifier `i`.
    Ascending,
    /// Node `i` has the identifier `n - 1 - i`.
    Descending,
    /// Every process draws its own.
    Drawn,
}

/// Who begins an election without being asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Initiators {
    /// Everybody.
    #[default]
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

impl Settings {
    /// The ring that is described.
    ///
    /// # Errors
    /// With the field that makes no sense.
    pub fn ring(&self) -> Result<Ring, SettingsError> {
        Ring::new(self.nodes, &self.ids, self.order, &self.initiators, self.announce)
    }
}

impl Ring {
    /// The ring that these settings describe.
    ///
    /// # Errors
    /// With the field that makes no sense.
    pub fn new(
        nodes: u32,
        ids: &[u64],
        order: Option<Order>,
        initiators: &Initiators,
        announce: bool,
    ) -> Result<Self, SettingsError> {
        initiators.validate(nodes)?;
        let identifiers = Identifiers::new(nodes, ids, order)?;
        Ok(Self { identifiers, initiators: initiators.clone(), announce })
    }
}

impl Identifiers {
    /// The identifiers of so many nodes: given, or in an order, which is ascending when left out.
    ///
    /// # Errors
    /// When there is not one for each node, or both are said.
    pub fn new(nodes: u32, ids: &[u64], order: Option<Order>) -> Result<Self, SettingsError> {
        let (all, given) = (u64::from(nodes), ids.len());
        let numbers: Vec<u64> = match order {
            Some(_) if given > 0 => {
                let message = "the identifiers are given, so `order` has nothing to say";
                return Err(SettingsError::new("order", message));
            }
            None if given > 0 && given as u64 != all => {
                let message = format!("{given} identifiers for {nodes} nodes; give one for each");
                return Err(SettingsError::new("ids", message));
            }
            None if given > 0 => ids.to_vec(),
            None | Some(Order::Ascending) => (0..all).collect(),
            Some(Order::Descending) => (0..all).rev().collect(),
            Some(Order::Drawn) => return Ok(Self::Drawn),
        };
        Ok(Self::Given(numbers.into_iter().map(Identifier).collect()))
    }
}

/// The fields of [`Settings`] in words.
pub mod fields {
    use sim_protocol::Field;

    /// How many processes.
    pub const NODES: Field = Field {
        name: "nodes",
        kind: "number",
        default: None,
        meaning: "how many processes the ring has, 2 to 10,000",
    };
    /// Who is called what.
    pub const IDS: Field = Field {
        name: "ids",
        kind: "list of numbers",
        default: Some("[]"),
        meaning: "the identifier of each node; left out, `order` says",
    };
    /// In which order.
    pub const ORDER: Field = Field {
        name: "order",
        kind: "Ascending, Descending or Drawn",
        default: Some("Ascending"),
        meaning: "how identifiers lie along the ring: by node number, against it, or drawn by \
                  each process at its first start and kept on its disk",
    };
    /// Who begins.
    pub const INITIATORS: Field = Field {
        name: "initiators",
        kind: "All or Only([nodes])",
        default: Some("All"),
        meaning: "who begins at its start; others begin when asked to `Elect`",
    };
    /// Whether the others are told.
    pub const ANNOUNCE: Field = Field {
        name: "announce",
        kind: "true or false",
        default: Some("true"),
        meaning: "whether the leader sends its identifier around to tell the others",
    };
}
