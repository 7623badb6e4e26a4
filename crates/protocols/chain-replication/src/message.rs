//! What replicas, master and clients say to each other.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::{Reply, Request, Routes, ServiceMessage, StoreChunk};
use sim_node::{LocalTime, Names};

use crate::{Configuration, Epoch, Incarnation, Position};

/// A message of the chain. What is good between two neighbours only, or between the tail and who
/// joins, names the sender's epoch: the receiver knows by it whether they were that already.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
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
    #[message(Heartbeat)]
    Alive(LocalTime, Report),
    /// From the master: a heartbeat is answered, which renews the lease.
    #[message(Heartbeat)]
    Grant(Grant),
    /// A client asks.
    #[message(Client)]
    Request(Arc<Request>),
    /// A client is answered.
    #[message(Client)]
    Reply(Reply),
    /// A client is told of a new head or tail.
    #[message(Client)]
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
    pub data: StoreChunk,
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

/// What replicas and master mark.
#[derive(Clone, Copy, Debug, Names)]
pub enum Mark {
    /// The master takes a replica for failed.
    Suspected,
    /// The master has made a new configuration.
    Reconfigured,
    /// A replica has installed a configuration.
    ConfigurationInstalled,
    /// It is the head from now on.
    Head,
    /// It is the tail from now on.
    Tail,
    /// It is in the chain no longer.
    Deposed,
    /// It is to join the chain.
    Joining,
    /// The master gives a joining replica up.
    JoiningGivenUp,
    /// The tail begins to hand its history over.
    TransferBegun,
    /// The joining replica has the history.
    HistoryReceived,
    /// The master has added a tail.
    ChainExtended,
    /// The new tail has what the old one had.
    CaughtUp,
    /// The master takes back a replica that had failed.
    TakenBack,
    /// The master keeps a replica that seems to have failed, since there is no other.
    NobodyElseLeft,
}

/// The roles of replicas, and of the master.
#[derive(Clone, Copy, Debug, Names)]
pub enum RoleName {
    /// The first replica of the chain.
    Head,
    /// One between head and tail.
    Middle,
    /// The last replica of the chain.
    Tail,
    /// It receives the history.
    Joining,
    /// It is not in the chain.
    Spare,
    /// The master.
    Master,
}
