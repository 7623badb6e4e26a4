//! Raft (Ongaro and Ousterhout 2014; Ongaro's thesis, 2014), complete: elections, replication,
//! persistence, compaction, membership changes, leadership transfer, and linearizable reads.
//!
//! ```text
//! Module: Raft
//! Requests:    Admin        membership changes and transfers, to any server
//!              the service's operations arrive as messages from its clients
//! Properties:
//!   RF1 election-safety        at most one leader is elected in a given term
//!   RF2 leader-append-only     a leader never overwrites or deletes entries of its log
//!   RF3 log-matching           logs with an entry of one index and term are identical up to it
//!   RF4 leader-completeness    a committed entry is in the logs of the leaders of all later terms
//!   RF5 state-machine-safety   no two servers apply different entries at one index
//!   RF6 leader                 after the calm, a server leads within 30 election timeouts, and at
//!                              the deadline (liveness)
//!   KV1, KV2                   linearizability and completion, of the service
//! Model: asynchronous for safety, partially synchronous for liveness; crash-recovery with a disk;
//!        messages may be lost, doubled, delayed and reordered; n > 2f; leases: bounded drift.
//! ```
//!
//! Read beside the paper's figure 2: [`Server`] is the state, `election.rs` and `replication.rs`
//! the remote procedure calls, `snapshots.rs` section 7, `reconfiguration.rs` section 6, `reads.rs`
//! section 8 and the thesis's chapter 6.

mod config;
mod election;
mod log;
mod membership;
mod message;
mod node;
mod progress;
mod properties;
mod reads;
mod reconfiguration;
mod replication;
mod settings;
mod snapshots;
mod stable;
mod types;

pub use config::{Config, Mutant, Reads};
pub use log::{Entry, Log, Payload};
pub use membership::{Change, ChangeError, Configuration, VoteResult};
pub use message::{
    Admin, Append, AppendReply, Chunk, ChunkReply, Matching, Message, Purpose, VoteReply,
    VoteRequest,
};
pub use node::{Leading, Server, Standing, Timer};
pub use progress::{Pace, Progress};
pub use properties::{
    ElectionSafety, Leader, LeaderAppendOnly, LeaderCompleteness, LogMatching, StateMachineSafety,
    Suite,
};
pub use service::Part;
pub use settings::{Raft, Settings};
pub use stable::{Disk, Record, Snapshot};
pub use types::{Index, Mark, RoleName, Term};

/// A node of the world: a server of the cluster, or a client.
pub type Party = sim_node::Either<Server, service::Client<Message>>;
