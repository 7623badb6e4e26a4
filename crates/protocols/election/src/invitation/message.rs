//! The messages, requests and indications, and the identifiers of groups.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{Class, NodeId};

/// The identifier of a group. Shown as "n2#5".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Group {
    /// The process that founded it.
    pub founder: NodeId,
    /// Which of its foundations it was, from 1.
    pub number: u64,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.founder, self.number)
    }
}

/// The messages between processes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// From a coordinator to every process: are you a coordinator, too?
    AreYouCoordinator {
        /// The group of the one that asks, for the answer.
        group: Group,
    },
    /// The answer.
    Coordinator {
        /// The group of the one that asked.
        group: Group,
        /// Whether it is a coordinator whose group is ready.
        yes: bool,
    },
    /// From a member to its coordinator: are you still there, and I in your group?
    AreYouThere {
        /// The member's group.
        group: Group,
    },
    /// The answer.
    There {
        /// The group that was asked about.
        group: Group,
        /// Whether the one that was asked coordinates it, with the one that asked in it.
        yes: bool,
    },
    /// Join this group.
    Invitation {
        /// The group.
        group: Group,
        /// The coordinator to accept it to: the sender, or the one for which the sender passes it
        /// on.
        coordinator: NodeId,
    },
    /// To the coordinator: I join.
    Accept {
        /// The group.
        group: Group,
    },
    /// From the coordinator: the group is complete.
    Ready {
        /// The group.
        group: Group,
        /// Who is in it.
        view: BTreeSet<NodeId>,
    },
}

impl sim_node::Message for Message {
    const KINDS: &'static [(&'static str, Class)] = &[
        ("AreYouCoordinator", Class::Heartbeat),
        ("Coordinator", Class::Heartbeat),
        ("AreYouThere", Class::Heartbeat),
        ("There", Class::Heartbeat),
        ("Invitation", Class::Protocol),
        ("Accept", Class::Protocol),
        ("Ready", Class::Protocol),
    ];

    fn kind(&self) -> usize {
        match self {
            Self::AreYouCoordinator { .. } => 0,
            Self::Coordinator { .. } => 1,
            Self::AreYouThere { .. } => 2,
            Self::There { .. } => 3,
            Self::Invitation { .. } => 4,
            Self::Accept { .. } => 5,
            Self::Ready { .. } => 6,
        }
    }
}

/// The only timer: what a process waits for at its [`Stage`](super::Stage) is overdue, or due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Timer;

/// The requests to a process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Request {
    /// Look for other coordinators now, if this process is one and has nothing else to do.
    Check,
}

/// The indications to the layer above.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Indication {
    /// This process is a member of a group that is ready.
    Joined {
        /// The group.
        group: Group,
        /// Its coordinator.
        coordinator: NodeId,
        /// Who is in it.
        view: BTreeSet<NodeId>,
    },
}
