//! Raft (Ongaro and Ousterhout 2014; Ongaro's thesis, 2014), complete: elections, replication,
//! persistence, compaction, membership changes, leadership transfer, and linearizable reads.
//!
//! ```text
//! Module: Raft
//! Requests:    Admin        membership changes and leadership transfers, at any server
//!              the operations of the service arrive as messages of its clients
//! Properties:
//!   RF1 election-safety        at most one leader is elected in a term
//!   RF2 leader-append-only     a leader never overwrites or deletes entries in its log
//!   RF3 log-matching           logs that contain an entry with one index and term are identical
//!                              in all entries up to it
//!   RF4 leader-completeness    an entry committed in a term is in the logs of the leaders of all
//!                              later terms
//!   RF5 state-machine-safety   no two servers apply different entries at one index
//!   RF6 leader                 after the calm, a server leads within 30 election timeouts, and at
//!                              the deadline (liveness)
//!   KV1, KV2                   linearizability and completion, of the service
//! Model: asynchronous for safety, partially synchronous for liveness; crash-recovery with a disk;
//!        messages may be lost, doubled, delayed and reordered; n > 2f; leases: bounded drift.
//! ```
//!
//! Read it beside figure 2 of the paper. [`Server`] (`server.rs`) has the one match over messages,
//! timers and requests. `core.rs` is the state of all servers; `election.rs` is RequestVote,
//! `append_entries.rs` AppendEntries and `snapshots.rs` InstallSnapshot at their receivers;
//! `leader/` is what only leaders do; `admin.rs` passes an administrator's commands on.

mod admin;
mod append_entries;
mod config;
mod configurations;
mod core;
mod election;
mod leader;
mod log;
mod membership;
mod message;
mod mutants;
mod properties;
mod server;
mod settings;
mod snapshots;
mod stable;
mod types;

pub use config::{Config, Mutant, Reads};
pub use leader::{LeaderState, Progress, ProgressState};
pub use log::{Entry, Log, Payload};
pub use membership::{Change, ChangeError, Configuration, VoteResult};
pub use message::{
    Admin, AppendEntries, AppendReply, AppendResult, InstallSnapshot, Message, Purpose,
    RequestVote, SnapshotReply, VoteReply,
};
pub use properties::{
    ElectionSafety, Leader, LeaderAppendOnly, LeaderCompleteness, LogMatching, StateMachineSafety,
    Suite,
};
pub use server::{Server, State, Timer};
pub use service::{Part, Piece};
pub use settings::{Raft, Settings};
pub use stable::{Disk, Record, Snapshot};
pub use types::{Index, Mark, RoleName, Term};

/// A node of the world: a server of the cluster, or a client.
pub type Party = sim_node::Either<Server, service::Client<Message>>;
