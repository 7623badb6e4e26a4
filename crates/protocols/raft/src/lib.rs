//! Raft (Ongaro and Ousterhout 2014, extended version; Ongaro's thesis, 2014), complete: elections,
//! replication, persistence, compaction, membership changes, leadership transfer, and linearizable
//! reads. Numbers of sections and figures without "thesis" are those of the extended version.
//!
//! ```text
//! Module: Raft
//! Requests:    Admin        membership changes and leadership transfers, at any server
//!              the operations of the service arrive as messages of its clients
//! Properties:
//!   RF1 election-safety        at most one leader is elected in a term
//!   RF2 leader-append-only     a leader never overwrites or deletes entries in its log
//!   RF3 log-matching           if two logs contain an entry with the same index and term, they are
//!                              identical in all entries up to that index
//!   RF4 leader-completeness    an entry committed in a term is in the logs of the leaders of all
//!                              later terms
//!   RF5 state-machine-safety   no two servers apply different entries at the same index
//!   RF6 eventual-leader        once all faults have ended (`calm`), some server becomes leader
//!                              within 30 election timeouts, and one leads at the deadline
//!                              (liveness)
//!   KV1, KV2                   linearizability and completion, of the service
//! Model: asynchronous for safety, partially synchronous for liveness; crash-recovery with a disk;
//!        messages may be lost, duplicated, delayed and reordered; n > 2f; leases: bounded drift.
//! ```
//!
//! Departures from the paper and the thesis, each explained where it is made:
//!
//! * Unanswered RPCs are not retried one by one (section 5.1). RequestVote is not retried at all:
//!   the next election timeout starts a new election. AppendEntries and InstallSnapshot are retried
//!   when a heartbeat is due or rejected (`leader/peer.rs`).
//! * Voters disregard candidates while they have a leader (section 6) only with `check_quorum` or
//!   with leases, and then send no reply, as in etcd (`election.rs`).
//! * A new server becomes a learner by an entry of the log before it catches up. It has caught up
//!   after the first round that is shorter than an election timeout, and servers that a joint
//!   change adds must catch up as well (`leader/catching_up.rs`).
//! * A follower may apply committed entries that its own disk does not have yet
//!   (`append_entries.rs`).
//! * Every server accepts admin commands. It forwards changes of the members to the leader until a
//!   configuration that does them is committed, and a transfer once; there is no reply to the
//!   administrator (`admin.rs`).
//! * Replies carry more than those of figures 2 and 13 (`message.rs`).
//!
//! Read it beside figure 2 of the paper. [`Server`] (`server.rs`) has the one match over messages,
//! timers and requests. `common.rs` is the state of all servers; `election.rs` is RequestVote,
//! `append_entries.rs` AppendEntries and `snapshots.rs` InstallSnapshot at their receivers;
//! `leader/` is what only leaders do; `admin.rs` forwards an administrator's commands to the
//! leader.

mod admin;
mod append_entries;
mod common;
mod config;
mod configurations;
mod election;
mod image;
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

pub use config::{Config, LeaseClock, Mutant, Reads};
pub use leader::{LeaderState, Progress, ProgressState};
pub use log::{Entry, Log, Payload};
pub use membership::{Change, ChangeError, Configuration, VoteResult};
pub use message::{
    Admin, AppendEntries, AppendEntriesReply, AppendKind, AppendResult, InstallSnapshot,
    InstallSnapshotReply, Message, RequestVote, RequestVoteReply,
};
pub use properties::{
    ElectionSafety, EventualLeader, LeaderAppendOnly, LeaderCompleteness, LogMatching,
    StateMachineSafety, Suite,
};
pub use server::{Server, State, Timer};
pub use service::{Items, StoreChunk};
pub use settings::{Raft, Settings};
pub use stable::{Disk, Record, Snapshot};
pub use types::{Index, Mark, RoleName, Term};

/// A node: a server of the cluster, or a client.
pub type Party = sim_node::Either<Server, service::Client<Message>>;
