//! What the elections on rings share: who is next, how processes are told apart, what they are
//! asked and tell, and what is claimed of them.
//!
//! Node `i` of `n` has the neighbours `i + 1` and `i - 1` (modulo `n`). On a unidirectional ring
//! it sends to the first only.

pub mod claims;
mod identifier;
mod member;
mod settings;

pub use claims::{
    Agreement, Codes, Highest, Named, OneAnnouncement, Properties, RingElection, Termination,
};
pub use identifier::{Identifier, Identifiers, Kept, Record};
pub use member::{Contender, Member};
pub(crate) use settings::yes;
pub use settings::{Initiators, Order, Settings, fields};

use serde::{Deserialize, Serialize};
use sim_node::{Context, Node, NodeId, Role};

/// What all processes of a ring share.
#[derive(Clone, Debug)]
pub struct Ring {
    /// Who is called what.
    pub identifiers: Identifiers,
    /// Who begins at its start; the others wait for a request or for a message.
    pub initiators: Initiators,
    /// Whether the leader tells the others.
    pub announce: bool,
}

/// What a workload may ask of a process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Request {
    /// Begin an election, unless this process takes part in one already.
    Elect,
}

/// What a process that has an identifier tells the layer above.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Indication {
    /// This process is the leader; its identifier.
    Elected(Identifier),
    /// The leader's identifier, as announced.
    Follows(Identifier),
}

/// The role of a process that takes part and knows no leader yet.
pub const CANDIDATE: &str = "candidate";

/// The mark of a process that finds itself elected.
pub const ELECTED: &str = "elected";

/// Both roles that processes of a ring take.
pub const ROLES: &[&str] = &[Role::LEADER, CANDIDATE];

/// The next process on the ring, the only one that a unidirectional ring lets this one send to.
pub(crate) fn successor<N: Node>(cx: &Context<'_, N>) -> NodeId {
    NodeId::new((cx.id().number() + 1) % cx.servers())
}

/// The process before this one.
pub(crate) fn predecessor<N: Node>(cx: &Context<'_, N>) -> NodeId {
    NodeId::new((cx.id().number() + cx.servers() - 1) % cx.servers())
}
