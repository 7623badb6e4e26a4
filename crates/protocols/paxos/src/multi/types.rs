//! [`Slot`], [`Value`] and what a value may be.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::Request;
use sim_node::{Names, NodeId, RequestId};

use super::Members;

/// An instance of the consensus algorithm: "the i-th instance chooses the i-th state machine
/// command" (Lamport 2001, section 3). The first is 1; 0 is before all of them.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot(pub u64);

impl Slot {
    /// The slot after it.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// The slot so many further.
    #[must_use]
    pub fn plus(self, slots: u64) -> Self {
        Self(self.0.saturating_add(slots))
    }

    /// The slot before it. Before the first is 0, and before that 0 again.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The number alone: messages are shown to people through `Debug`.
impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What may be chosen in a slot.
///
/// It is copied into every message, record and vote that it is part of, so what is large lies
/// behind an `Arc`: a copy is a pointer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Value {
    /// Nothing: fills a gap, or brings the time of other members (Lamport 2001, section 3).
    Noop,
    /// Operations of clients, executed in this order.
    Commands(Arc<[Request]>),
    /// Other members, from alpha slots later on.
    Reconfigure(Arc<AdminCommand>),
}

/// An administrator's command: these are the members from now on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AdminCommand {
    /// The server that the administrator gave it to.
    pub server: NodeId,
    /// Its number among the commands that were given to that server, from 1. A command is executed
    /// at most once, and not after a later one of the same server.
    pub number: u64,
    /// The members.
    pub members: Members,
    /// The administrator's request, if it is known.
    #[serde(skip)]
    pub request: Option<RequestId>,
}

/// In short, such as `[n5/0#12 put k0 "5.12"]`.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Noop => write!(f, "no-op"),
            Self::Commands(requests) => write!(f, "{requests:?}"),
            Self::Reconfigure(command) => write!(f, "{command:?}"),
        }
    }
}

/// In short, such as `members {n0, n3} for n1#2`: the second command at server 1.
impl fmt::Debug for AdminCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "members {:?} for {}#{}", self.members, self.server, self.number)
    }
}

/// What servers mark.
#[derive(Clone, Copy, Debug, Names)]
pub enum Mark {
    /// It begins phase 1.
    Campaign,
    /// Phase 1 is over for every slot.
    Leading,
    /// Another proposer has a higher ballot.
    Outbid,
    /// It leads no longer, since its detector trusts another.
    SteppedDown,
    /// It fills a gap.
    #[name("no-op proposed")]
    NoOpProposed,
    /// New members are chosen.
    Reconfigured,
    /// What was chosen does not fit the members that were.
    ReconfigurationRefused,
    /// A quorum has confirmed the leader for reads.
    ReadConfirmed,
    /// It has taken a snapshot.
    SnapshotTaken,
    /// It has installed another's snapshot.
    SnapshotInstalled,
}

/// The roles of servers.
#[derive(Clone, Copy, Debug, Names)]
pub enum RoleName {
    /// It leads.
    Leader,
    /// It is in phase 1.
    Candidate,
    /// It does neither.
    Follower,
}
