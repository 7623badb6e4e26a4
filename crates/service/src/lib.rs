//! The replicated key-value service under which every replicated protocol is compared: its state
//! machine, its clients and their workloads, and the claims about what clients see.
//!
//! ```text
//! Module: replicated key-value service
//! Requests (client):    none; a client makes its operations by itself, as the workload says
//! Indications (client): Invoked { operation, command }   an operation begins
//!                       Answered { operation, output }   it took effect, with this output
//!                       GivenUp { operation }            it may or may not have taken effect
//! Properties:
//!   KV1 linearizability   every history of the clients is linearizable (Herlihy, Wing 1990)
//!   KV2 completion        once all faults have ended (`calm`), every operation that its client
//!                         does not abandon has a response by the deadline (liveness)
//! ```
//!
//! A server executes [`Command`]s on a [`Store`], each at most once by client and sequence number,
//! and speaks [`ServiceMessage`]s with the [`Client`]s beside its own protocol.

mod client;
mod command;
mod completion;
mod executed;
mod image;
mod linearizability;
mod message;
mod store;
mod transfer;
mod workload;

pub use client::{
    Client, ClientConfig, ClientIndication, ClientRecord, ClientStable, ClientTimer, Routing,
};
pub use command::{Command, Key, Output};
pub use completion::{Completion, Served};
pub use executed::Executed;
pub use image::{EarlierOperations, check_images, check_images_of_servers};
pub use linearizability::Linearizability;
pub use message::{Answer, ClientId, Operation, Reply, Request, Routes, ServiceMessage};
pub use store::{Fingerprint, Items, Session, Store};
pub use transfer::{ChunkAssembly, Received, StoreChunk};
pub use workload::{Contact, KeyValue, Loop, Mix, Scripted, Skew};
