//! What the elections on rings share: who is next, how processes are told apart, what they are
//! asked and tell, and what is claimed of them.
//!
//! Node `i` of `n` has the neighbours `i + 1` and `i - 1` (modulo `n`). On a unidirectional ring
//! it sends to the first only.

pub mod claims;
pub(crate) mod identifier;
mod member;
mod settings;

pub use claims::{
    Agreement, Codes, Highest, Named, OneAnnouncement, Properties, RingElection, Termination,
};
pub use identifier::{Identifier, Kept, Record};
pub use member::{Contender, Member};
pub use settings::{Initiators, Order, Ring};

use serde::{Deserialize, Serialize};
use sim_node::{Context, Node, NodeId, Role};
use sim_protocol::Asks;

/// What a workload may ask of a process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Asks)]
pub enum Request {
    /// Begin an election, unless this process takes part in one already.
    Elect,
}

/// Tells what becomes of a request to begin an election: it is done as soon as one begins.
pub(crate) fn tell<N: Node<Request = Request>>(takes_part: bool, cx: &mut Context<'_, N>) {
    if takes_part {
        cx.refuse(cx.request(), "it takes part in an election already");
    } else {
        cx.done(cx.request());
    }
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
