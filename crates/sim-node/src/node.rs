//! [`Node`]: a protocol as a state machine. One event in, effects out, no input or output of its
//! own.

use std::fmt;
use std::fmt::Debug;
use std::hash::Hash;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Context, ImageError, Mutation, Span};

/// What may be part of a state, a message or a record: ordered collections and integers, so that
/// these traits are derived and never lie.
pub trait Value: Clone + Eq + Ord + Hash + Debug + Serialize + 'static {}
impl<T: Clone + Eq + Ord + Hash + Debug + Serialize + 'static> Value for T {}

/// The name of a node: servers are `0..n`, clients and other parties follow.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(u32);

impl NodeId {
    /// The node with this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Its number, to index a list of nodes with.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// As it is displayed, `n3`: messages and states are shown to people through `Debug`.
impl Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}

/// In which column a message is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Between servers, in the course of the protocol.
    Protocol,
    /// From or to a client.
    Client,
    /// A heartbeat, or the reply to one.
    Heartbeat,
}

/// The messages between the nodes of a world. Derive it:
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use sim_node::{Class, Message as _};
///
/// #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
/// #[derive(sim_node::Message)]
/// enum Message {
///     Prepare(u64),
///     #[message(Heartbeat)]
///     Ping,
///     #[message(Client, name = "Request")]
///     Asked(String),
/// }
///
/// assert_eq!(Message::KINDS[1], ("Ping", Class::Heartbeat));
/// assert_eq!(Message::KINDS[Message::Asked(String::new()).kind()], ("Request", Class::Client));
/// ```
///
/// A variant is a kind of its name; its class is [`Class::Protocol`], unless it says another. A
/// variant of several kinds names them and a function of its value that tells which, as a number:
/// `#[message(by = Append::purpose, kinds(Append, Heartbeat(Beat)))]`. With `interleave`, each of
/// them stands behind its counterpart of the variant before. `#[message(mutate = path)]` on the
/// type names the function that [`Message::mutate`] calls.
pub trait Message: Value + DeserializeOwned {
    /// Every kind of message: its name, as scenarios and counters show it, and its class.
    const KINDS: &'static [(&'static str, Class)];

    /// Which kind this is, as an index into [`Message::KINDS`].
    fn kind(&self) -> usize;

    /// Bytes on the wire; asked only when a scenario accounts for them.
    ///
    /// By default the bytes of a plain binary encoding: integers at their own width, a 4-byte
    /// length before text and sequences, one byte for a variant or an `Option`.
    fn size(&self) -> usize {
        crate::wire::size(self)
    }

    /// A well-formed message that says something else in the place of this one: what a Byzantine
    /// node says when it lies. It may differ in whatever the sender decides, but not in a signature
    /// of another node ([`Signed`](crate::Signed)).
    ///
    /// The same choices make equal content into equal content, so that one lie can be told in
    /// several messages. `None`, by default, when there is no such message: then one that is
    /// corrupted is dropped by its receiver, as its checksum fails.
    fn mutate(&self, _: &mut Mutation<'_>) -> Option<Self> {
        None
    }
}

/// What survives a crash: a value that is written record by record.
///
/// The disk keeps the records; `start` is handed the fold of those that were durable.
pub trait Stable: Value + Default {
    /// One write.
    type Record: Value;
    /// Adds a record that was written after all those applied so far.
    fn apply(&mut self, record: &Self::Record);
}

/// The record of a node that writes nothing. (`Infallible` is not `Serialize`.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Never {}

impl Stable for () {
    type Record = Never;
    fn apply(&mut self, record: &Never) {
        match *record {}
    }
}

/// A node's current role, for triggers (`Leader`), names in faults, and pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Role {
    /// Which of two holders of a role a fault means: the higher, as with the term of a leader.
    pub rank: u64,
    /// Its name, lower case: `leader`, `candidate`, `head`.
    pub name: &'static str,
}

impl Role {
    /// The name of the role that the fault target `Leader` asks for.
    pub const LEADER: &'static str = "leader";

    /// A role by name and rank.
    #[must_use]
    pub const fn new(name: &'static str, rank: u64) -> Self {
        Self { rank, name }
    }

    /// The leader of this rank: its term, view or ballot; its identifier where there is no such
    /// thing.
    #[must_use]
    pub const fn leader(rank: u64) -> Self {
        Self::new(Self::LEADER, rank)
    }
}

