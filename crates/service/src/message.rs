//! What clients and servers say to each other.

use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{Message, NodeId};

use crate::{Command, Output};

/// An identity under which operations are numbered: a session of one client.
///
/// A client takes a new identity when it gives an operation up, since it cannot know whether the
/// operation will still take effect, and when it restarts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClientId {
    /// The client.
    pub node: NodeId,
    /// The number of the session, from 0, over all incarnations and all operations under way at
    /// once.
    pub session: u64,
}

/// An operation: the same, however often it is sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Operation {
    /// Who asks.
    pub client: ClientId,
    /// Its number in the session, from 1 without gaps.
    pub sequence: u64,
}

/// Sessions of different incarnations are this far apart.
const SESSIONS_PER_START: u64 = 1 << 32;

impl ClientId {
    /// The number of the first session of a client that has started so often before.
    #[must_use]
    pub fn first_session(starts: u32) -> u64 {
        u64::from(starts) * SESSIONS_PER_START
    }

    /// How often the client has started when it has this session.
    #[must_use]
    pub fn starts(self) -> u64 {
        self.session / SESSIONS_PER_START + 1
    }
}

/// A client asks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Request {
    /// For which operation.
    pub operation: Operation,
    /// What it is to do.
    pub command: Command,
}

/// A server answers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reply {
    /// Which operation.
    pub operation: Operation,
    /// What becomes of it.
    pub answer: Answer,
}

/// What becomes of an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Answer {
    /// It took effect, now or when it was sent before, with this output.
    Done(Output),
    /// This server cannot serve it; ask that one, if one is known. Says nothing about whether an
    /// earlier sending took effect.
    Redirect(Option<NodeId>),
}

/// A server tells a client whom to ask from now on, without being asked.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Routes {
    /// Who takes updates, if that has changed.
    pub updates: Option<NodeId>,
    /// Who answers reads, if that has changed.
    pub reads: Option<NodeId>,
}

/// A message type that carries the service's requests and replies beside the protocol's own
/// messages.
pub trait ServiceMessage: Message {
    /// Wraps a client's request; its class is [`sim_node::Class::Client`].
    fn request(request: Request) -> Self;
    /// Takes a server's reply out, or gives the message back.
    ///
    /// # Errors
    /// The message itself, when it is no reply.
    fn into_reply(self) -> Result<Reply, Self>;
    /// Takes out whom to ask from now on, or gives the message back. Only where servers tell.
    ///
    /// # Errors
    /// The message itself, when it says nothing of that.
    fn into_routes(self) -> Result<Routes, Self> {
        Err(self)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.node, self.session)
    }
}

/// As it is displayed, `n5/0`: messages are shown to people through `Debug`.
impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.client, self.sequence)
    }
}

/// As it is displayed, `n5/0#12`.
impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// In short, such as `n5/0#12 put k0 "5.12"`.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.operation, self.command)
    }
}

/// In short, such as `n5/0#12 Done(Written(true))`.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.operation, self.answer)
    }
}
