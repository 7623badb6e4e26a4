//! What replicas, master and clients say to each other.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::{Piece, Reply, Request, Routes, ServiceMessage};
use sim_node::{Class, LocalTime};

use crate::{Configuration, Epoch, Incarnation, Position};

/// A message of the chain. What is good between two neighbours only, or between the tail and who
/// joins, names the sender's epoch: the receiver knows by it whether they were that already.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// An update, to the successor.
    Update(Epoch, Update),
    /// Acknowledgement, to the predecessor: the tail has everything up to here.
    Ack(Epoch, Position),
    /// To a new successor: everything that it lacks.
    Resume(Epoch, Vec<Update>),
    /// From a successor that was sent no [`Message::Resume`] yet, and has everything up to here.
    Pull(Epoch, Position),
    /// From the head to the tail: a client asks again for an update that took effect.
    Again(Arc<Request>),
    /// A part of the history, from the tail to who joins.
    Chunk(Box<Chunk>),
    /// The answer to it.
    ChunkReply(ChunkReply),
    /// From a replica to the tail: which version of the key is committed? (CRAQ)
    VersionQuery(Arc<Request>),
    /// The answer: the request that it is for, and the last committed update.
    Version(Arc<Request>, Position),
    /// From the master: this is the chain.
    Configure(Assignment),
    /// To the master: how things are here, the new configuration included.
    Installed(Report),
    /// To the master: a heartbeat, with its own clock.
    Alive(LocalTime, Report),
    /// From the master: a heartbeat is answered, which renews the lease.
    Grant(Grant),
    /// A client asks.
    Request(Arc<Request>),
    /// A client is answered.
    Reply(Reply),
    /// A client is told of a new head or tail.
    Routes(Routes),
}

/// An update in the order that the head gave it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Update {
    /// Its sequence number.
    pub position: Position,
    /// What the client asked for.
    pub request: Arc<Request>,
}

/// A part of the store as it was after the update at `base`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Chunk {
    /// The tail's epoch.
    pub epoch: Epoch,
    /// The last update that the history holds.
    pub base: Position,
    /// The items.
    pub piece: Piece,
}

/// The answer to a chunk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChunkReply {
    /// The joining replica's epoch: it tells which history, since each has a link of its own.
    pub epoch: Epoch,
    /// How many items it has; `None`: all.
    pub received: Option<u32>,
}

/// A replica's part in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Assignment {
    /// The configuration.
    pub configuration: Arc<Configuration>,
    /// The last update that the successor has, if it was asked: what it lacks follows it.
    pub successor_last: Option<Position>,
}

/// How things are at a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Report {
    /// Its incarnation.
    pub incarnation: Incarnation,
    /// The incarnation in which it joined the chain; 0 while it has no history.
    pub origin: Incarnation,
    /// The configuration that it has installed.
    pub epoch: Epoch,
    /// The last update that it has.
    pub last: Position,
    /// How far it is with its history.
    pub progress: Progress,
}

/// How far a replica is with its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Progress {
    /// A spare, or one that receives so many items.
    Lacking(u32),
    /// It has a history, and waits for the rest of it from its predecessor.
    CatchingUp,
    /// It has everything that was ever answered.
    Complete,
    /// As [`Progress::Complete`]; and its successor lacks more than it can send.
    SuccessorTooOld,
}

/// A heartbeat is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// The incarnation that sent it.
    pub incarnation: Incarnation,
    /// Echoed: leases count from it.
    pub sent: LocalTime,
}

impl sim_node::Message for Message {
    const KINDS: &'static [(&'static str, Class)] = &[
        ("Update", Class::Protocol),
        ("Ack", Class::Protocol),
        ("Resume", Class::Protocol),
        ("Pull", Class::Protocol),
        ("Again", Class::Protocol),
        ("Chunk", Class::Protocol),
        ("ChunkReply", Class::Protocol),
        ("VersionQuery", Class::Protocol),
        ("Version", Class::Protocol),
        ("Configure", Class::Protocol),
        ("Installed", Class::Protocol),
        ("Alive", Class::Heartbeat),
        ("Grant", Class::Heartbeat),
        ("Request", Class::Client),
        ("Reply", Class::Client),
        ("Routes", Class::Client),
    ];

    fn kind(&self) -> usize {
        match self {
            Self::Update(..) => 0,
            Self::Ack(..) => 1,
            Self::Resume(..) => 2,
            Self::Pull(..) => 3,
            Self::Again(_) => 4,
            Self::Chunk(_) => 5,
            Self::ChunkReply(_) => 6,
            Self::VersionQuery(_) => 7,
            Self::Version(..) => 8,
            Self::Configure(_) => 9,
            Self::Installed(_) => 10,
            Self::Alive(..) => 11,
            Self::Grant(_) => 12,
            Self::Request(_) => 13,
            Self::Reply(_) => 14,
            Self::Routes(_) => 15,
        }
    }
}

impl ServiceMessage for Message {
    fn request(request: Request) -> Self {
        Self::Request(Arc::new(request))
    }

    fn into_reply(self) -> Result<Reply, Self> {
        match self {
            Self::Reply(reply) => Ok(reply),
            other => Err(other),
        }
    }

    fn into_routes(self) -> Result<Routes, Self> {
        match self {
            Self::Routes(routes) => Ok(routes),
            other => Err(other),
        }
    }
}
