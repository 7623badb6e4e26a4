//! What servers and clients send each other.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use service::{Reply, Request, ServiceMessage, StoreChunk};
use sim_node::NodeId;
use sim_protocol::Asks;

use super::{AdminCommand, Configurations, Members, Slot, Value};
use crate::Ballot;

/// A message of the cluster. The names are those of Lamport 2001.
///
/// What is large lies behind a pointer: a message is moved several times on its way.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// Phase 1a, for all slots from `from` on.
    Prepare {
        /// The ballot.
        ballot: Ballot,
        /// The first slot of which the proposer does not know the value.
        from: Slot,
    },
    /// Phase 1b.
    Promise(Box<Promise>),
    /// Phase 2a. All members of a slot are sent the same.
    Accept(Arc<Accept>),
    /// Phase 2b. To itself, behind a barrier: its own vote is durable.
    Accepted {
        /// The ballot.
        ballot: Ballot,
        /// The slot.
        slot: Slot,
    },
    /// "If an acceptor ignores a prepare or accept request because it has already received a
    /// prepare request with a higher number, then it should probably inform the proposer" (2.3).
    Nack {
        /// The ballot that it has promised.
        promised: Ballot,
    },
    /// All slots up to this one are chosen: the commit message of a leader, or of a server that has
    /// not received one for a while.
    #[message(Heartbeat)]
    Commit {
        /// The leader's ballot; `None` from a server that does not lead.
        ballot: Option<Ballot>,
        /// The slot.
        upto: Slot,
    },
    /// A replica that has missed what was chosen after this slot asks for it.
    Fetch {
        /// It has executed all slots up to this one.
        after: Slot,
        /// The slot of the snapshot that it is receiving, and how many items it has received.
        assembly: Option<(Slot, u32)>,
    },
    /// What was chosen in these slots, one after the other.
    Learn(Vec<(Slot, Ballot, Value)>),
    /// A part of a snapshot, where the slots that were asked for are compacted.
    Chunk(Box<Chunk>),
    /// For a read, the leader asks an acceptor whether it has promised a higher ballot.
    Confirm {
        /// The leader's ballot.
        ballot: Ballot,
        /// The number of the round of questions, counted by the leader.
        round: u64,
    },
    /// The acceptor has not promised a higher ballot.
    Confirmed {
        /// The leader's ballot.
        ballot: Ballot,
        /// The number of the round.
        round: u64,
    },
    /// A message of the failure detector.
    #[message(Heartbeat, name = "Heartbeat")]
    Detector(failure_detectors::Heartbeat),
    /// An administrator's command, on its way to the leader.
    #[message(Client)]
    Admin(AdminCommand),
    /// To itself: it has executed enough slots for a snapshot.
    TakeSnapshot,
    /// A client's request.
    #[message(Client)]
    Request(Box<Request>),
    /// The answer to a client.
    #[message(Client)]
    Reply(Box<Reply>),
}

/// Phase 1b: a promise, with the acceptor's votes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Promise {
    /// The acceptor accepts nothing below this ballot any more.
    pub ballot: Ballot,
    /// The acceptor has executed all slots up to this one, perhaps by installing a snapshot.
    pub executed: Slot,
    /// `votes` and `chosen` tell what the acceptor knows of all slots after this one. The promise
    /// tells nothing of this slot and those before it.
    pub above: Slot,
    /// Its last vote in each slot that it has voted in and does not know to be chosen.
    pub votes: Vec<(Slot, Ballot, Value)>,
    /// What it knows to be chosen. That counts more than any vote: the ballot that it comes with
    /// may be lower than that in which the value was chosen.
    pub chosen: Vec<(Slot, Ballot, Value)>,
}

/// Phase 2a.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Accept {
    /// The ballot.
    pub ballot: Ballot,
    /// The slot.
    pub slot: Slot,
    /// The value.
    pub value: Value,
    /// All slots up to this one are chosen: the commit message of earlier slots.
    pub upto: Slot,
}

/// The value comes before the commit message, for people.
impl fmt::Debug for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ballot, slot, value, upto } = self;
        write!(f, "ballot {ballot}, slot {slot}: {value:?}, chosen upto {upto}")
    }
}

/// A part of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Chunk {
    /// The last slot whose execution the snapshot holds.
    pub slot: Slot,
    /// The members of each slot.
    pub configurations: Configurations,
    /// Some items of the store.
    pub data: StoreChunk,
}

/// What an administrator may ask for. The leader has it chosen in a slot, and it is executed once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Asks)]
pub enum Admin {
    /// These are the members, from `alpha` slots later on.
    #[ask("Reconfigure([2, 3, 4])")]
    Reconfigure(#[serde(deserialize_with = "in_order")] Vec<NodeId>),
}

/// Members in the order of their numbers: whatever the order in which they are named, it is the
/// same command.
fn in_order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<NodeId>, D::Error> {
    let mut members = Vec::deserialize(deserializer)?;
    members.sort_unstable();
    Ok(members)
}

impl Admin {
    /// The members that the administrator asks for.
    ///
    /// # Panics
    /// When one of them has the number 128 or more; servers are at most 99.
    #[must_use]
    pub fn members(&self) -> Members {
        let Self::Reconfigure(members) = self;
        members.iter().copied().collect()
    }
}

impl ServiceMessage for Message {
    fn request(request: Request) -> Self {
        Self::Request(Box::new(request))
    }

    fn into_reply(self) -> Result<Reply, Self> {
        match self {
            Self::Reply(reply) => Ok(*reply),
            other => Err(other),
        }
    }
}
