//! What servers and clients say to each other.

use std::fmt;

use serde::{Deserialize, Serialize};
use service::{Part, Reply, Request, ServiceMessage};
use sim_node::NodeId;
use sim_protocol::Asks;

use super::{Configurations, Members, Slot, Value, Wish};
use crate::Ballot;

/// A message of the cluster. The names are those of Lamport 2001.
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
    Promise(Promise),
    /// Phase 2a.
    Accept(Accept),
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
    /// All slots up to this one are chosen: from a leader in the place of a commit message, or from
    /// anybody who hears no leader.
    #[message(Heartbeat)]
    Commit {
        /// The leader's ballot.
        ballot: Option<Ballot>,
        /// The slot.
        upto: Slot,
    },
    /// What was chosen after this slot? From a replica that has missed it.
    Fetch {
        /// All slots up to this one are known to it.
        after: Slot,
        /// Of a snapshot that it is receiving: the slot, and how many items it has.
        assembly: Option<(Slot, u32)>,
    },
    /// What was chosen in these slots, one after the other.
    Learn(Vec<(Slot, Ballot, Value)>),
    /// What was chosen is compacted: a part of a snapshot.
    Chunk(Chunk),
    /// Has anybody been promised a higher ballot? For reads.
    Confirm {
        /// The leader's ballot.
        ballot: Ballot,
        /// Which round of asking it is.
        round: u64,
    },
    /// Nobody has.
    Confirmed {
        /// The leader's ballot.
        ballot: Ballot,
        /// Which round of asking it was.
        round: u64,
    },
    /// A message of the failure detector.
    #[message(Heartbeat, name = "Heartbeat")]
    Detector(failure_detectors::Heartbeat),
    /// An administrator's wish, on its way to the leader.
    #[message(Client)]
    Wish(Wish),
    /// To itself: enough slots are executed for a snapshot.
    TakeSnapshot,
    /// A client asks.
    #[message(Client)]
    Request(Request),
    /// A client is answered.
    #[message(Client)]
    Reply(Reply),
}

/// Phase 1b: a promise, with the votes that it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Promise {
    /// The ballot that it is given to.
    pub ballot: Ballot,
    /// All slots up to this one are chosen and known to the acceptor, perhaps by a snapshot alone.
    pub executed: Slot,
    /// `votes` and `chosen` have what the acceptor knows of all slots after this one. Of those
    /// before it, the promise says nothing.
    pub above: Slot,
    /// Its last votes, slot by slot.
    pub votes: Vec<(Slot, Ballot, Value)>,
    /// What it knows to be chosen after a slot that it does not know of. No vote outranks it: the
    /// ballot in which it was told may be lower than that in which it was chosen.
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

/// In short: the value comes before the commit message.
impl fmt::Debug for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ballot, slot, value, upto } = self;
        write!(f, "ballot {ballot}, slot {slot}: {value:?}, chosen upto {upto}")
    }
}

/// A part of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Chunk {
    /// The last slot that the snapshot stands for.
    pub slot: Slot,
    /// Who the members are.
    pub configurations: Configurations,
    /// How many items came before this chunk.
    pub offset: u32,
    /// The items of this chunk.
    pub part: Part,
    /// Whether it is the last.
    pub done: bool,
}

/// What an administrator may want. It is done once, by whoever leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Asks)]
pub enum Admin {
    /// These are the members, from `alpha` slots later on.
    #[ask("Reconfigure([2, 3, 4])")]
    Reconfigure(Vec<NodeId>),
}

impl Admin {
    /// The members that are wanted.
    #[must_use]
    pub fn members(&self) -> Members {
        let Self::Reconfigure(members) = self;
        members.iter().copied().collect()
    }
}

impl ServiceMessage for Message {
    fn request(request: Request) -> Self {
        Self::Request(request)
    }

    fn into_reply(self) -> Result<Reply, Self> {
        match self {
            Self::Reply(reply) => Ok(reply),
            other => Err(other),
        }
    }
}
