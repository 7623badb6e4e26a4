//! The claims about single-decree Paxos, one file each.

mod agreement;
mod distinct_numbers;
mod integrity;
mod learned_is_chosen;
mod p2c;
mod termination;
mod validity;
mod votes;

pub use agreement::Agreement;
pub use distinct_numbers::DistinctNumbers;
pub use integrity::Integrity;
pub use learned_is_chosen::LearnedIsChosen;
pub use p2c::P2c;
use sim_check::suite;
use sim_node::Effect;
pub use termination::Termination;
pub use validity::Validity;
pub use votes::Votes;

use super::{Message, Process, Proposal};

/// All claims, in the order of the module box.
pub type Suite =
    suite![Validity, Agreement, LearnedIsChosen, P2c, Integrity, DistinctNumbers, Termination,];

/// The proposal that a step has issued: the accept requests are all of one.
fn issued(effects: &[Effect<Process>]) -> Option<Proposal> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send { message: Message::Accept(proposal), resend: false, .. } => Some(*proposal),
        _ => None,
    })
}
