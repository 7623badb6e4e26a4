//! [`Trigger`]: what sets a fault off, and how often.

use serde::{Deserialize, Serialize};
use sim_node::Duration;

/// Something that happens in the protocol, seen at the step in which it happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// What happens.
    pub on: Occasion,
    /// Only at this node; at any when left out.
    #[serde(default)]
    pub at: Option<u32>,
    /// Only messages from this node, where the occasion is that one is sent or handled.
    #[serde(default)]
    pub from: Option<u32>,
    /// Only messages to this node.
    #[serde(default)]
    pub to: Option<u32>,
    /// What happens before this time does not count.
    #[serde(default)]
    pub after: Option<Duration>,
    /// At which occurrence, from 1.
    #[serde(default = "first")]
    pub nth: u32,
    /// Whether it waits for the n-th occurrence again, once the fault has struck and, if it is a
    /// lasting one, has ended.
    #[serde(default)]
    pub every: bool,
    /// Whether each node sets it off once, at the n-th occurrence there. What happens while the
    /// fault holds for another node passes.
    #[serde(default)]
    pub once_per_node: bool,
    /// How often it fires at most.
    #[serde(default)]
    pub limit: Option<u32>,
}

fn first() -> u32 {
    1
}

impl Trigger {
    /// The first time that something happens, at any node.
    #[must_use]
    pub fn new(on: Occasion) -> Self {
        Self {
            on,
            at: None,
            from: None,
            to: None,
            after: None,
            nth: 1,
            every: false,
            once_per_node: false,
            limit: None,
        }
    }

    /// The node in whose step it happens, if only one will do.
    pub(crate) fn node(&self) -> Option<u32> {
        self.at.or(match &self.on {
            Occasion::Send(_) => self.from,
            Occasion::Receive(_) => self.to,
            Occasion::Role(_) | Occasion::Mark(_) | Occasion::After(..) | Occasion::Write => None,
        })
    }

    /// The other end of the message that is sent or handled, if only one will do.
    pub(crate) fn peer(&self) -> Option<u32> {
        match &self.on {
            Occasion::Send(_) => self.to,
            Occasion::Receive(_) => self.from,
            Occasion::Role(_) | Occasion::Mark(_) | Occasion::After(..) | Occasion::Write => None,
        }
    }
}

/// What a trigger waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Occasion {
    /// A node takes the role of this name.
    Role(String),
    /// A node emits this mark.
    Mark(String),
    /// A node sends a message of the kind of this name.
    Send(String),
    /// So many messages of the kind of this name have left a node in one step, or behind it when a
    /// barrier held them. The fault strikes right then, before the next effect.
    After(String, u32),
    /// A node handles a message of the kind of this name.
    Receive(String),
    /// A node writes a record.
    Write,
}

impl Occasion {
    /// Whether nodes are to be asked for their roles.
    #[must_use]
    pub fn asks_roles(&self) -> bool {
        matches!(self, Self::Role(_))
    }
}
