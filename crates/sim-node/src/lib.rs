//! The contract that protocols are written against.
//!
//! A protocol is a [`Node`]: a state machine that handles one [`Event`] at a time and emits
//! [`Effect`]s into its [`Context`]. It does no input or output of its own, so any driver can run
//! it: the simulator, an exhaustive explorer, a real network.
//!
//! # Writing a protocol
//! 1. Open the crate with its *module box*: requests, indications, the properties with their codes,
//!    the model it assumes, paper and section.
//! 2. Declare `Config`, `Message`, `Timer`, `Request`, `Indication`, then the state. State is made
//!    of ordered collections and integers; derive `Clone, Debug, PartialEq, Eq, PartialOrd, Ord,
//!    Hash, Serialize` on all of it (see [`Value`]), and `Deserialize` on messages and requests.
//!    Derive [`Message`] on the messages, and [`Names`] on an enum of what the protocol marks.
//! 3. Implement [`Node`]: `start`, `on_message`, and what the protocol has of `on_timer` and
//!    `on_request`. Tell the [`Role`] when the protocol has roles, and assert local invariants in
//!    [`Node::check`].
//! 4. What must survive a crash is a [`Stable`]: write a record, set a barrier, and only then
//!    speak.
//!
//! # What a handler may rely on
//! * Effects take place in the order in which they are emitted.
//! * **Crash**: the state is dropped, held messages are lost, and of the writes that no barrier
//!   made durable a prefix survives.
//! * **Barrier** holds every later send and indication of the node (self-sends and later steps
//!   included) until all writes before it are durable. Timers and state changes do not wait. A
//!   leader counts its own copy of an entry by sending itself a message behind the barrier.
//! * **Self-sends** take no time, pass the node's own queue, are never lost or duplicated, are not
//!   counted, and are lost with the incarnation.
//! * **Timers** are set, replaced and cancelled by key, on the node's own clock. A replaced or
//!   cancelled timer never fires, even if it was due.
//! * **Randomness** is [`Context::choose`], and a timer's [`Span`]; there is no generator.
//! * **Local time** ([`LocalTime`]) is the node's own and is not simulation time.
//!
//! # Building larger nodes
//! [`Context::layer`] runs a node inside a node; [`Either`] makes a world of two parties,
//! `#[derive(Parties)]` ([`HasParty`]) one of more; [`Rounds`] runs a protocol of synchronous
//! rounds.
//!
//! # Byzantine nodes
//! [`Message::mutate`] says how a lie looks, so that a scenario can let a node tell one;
//! [`Context::sign`] makes a [`Signed`] that no other node can forge.
//!
//! # Testing a node
//! [`Harness`] drives one node step by step: what it sends and sets, what a barrier holds, what it
//! remembers after a crash.

mod context;
mod disk;
mod either;
mod harness;
mod image;
mod layer;
mod mutation;
mod node;
mod party;
mod quantity;
mod request;
mod rounds;
mod signed;
mod time;
mod wire;

pub use context::{ClocksUsed, Context, RequestOutcome, Sink, StepDetails};
pub use disk::Disk;
pub use either::{Either, EitherStable, Parties};
pub use harness::Harness;
pub use image::{COUNTER_MAX, ImageError, PLACE_MAX, SMALL_COUNTER_MAX};
pub use layer::{Indications, Layer};
pub use mutation::Mutation;
pub use node::{Class, Effect, Event, Message, Never, Node, NodeId, Role, Stable, Value};
pub use party::{HasParty, PartyOf, Share, WRONG_PARTY, as_party, refuse_for_other_party};
pub use quantity::{
    Bandwidth, Bytes, Drift, Duration, Offset, QuantityError, Ratio, Span, counted, grouped,
};
pub use request::{RequestId, Requested};
pub use rounds::{
    LATE_MESSAGE, RoundConfig, RoundContext, RoundMessage, RoundNode, RoundTimer, Rounds,
};
pub use signed::Signed;
pub use sim_derive::{Message, Names, Parties};
pub use time::{LocalTime, WallTime};
pub use wire::size as wire_size;
