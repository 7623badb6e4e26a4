//! Chain replication (van Renesse and Schneider 2004) and CRAQ (Terrace and Freedman 2009), with
//! their master.
//!
//! ```text
//! Module: ChainReplication, Craq
//! Requests:    the service's operations arrive as messages from its clients
//! Indications: Applied(update)      it is in the replica's history
//!              Committed(position)  the tail, and so everybody, has the updates up to here
//!              Received(position)   a history was received from the tail
//!              Read(key, version)   a read was answered, with this version
//! Properties:
//!   CH1 update-propagation     the history of a replica is a prefix of its predecessors' histories
//!   CH2 inprocess-requests     a replica's history is its successor's and what it has in `Sent`
//!   CH3 commit-agreement       no two updates are committed at one position, and none is lost
//!   CH4 chain-repair           once all faults have ended (`calm`), the chain is whole, by the
//!                            deadline (liveness)
//!   CR1 committed-reads        what a strong read returns was committed (CRAQ)
//!   CR2 bounded-reads          what a read returns is at most so many versions newer than the
//!                              committed one; eventual reads at a replica never go back (CRAQ)
//!   KV1, KV2                   linearizability and completion, of the service
//! Model: the paper's is fail-stop: crashes are detected, and only crashes; the master never fails;
//!        somebody of the chain survives. With leases, clocks drift apart by a bound, and safety
//!        needs no right suspicion. With disks, replicas crash and come back. Links may lose,
//!        double, delay and reorder messages. Liveness needs links between neighbours that last:
//!        fail-stop knows only replicas that fail, so the master replaces those whose heartbeats
//!        do not reach it, and none that a neighbour does not reach: updates wait for that link.
//! ```
//!
//! The paper's words are in the code: `Hist` is a [`Replica`]'s history, of which it keeps what it
//! makes of a store, and `Sent` the end of it that the successor may lack. Read `updates.rs` with
//! section 3, `membership.rs` and [`Master`] with 3.1, `joining.rs` with its last part, `reads.rs`
//! with the paper on CRAQ. `tail.rs` holds what only a tail does.
//!
//! A replica that loses its history is another one afterwards: it counts its incarnations on its
//! disk, and the configuration names it with its incarnation. With `disks`, its history is there as
//! well, and it takes its old place again, as if it had been slow.

mod config;
mod configuration;
mod image;
mod joining;
mod master;
mod membership;
mod message;
mod mutants;
mod properties;
mod reads;
mod replica;
mod settings;
mod stable;
mod tail;
mod types;
mod updates;
mod versions;

pub use config::{Config, Consistency, Reads};
pub use configuration::{Configuration, Member};
pub use master::{Master, MasterTimer};
pub use message::{
    Assignment, Chunk, ChunkReply, Grant, Mark, Message, Progress, Report, RoleName, Update,
};
pub use mutants::Mutant;
pub use properties::{
    BoundedReads, ChainRepair, CommitAgreement, CommittedReads, CraqSuite, InprocessRequests,
    Suite, UpdatePropagation,
};
pub use replica::{Indication, Replica, Timer, Version};
pub use settings::{ChainReplication, Craq, CraqSettings, Settings};
pub use stable::{Disk, MasterDisk, MasterRecord, Record};
pub use types::{Epoch, Incarnation, Position};

/// A node of the world: a replica, the master, or a client.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, sim_node::Parties)]
#[allow(missing_docs, reason = "each party says what it is")]
#[expect(clippy::large_enum_variant, reason = "most nodes of a world are replicas")]
pub enum Party {
    Replica(Replica),
    Master(Master),
    Client(service::Client<Message>),
}