/// A protocol as a state machine. The value itself is the volatile state of one incarnation.
///
/// Handlers change `self` and emit effects into the [`Context`]; that is all they may do. They own
/// no clock, thread, global or generator. A crash drops the value; [`Node::start`] makes the next
/// one from the disk, so volatile state cannot leak from one incarnation into the next.
pub trait Node: Value {
    /// Fixed for the whole run and known to all; survives a crash; not part of the state.
    type Config: Debug;
    /// What is sent.
    type Message: Message;
    /// The key of a timer: setting a key again replaces the timer.
    type Timer: Value + Copy;
    /// What comes down from the layer above, or from the workload.
    type Request: Value;
    /// What goes up to the layer above, or to the observer of the run.
    type Indication: Value;
    /// What survives a crash; `()` when nothing does.
    type Stable: Stable;

    /// The first start (with the default, or the scenario's initial image) and every restart.
    ///
    /// After damage to the disk `stable` is the intact prefix and [`Context::damaged`] says so.
    fn start(stable: &Self::Stable, cx: &mut Context<'_, Self>) -> Self;

    /// A message arrives. It may be late, duplicated or out of order, as the links of the world
    /// allow.
    fn on_message(&mut self, from: NodeId, message: Self::Message, cx: &mut Context<'_, Self>);

    /// A timer fires; it is no longer set. A replaced or cancelled timer never fires, even if it
    /// was due. To be left out only where there are no timers: anything else does not build.
    fn on_timer(&mut self, timer: Self::Timer, _: &mut Context<'_, Self>) {
        const { assert!(has_no_values::<Self::Timer>(), "a node with timers implements `on_timer`") }
        unreachable!("there is no timer {timer:?}")
    }

    /// The layer above, or the workload, asks for something. To be left out only where there are
    /// no requests: anything else does not build.
    fn on_request(&mut self, request: Self::Request, _: &mut Context<'_, Self>) {
        const { assert!(has_no_values::<Self::Request>(), "it implements `on_request`") }
        unreachable!("there is no request {request:?}")
    }

    /// What the node is now; `None` when the protocol has no roles.
    fn role(&self) -> Option<Role> {
        None
    }

    /// Whether this node's disk may hold this at the first start: what a scenario says of it. What
    /// no run leaves behind is refused, so that it is not taken for a fault of the protocol; and
    /// what would not be read, since nothing that a scenario says is to be silently ignored.
    ///
    /// # Errors
    /// With the part that is impossible.
    fn check_image(
        _image: &Self::Stable,
        _id: NodeId,
        _config: &Self::Config,
    ) -> Result<(), ImageError> {
        Ok(())
    }

    /// Asserts the local invariants; run after each step of this node, in all builds. A panic here
    /// is the violation `PANIC` of the run.
    fn check(&self, _config: &Self::Config) {}
}

/// Whether a type is like [`Never`]: then an option of it is always `None` and takes no room.
const fn has_no_values<T>() -> bool {
    size_of::<Option<T>>() == 0
}

/// What happens to a node: the input of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<N: Node> {
    /// The incarnation begins.
    Start,
    /// A message arrives.
    Message {
        /// Who sent it.
        from: NodeId,
        /// What it says.
        message: N::Message,
    },
    /// A timer fires.
    Timer(N::Timer),
    /// The workload asks.
    Request(N::Request),
}

/// What a node wants done. Effects take place in the order in which they were emitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect<N: Node> {
    /// A message leaves, or is held by a barrier until it may.
    Send {
        /// The receiver; the sender itself for a self-send, which takes no time and is not
        /// counted.
        to: NodeId,
        /// What it says.
        message: N::Message,
        /// Whether the sender counts it as a retransmission.
        resend: bool,
        /// Whether it leaves whatever barriers hold; it overtakes what they hold.
        at_once: bool,
    },
    /// The timer with this key fires after a length drawn from the span, on the node's own clock;
    /// replaces the timer of the same key.
    SetTimer {
        /// The key.
        timer: N::Timer,
        /// How long from now.
        span: Span,
    },
    /// The timer with this key never fires, even if it is due.
    CancelTimer(N::Timer),
    /// A record goes to the disk; only a barrier makes it durable.
    Write(<N::Stable as Stable>::Record),
    /// Holds every later send and indication of this node until all writes before it are durable.
    Barrier,
    /// Something goes up to the layer above.
    Indicate(N::Indication),
    /// A protocol event by name: for triggers, coverage and pictures.
    Mark(&'static str),
}
