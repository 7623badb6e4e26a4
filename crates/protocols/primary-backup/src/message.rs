//! What replicas, the view service and clients say to each other.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::{Reply, Request, ServiceMessage, StoreChunk};
use sim_node::{LocalTime, Names, NodeId};

use crate::{Header, Incarnation, Number, View, ViewNumber};

/// A message.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// A replica to the view service: it is up.
    #[message(Heartbeat)]
    Ping(Ping),
    /// The answer to it.
    #[message(Heartbeat)]
    Pong(Pong),
    /// The view service to the members of a view: take no more updates of earlier epochs than this,
    /// and say how many you have.
    Suspend(ViewNumber),
    /// The answer to it.
    Report(Report),
    /// The view service: this is the view.
    NewView(Arc<View>),
    /// The primary to the view service: it has taken the view up, and all recruits of it
    /// have its state.
    Acknowledge(ViewNumber),
    /// The primary to the others: updates.
    Forward(Forward),
    /// The answer to it.
    Ack(Ack),
    /// The primary to its backups, for a read: does my epoch last?
    Confirm(Confirm),
    /// The answer to it, if it does.
    Confirmed(Confirm),
    /// The primary to a recruit: a part of the state.
    Chunk(Box<Chunk>),
    /// The answer to it.
    ChunkReply(ChunkReply),
    /// To a primary whose epoch is over: this one has begun.
    Refuse(ViewNumber),
    /// To itself, behind a barrier: in this epoch, the state is durable up to this update.
    Persisted(ViewNumber, Number),
    /// A client asks.
    #[message(Client)]
    Request(Arc<Request>),
    /// A client is answered.
    #[message(Client)]
    Reply(Reply),
}

/// A replica is up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ping {
    /// The incarnation of its state.
    pub incarnation: Incarnation,
    /// Of which membership its state is; 0 when it has none, as after a crash without a disk.
    pub since: ViewNumber,
    /// The last view that it has acknowledged as primary.
    pub acknowledged: ViewNumber,
    /// As primary, whom it has not reached for long, and since when that is a member or a recruit.
    pub unreached: Vec<(NodeId, ViewNumber)>,
    /// Its clock when it sent this.
    pub sent: LocalTime,
}

/// The view service has received a ping.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pong {
    /// The current view.
    pub view: Arc<View>,
    /// Whether the view's primary, if that is the receiver, has a lease from here on.
    pub lease: bool,
    /// Echoed: leases count from it.
    pub sent: LocalTime,
}

/// How far a suspended replica is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Report {
    /// For the view of which number it is suspended.
    pub number: ViewNumber,
    /// Of which membership its state is.
    pub since: ViewNumber,
    /// How many updates it has.
    pub count: Number,
}

/// Updates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Forward {
    /// Of which view.
    pub header: Header,
    /// The update before the first of them.
    pub after: Number,
    /// The updates; none when a new primary only wants to know that it is followed.
    pub updates: Vec<Arc<Request>>,
    /// All members have the updates up to here.
    pub stable: Number,
}

/// A replica has all updates up to here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ack {
    /// In which epoch.
    pub epoch: ViewNumber,
    /// As a member since when.
    pub since: ViewNumber,
    /// Up to where.
    pub count: Number,
}

/// A round in which an epoch is confirmed for reads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Confirm {
    /// Of which view.
    pub header: Header,
    /// Which round.
    pub round: u64,
}

/// A part of the state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Chunk {
    /// Of which view.
    pub header: Header,
    /// For which incarnation of the receiver's state.
    pub incarnation: Incarnation,
    /// The last update that is in the state.
    pub base: Number,
    /// The items.
    pub data: StoreChunk,
}

/// How much of the state a recruit has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChunkReply {
    /// In which epoch.
    pub epoch: ViewNumber,
    /// As a recruit since when.
    pub since: ViewNumber,
    /// Of which state.
    pub base: Number,
    /// How many items it has.
    pub received: u32,
    /// Once the whole state is there: up to which update.
    pub installed: Option<Number>,
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
}

/// What replicas and the view service mark.
#[derive(Clone, Copy, Debug, Names)]
pub enum Mark {
    /// The primary takes a view up.
    ViewTakenUp,
    /// The primary begins to serve.
    InService,
    /// It is the primary no longer.
    SteppedDown,
    /// It is told not to serve until further notice.
    Suspended,
    /// A backup refuses an update of an epoch that is over.
    Refused,
    /// The backups have confirmed the epoch for reads.
    ReadConfirmed,
    /// A recruit has the state.
    StateInstalled,
    /// The view service suspects a replica.
    Suspected,
    /// A replica has lost its memory.
    MemoryLost,
    /// The primary does not reach a backup.
    NotReached,
    /// The primary is suspected, and nobody has the state.
    NobodyToSucceed,
    /// A view with another primary.
    NewEpoch,
    /// A view with the same primary.
    NewView,
    /// The primary has acknowledged a view.
    ViewAcknowledged,
}

/// The roles of replicas, and of the view service.
#[derive(Clone, Copy, Debug, Names)]
pub enum RoleName {
    /// The primary.
    Leader,
    /// It has the state, and follows the primary.
    Backup,
    /// It is being given the state.
    Recruit,
    /// It waits until it learns of a view.
    Suspended,
    /// It is no member of the view.
    Idle,
    /// The view service.
    #[name("view-service")]
    ViewService,
}
