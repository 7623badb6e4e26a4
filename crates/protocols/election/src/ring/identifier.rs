//! [`Identifier`]s: where they come from, and how they last.

use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{Context, ImageError, Node, NodeId, Stable, counted};
use sim_protocol::{ImageExample, SettingsError};

use super::{Order, Ring};

/// By what a process is told apart and compared; not its place on the ring.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Identifier(pub u64);

impl Identifier {
    /// The values to draw from for [`Identifier::drawn`].
    pub(crate) const DRAWS: u64 = 1 << 32;

    /// The identifier of this process that drew this value, one of [`Identifier::DRAWS`]: the value
    /// gives the order, and the number of the node makes it unique whatever was drawn.
    pub(crate) fn drawn(value: u64, node: NodeId) -> Self {
        Self(value << 32 | u64::from(node.number()))
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a process keeps: the identifier that it drew, if it drew one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Kept(pub Option<Identifier>);

/// The only record there is: the identifier drawn at the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Record(pub Identifier);

impl Stable for Kept {
    type Record = Record;
    fn apply(&mut self, record: &Record) {
        self.0 = Some(record.0);
    }
}

/// How the disks of a protocol's processes are written in a scenario.
pub(crate) const fn images(protocol: &'static str) -> [ImageExample; 1] {
    [ImageExample {
        meaning: "the identifiers that processes drew in an earlier incarnation; the others draw \
                  theirs",
        protocol,
        images: "{0: (Some(10)), 1: (Some(20)), 3: (Some(40))}",
    }]
}

impl Kept {
    /// Whether a process of this ring reads its identifier from its disk.
    pub(crate) fn check_image(self, ring: &Ring) -> Result<(), ImageError> {
        let message = "the settings give every process its identifier; with `order: Drawn` it is on \
                       its disk";
        match ring.order {
            Some(Order::Drawn) => Ok(()),
            _ if self.0.is_none() => Ok(()),
            _ => Err(ImageError::new(message)),
        }
    }
}

impl Identifier {
    /// The identifier that the settings give a node: its own, or by the order, which is ascending
    /// when left out. `None` when each process draws its own: those are distinct for sure, and in
    /// an order that is as good as uniform. Given ones should be distinct; the algorithms rely on
    /// it.
    pub(crate) fn given(
        node: NodeId,
        nodes: u32,
        ids: &[u64],
        order: Option<Order>,
    ) -> Option<Self> {
        let number = u64::from(node.number());
        match order {
            None if !ids.is_empty() => ids.get(node.index()).copied().map(Self),
            None | Some(Order::Ascending) => Some(Self(number)),
            Some(Order::Descending) => u64::from(nodes).checked_sub(number + 1).map(Self),
            Some(Order::Drawn) => None,
        }
    }

    /// The identifier of this process: given, kept from its first start, or drawn and kept.
    pub(crate) fn own<N: Node<Stable = Kept>>(
        ring: &Ring,
        kept: Kept,
        cx: &mut Context<'_, N>,
    ) -> Self {
        let given = Self::given(cx.id(), ring.nodes, &ring.ids, ring.order);
        if let Some(identifier) = given.or(kept.0) {
            return identifier;
        }
        let identifier = Self::drawn(cx.choose(Self::DRAWS), cx.id());
        cx.write(Record(identifier));
        cx.barrier();
        identifier
    }
}

/// Whether there is one identifier for each node, and only one of `ids` and `order` says which.
pub(crate) fn validate(nodes: u32, ids: &[u64], order: Option<Order>) -> Result<(), SettingsError> {
    let given = ids.len();
    if order.is_some() && given > 0 {
        let message = "the identifiers are given, so `order` has nothing to say";
        return Err(SettingsError::new("order", message));
    }
    if given > 0 && given as u64 != u64::from(nodes) {
        let given = counted(given as u64, "identifier");
        let nodes = counted(nodes.into(), "node");
        let message = format!("{given} for {nodes}; give one for each");
        return Err(SettingsError::new("ids", message));
    }
    Ok(())
}
