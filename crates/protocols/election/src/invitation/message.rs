//! The messages, requests and indications, and the identifiers of groups.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{Names, NodeId};
use sim_protocol::Asks;

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
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// From a coordinator to every process: are you a coordinator, too?
    #[message(Heartbeat)]
    AreYouCoordinator {
        /// The group of the one that asks, for the answer.
        group: Group,
    },
    /// The answer.
    #[message(Heartbeat)]
    Coordinator {
        /// The group of the one that asked.
        group: Group,
        /// Whether it is a coordinator whose group is ready.
        yes: bool,
    },
    /// From a member to its coordinator: are you still there, and I in your group?
    #[message(Heartbeat)]
    AreYouThere {
        /// The member's group.
        group: Group,
    },
    /// The answer.
    #[message(Heartbeat)]
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

/// What a process marks.
#[derive(Clone, Copy, Debug, Names)]
pub enum Mark {
    /// It invites others.
    Merging,
    /// Its new group is ready.
    Merged,
    /// It has lost its coordinator.
    Recovered,
}

/// The roles of a process.
#[derive(Clone, Copy, Debug, Names)]
pub enum Part {
    /// A coordinator.
    Leader,
    /// One that has invited others.
    Candidate,
}

/// The only timer: what a process waits for at its [`Stage`](super::Stage) is overdue, or due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Timer;

/// The requests to a process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Asks)]
pub enum Request {
    /// Look for other coordinators now.
    ///
    /// Does nothing where this process is none, or has something else to do.
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
