//! [`Config`]: what every process knows.

use std::collections::BTreeMap;
use std::ops::Deref;

use failure_detectors::OmegaConfig;
use serde::{Deserialize, Serialize};
use sim_node::NodeId;
use sim_protocol::SettingValue;

use super::{Mutant, Value};

/// What every process knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many acceptors there are; they are nodes `0..acceptors`.
    pub acceptors: u32,
    /// How many proposers there are that are no acceptors; they follow in number. With none, every
    /// acceptor may propose.
    pub separate: u32,
    /// What proposers propose without being asked.
    pub start: Start,
    /// How many promises phase 1 needs.
    pub prepare: u32,
    /// How many acceptances choose a value.
    pub accept: u32,
    /// Whom a proposer sends its requests to at first.
    pub send_to: SendTo,
    /// How learners learn.
    pub learn: Learn,
    /// Only the process that this trusts proposes; `None`: every proposer does.
    pub leader: Option<OmegaConfig>,
    /// Whether a leader does phase 1 before there is a value to propose (section 3).
    pub prepare_ahead: bool,
    /// How long a proposer waits after it abandoned a proposal.
    pub backoff: Span,
    /// How long a proposer waits for answers before it repeats a request.
    pub resend: Duration,
    /// How often a process that has not learned asks.
    pub ask: Duration,
    /// Whether a process makes its writes durable before it speaks. Without it, nothing is safe.
    pub barrier: bool,
    /// The bug to have.
    pub mutant: Option<Mutant>,
}

/// What proposers propose without being asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Start {
    /// Every proposer its own number.
    Everybody,
    /// Nothing.
    Nobody,
    /// These proposers, by number, these values.
    Given(BTreeMap<u32, Value>),
}

/// Whom a proposer sends its requests to at first. It repeats them to all that have not answered.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum SendTo {
    /// All acceptors.
    Everybody,
    /// As many as the phase needs: itself, when it is one, and those that follow it in number.
    Quorum,
}

/// How learners learn without asking (section 2.3).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum Learn {
    /// Acceptors tell the proposer, the "distinguished learner", and it tells all processes: `n-1`
    /// messages more, one delay more for the others.
    FromProposer,
    /// Acceptors tell all processes what they accepted: `n(n-1)` acceptances in all, of which the
    /// proposer's `n-1` are counted anyway; no other message.
    FromAcceptors,
}

impl Config {
    /// Whether this process is an acceptor.
    #[must_use]
    pub fn is_acceptor(&self, process: NodeId) -> bool {
        process.number() < self.nodes
    }

    /// Whether this process may propose.
    #[must_use]
    pub fn is_proposer(&self, process: NodeId) -> bool {
        self.separate() == 0 || !self.is_acceptor(process)
    }

    /// All acceptors, in order.
    pub fn acceptors(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes).map(NodeId::new)
    }

    /// All processes, in order. Each is a learner.
    pub fn everybody(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes + self.separate()).map(NodeId::new)
    }

    /// Whom a proposer asks first, when a phase needs so many.
    pub fn first_asked(
        &self,
        proposer: NodeId,
        quorum: u32,
    ) -> impl Iterator<Item = NodeId> + use<> {
        let acceptors = self.nodes;
        let (first, many) = match self.send_to {
            SendTo::Quorum if self.is_acceptor(proposer) => (proposer.number(), quorum),
            SendTo::Quorum => (0, quorum),
            SendTo::Everybody => (0, acceptors),
        };
        (0..many).map(move |place| NodeId::new((first + place) % acceptors))
    }

    /// What a process proposes without being asked.
    #[must_use]
    pub fn start_value(&self, process: NodeId) -> Option<Value> {
        if !self.is_proposer(process) {
            return None;
        }
        match &self.start {
            Start::Everybody => Some(Value(u64::from(process.number()))),
            Start::Nobody => None,
            Start::Given(values) => values.get(&process.number()).copied(),
        }
    }
}
