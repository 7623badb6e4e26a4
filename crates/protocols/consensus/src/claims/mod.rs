//! The claims about consensus, one file each.

mod agreement;
mod integrity;
mod termination;
mod validity;

pub use agreement::Agreement;
pub use integrity::Integrity;
pub use termination::Termination;
pub use validity::Validity;

use sim_check::suite;
use sim_node::{Node, RoundMessage, Rounds};

use crate::{Decide, FloodSet, OneValue, OptFloodSet, Rule, Value, Values};

/// The claims about consensus, in the order of the module box.
pub type ConsensusClaims = suite![Validity, Integrity, Agreement, Termination];

/// What the claims have to know of an algorithm.
pub trait Consensus: Node<Indication = Decide> {
    /// What the process started with.
    fn input(&self) -> Value;

    /// The sender's input, where a message gives it away: a process that crashes inside its first
    /// step leaves no other trace of it.
    fn input_in(message: &Self::Message) -> Option<Value>;

    /// How decisions are made.
    fn rule(config: &Self::Config) -> Rule;
}

impl Consensus for Rounds<FloodSet> {
    fn input(&self) -> Value {
        self.process().input()
    }

    fn input_in(message: &RoundMessage<Values>) -> Option<Value> {
        let Values(values) = &message.message;
        (message.round == 1).then(|| *values.first().expect("W holds the input"))
    }

    fn rule(config: &Self::Config) -> Rule {
        config.process.rule
    }
}

impl Consensus for Rounds<OptFloodSet> {
    fn input(&self) -> Value {
        self.process().input()
    }

    fn input_in(message: &RoundMessage<OneValue>) -> Option<Value> {
        (message.round == 1).then_some(message.message.0)
    }

    fn rule(config: &Self::Config) -> Rule {
        config.process.rule
    }
}
