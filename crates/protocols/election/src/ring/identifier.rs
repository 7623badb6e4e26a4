//! [`Identifier`]s: where they come from, and how they last.

use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{Context, Node, NodeId, Stable};

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

/// Where identifiers come from.
#[derive(Clone, Debug)]
pub enum Identifiers {
    /// One for each node, by its number. They should be distinct; the algorithms rely on it.
    Given(Vec<Identifier>),
    /// Each process draws its own at its first start and keeps it on disk. Distinct for sure, and
    /// in an order that is as good as uniform.
    Drawn,
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

impl Identifiers {
    /// The identifier of this process: given, kept from its first start, or drawn and kept.
    pub(crate) fn own<N: Node<Stable = Kept>>(
        &self,
        kept: Kept,
        cx: &mut Context<'_, N>,
    ) -> Identifier {
        let given = match self {
            Self::Given(identifiers) => identifiers.get(cx.id().index()).copied(),
            Self::Drawn => None,
        };
        if let Some(identifier) = given.or(kept.0) {
            return identifier;
        }
        let identifier = Identifier::drawn(cx.choose(Identifier::DRAWS), cx.id());
        cx.write(Record(identifier));
        cx.barrier();
        identifier
    }
}
