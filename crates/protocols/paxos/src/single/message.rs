//! What processes send each other.

use std::fmt;

use failure_detectors::Heartbeat;
use serde::{Deserialize, Serialize};
use sim_node::Class;

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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    Detector(Heartbeat),
}

impl sim_node::Message for Message {
    const KINDS: &'static [(&'static str, Class)] = &[
        ("Prepare", Class::Protocol),
        ("Promise", Class::Protocol),
        ("Accept", Class::Protocol),
        ("Accepted", Class::Protocol),
        ("Refuse", Class::Protocol),
        ("Learn", Class::Protocol),
        ("Ask", Class::Protocol),
        ("Forward", Class::Protocol),
        ("Heartbeat", Class::Heartbeat),
    ];

    fn kind(&self) -> usize {
        match self {
            Self::Prepare(_) => 0,
            Self::Promise { .. } => 1,
            Self::Accept(_) => 2,
            Self::Accepted(_) => 3,
            Self::Refuse(_) => 4,
            Self::Learn(_) => 5,
            Self::Ask => 6,
            Self::Forward(_) => 7,
            Self::Detector(_) => 8,
        }
    }
}
