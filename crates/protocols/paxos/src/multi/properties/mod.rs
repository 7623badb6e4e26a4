//! Multi-Paxos's claims: those of the single decree for each slot, and what many of them are for.

mod agreement;
mod eventual_leader;
mod ghost;
mod learning;
mod p2c;
mod state_machine_safety;
mod validity;

pub use agreement::Agreement;
pub use eventual_leader::EventualLeader;
pub use learning::Learning;
pub use p2c::P2c;
use service::{Completion, Linearizability};
use sim_check::{View, suite};
use sim_node::{Effect, Either, NodeId};
pub use state_machine_safety::StateMachineSafety;
pub use validity::Validity;

use super::{Message, Party, Record, Server, Slot, Value};
use crate::Ballot;

/// All claims about a cluster with its clients.
pub type Suite = suite![
    Agreement,
    Validity,
    P2c,
    Learning,
    StateMachineSafety,
    EventualLeader,
    Linearizability,
    Completion,
];

/// A node that is a server and up.
fn server<'a>(view: &View<'a, Party>, node: NodeId) -> Option<&'a Server> {
    match view.state(node)? {
        Either::Server(server) => Some(server),
        Either::Client(_) => None,
    }
}

/// What a server has written in a step.
fn records(effects: &[Effect<Party>]) -> impl Iterator<Item = &Record> {
    effects.iter().filter_map(|effect| match effect {
        Effect::Write(Either::Server(record)) => Some(record),
        _ => None,
    })
}

/// What a server has proposed in a step: it asks others to accept it, or accepts it itself.
fn proposals(
    node: NodeId,
    effects: &[Effect<Party>],
) -> impl Iterator<Item = (Slot, Ballot, &Value)> {
    effects.iter().filter_map(move |effect| match effect {
        Effect::Send { message: Message::Accept(accept), .. } => {
            Some((accept.slot, accept.ballot, &accept.value))
        }
        Effect::Write(Either::Server(Record::Voted { slot, ballot, value }))
            if ballot.proposer == node =>
        {
            Some((*slot, *ballot, value))
        }
        _ => None,
    })
}
