//! Multi-Paxos: a replicated log, each of whose slots is an instance of Paxos (Lamport 2001,
//! section 3; Lamport 1998; van Renesse, Altinbuken 2015; Chandra, Griesemer, Redstone 2007).
//!
//! ```text
//! Module: MultiPaxos
//! Requests:    Reconfigure(members)   to any server
//!              the service's operations arrive as messages from its clients
//! Indications: Voted { slot, ballot, value }   an acceptor's vote is durable
//! Properties:
//!   MP1 per-slot-agreement     only a single value is chosen in each slot
//!   MP2 validity               only no-ops, commands that clients sent and members that were asked
//!                              for are proposed
//!   MP3 p2c                    a proposal has the value of the highest vote below it in some
//!                              phase-1 quorum, or no vote is below it there; and one ballot has
//!                              one value in a slot
//!   MP4 learning               a replica never learns that a value has been chosen unless it has
//!   MP5 state-machine-safety   no two replicas execute different values in a slot, and none
//!                              executes a slot before those before it
//!   MP6 leader-after-calm      after the calm a server leads within 30 timeouts of the detector,
//!                              and at the deadline (liveness)
//!   KV1, KV2                   linearizability and completion, of the service
//! Model: asynchronous for safety, partially synchronous for liveness; crash-recovery with a disk;
//!        messages may be lost, doubled, delayed and reordered; quorums of phase 1 and 2 meet.
//! Cost:  phase 1 2(n-1), once for all slots; 2(n-1) for each slot with a stable leader, the commit
//!        on the next proposal or heartbeat; 2 message delays at the leader, 4 at a client.
//! ```
//!
//! Every server is proposer, acceptor, learner and replica in one. Of the votes, only promises and
//! acceptances go from disk to speech; what is chosen, and snapshots, save work after a restart.
//!
//! * `proposer`: phases 1a and 2a, the window of alpha slots, gaps;
//! * `acceptor`: phases 1b and 2b;
//! * `learner`: what is chosen is executed, in order; commit messages;
//! * `catch_up`: slots that were missed, and snapshots; compaction;
//! * `membership`, `reconfiguration`: members are part of the state, alpha slots ahead;
//! * `leadership`: who leads, by a failure detector; `reads`: reads without a slot.

mod acceptor;
mod catch_up;
mod config;
mod leadership;
mod learner;
mod log;
mod membership;
mod message;
mod node;
mod properties;
mod proposer;
mod reads;
mod reconfiguration;
mod settings;
mod stable;
mod types;

pub use config::{Config, Leader, Mutant, Reads};
pub use log::{Entry, Log};
pub use membership::Configurations;
pub use message::{Accept, Admin, Chunk, Message, Promise};
pub use node::{Indication, Server, Standing, Timer};
pub use properties::{
    Agreement, LeaderAfterCalm, Learning, P2c, StateMachineSafety, Suite, Validity,
};
pub use proposer::Proposer;
pub use settings::{MultiPaxos, Settings};
pub use stable::{Disk, Record, Snapshot};
pub use types::{Mark, Members, RoleName, Slot, Value, Wish};

/// A node of the world: a server of the cluster, or a client.
pub type Party = sim_node::Either<Server, service::Client<Message>>;
