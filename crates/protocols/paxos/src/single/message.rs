//! What processes send each other.

use std::fmt;

use failure_detectors::Heartbeat;
use serde::{Deserialize, Serialize};
use sim_node::Names;

use crate::Ballot;

/// What is proposed and chosen.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Value(pub u64);

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The number alone: messages are shown to people through `Debug`.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A proposal: "a proposal number and a value". Ordered by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Proposal {
    /// Its number.
    pub ballot: Ballot,
    /// Its value.
    pub value: Value,
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.value, self.ballot)
    }
}

/// As it is displayed, `10 in 3.1`.
impl fmt::Debug for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A message.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// Phase 1a, a prepare request: the acceptor is to promise that it accepts nothing lower.
    Prepare(Ballot),
    /// Phase 1b: the promise.
    Promise {
        /// What it answers.
        ballot: Ballot,
        /// The highest-numbered proposal that the acceptor has accepted.
        accepted: Option<Proposal>,
    },
    /// Phase 2a, an accept request.
    Accept(Proposal),
    /// Phase 2b: the acceptor has accepted the proposal.
    Accepted(Proposal),
    /// The acceptor does not do what it was asked for, as it has promised this number (section
    /// 2.4).
    Refuse(Ballot),
    /// The value is chosen.
    Learn(Value),
    /// Asks what is chosen, or what an acceptor has accepted.
    Ask,
    /// A process that is not trusted hands its value to the one that it trusts.
    Forward(Value),
    /// A message of the failure detector.
    #[message(Heartbeat, name = "Heartbeat")]
    Detector(Heartbeat),
}

/// What processes mark.
#[derive(Clone, Copy, Debug, Names)]
pub enum Mark {
    /// Phase 1 is over.
    Prepared,
    /// It gives its proposal up, since there is a higher one.
    Abandoned,
    /// It learns what is chosen.
    Learned,
    /// It becomes the distinguished proposer.
    TrustsItself,
}

/// The roles of processes.
#[derive(Clone, Copy, Debug, Names)]
pub enum RoleName {
    /// A proposer past phase 1.
    Leader,
    /// A proposer before that.
    Proposer,
}
