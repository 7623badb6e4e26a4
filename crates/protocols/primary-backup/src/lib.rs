//! Primary-backup replication with a view service: one replica serves, the others hold copies, and
//! a service of its own says who is what.
//!
//! ```text
//! Module: PrimaryBackup
//! Requests:    none          the service's operations arrive as messages from its clients
//! Properties:
//!   PB1 one-primary          a view has one content, and at most one replica ever is its primary
//!   PB2 update-order         within a view, the updates of every backup are a prefix of the
//!                            primary's
//!   PB3 nothing-lost         every acknowledged update is in the state of each later primary
//!   PB4 succession           the primary of a view was primary or backup of the view before, and a
//!                            recruit becomes a backup only once the primary has acknowledged the
//!                            view in which it was recruited
//!   PB5 one-at-a-time        no two replicas serve reads on their own at one instant: unless reads
//!                            are local, or where a bound on message delays is assumed
//!   PB6 in-service           once all faults have ended (`calm`), a primary serves soon, and at
//!                            the deadline (liveness)
//!   KV1, KV2                 linearizability and completion, of the service
//! Model: asynchronous for safety, partially synchronous for liveness; crash-recovery with disks,
//!        or crash-stop of all but one replica of a view without; messages may be lost, duplicated,
//!        delayed and reordered. The view service crashes and recovers, and always has a disk.
//!        Reads: Local assumes fail-stop (who is suspected has crashed), Forward assumes
//!        nothing, Lease assumes that clocks drift apart by no more than a bound.
//! ```
//!
//! Sources: Alsberg, Day 1976; Budhiraja, Marzullo, Schneider, Toueg 1993 (Pb1 to Pb4); van
//! Renesse, Schneider 2004, section 4 (what a failure costs); the view service of MIT 6.824, lab 2.
//!
//! Read `view.rs` and `status.rs` first, then `leading.rs`, `primary.rs` and `backup.rs`
//! (updates), `transfer.rs` (how a recruit gets its state), `reads.rs`, and `view_service.rs` with
//! `succession.rs` (who is what next).
//!
//! Where it departs from the lab, so that no single crash can stop it: all backups of a view, and
//! not one, hold every update; the view service asks them to suspend before it names another
//! primary, as in van Renesse and Schneider, and takes the one with the most updates; the primary's
//! acknowledgement is waited for before recruits count, and not before crashed members are dropped.
//! As in the lab, only the view service says who has crashed: while a primary does not reach a
//! backup whose pings reach the view service, updates wait; with `drop_after` only so long, as the
//! primary then asks the view service to go on without it.

mod backup;
mod config;
mod image;
mod leading;
mod log;
mod message;
mod mutants;
mod primary;
mod properties;
mod reads;
mod replica;
mod settings;
mod stable;
mod status;
mod succession;
mod transfer;
mod view;
mod view_service;

pub use config::{Config, Reads};
pub use leading::{Leading, Pace, Progress};
pub use log::{Log, Number};
pub use message::{
    Ack, Chunk, ChunkReply, Confirm, Forward, Mark, Message, Ping, Pong, Report, RoleName,
};
pub use mutants::Mutant;
pub use properties::{
    InService, NothingLost, OneAtATime, OnePrimary, Succession, Suite, UpdateOrder,
};
pub use replica::{Replica, ReplicaTimer};
pub use settings::{PrimaryBackup, Settings};
pub use stable::{Disk, Record, ViewDisk, ViewRecord};
pub use status::Status;
pub use view::{Header, Incarnation, View, ViewNumber};
pub use view_service::{ViewService, ViewTimer};

/// A node of the world: a replica, the view service, or a client.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, sim_node::Parties)]
#[allow(missing_docs, reason = "each party says what it is")]
pub enum Party {
    Replica(Replica),
    ViewService(ViewService),
    Client(service::Client<Message>),
}
