//! Raft's claims: the five of figure 3 by their names, and that a leader appears once all faults
//! have ended.

mod election_safety;
mod eventual_leader;
mod leader_append_only;
mod leader_completeness;
mod log_matching;
mod state_machine_safety;

pub use election_safety::ElectionSafety;
pub use eventual_leader::EventualLeader;
pub use leader_append_only::LeaderAppendOnly;
pub use leader_completeness::LeaderCompleteness;
pub use log_matching::LogMatching;
use service::{Completion, Linearizability};
use sim_check::{View, suite};
use sim_node::{Effect, Either, NodeId};
pub use state_machine_safety::StateMachineSafety;

use crate::{Party, Record, Server};

/// All claims about a cluster with its clients.
pub type Suite = suite![
    ElectionSafety,
    LeaderAppendOnly,
    LogMatching,
    LeaderCompleteness,
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
