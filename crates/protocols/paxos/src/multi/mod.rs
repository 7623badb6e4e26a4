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
//!   MP2 validity               only no-ops, commands that clients sent and members that
//!                              administrators asked for are proposed
//!   MP3 p2c                    a proposal has the value of the highest vote below it in some
//!                              phase-1 quorum, or no vote is below it there; and one ballot has
//!                              one value in a slot
//!   MP4 learning               a replica never learns that a value has been chosen unless it has
//!   MP5 state-machine-safety   no two replicas execute different values in a slot, and none
//!                              executes a slot before those before it
//!   MP6 eventual-leader        once all faults have ended (`calm`), some server becomes leader
//!                              within 30 timeouts of the detector, and one leads at the deadline
//!                              (liveness)
//!   KV1, KV2                   linearizability and completion, of the service
//! Model: asynchronous for safety, partially synchronous for liveness; crash-recovery with a disk;
//!        messages may be lost, duplicated, delayed and reordered; quorums of phase 1 and 2
//!        intersect.
//! Cost:  phase 1 2(n-1), once for all slots; 2(n-1) for each slot with a stable leader, the commit
//!        on the next proposal or heartbeat; 2 message delays at the leader, 4 at a client.
//! ```
//!
//! Every server is proposer, acceptor, learner and replica in one. What must be durable before it
//! is sent are promises and votes; what is chosen, and snapshots, are on disk to save work after a
//! restart. A *vote* is an acceptance, the *window* the alpha slots that may be under way at once,
//! and a proposer is *outbid* by a higher ballot ("preempted" in van Renesse and Altinbuken 2015).
//!
//! | room | what | steps |
//! |---|---|---|
//! | `node` | the server, and the match over messages | |
//! | `phase_1` | `Preparing`: asks for promises, gathers votes | 1a |
//! | `leader` | `LeaderHandler`: proposes, fills gaps; only a server that leads has it | 2a |
//! | `reads` | `LeaderHandler`: reads that need no slot | |
//! | `proposer` | how a server comes from one phase to the other, and steps down | |
//! | `replica`, `acceptor` | what it promises and votes | 1b, 2b |
//! | `learner` | executes what is chosen, in order; commit messages | |
//! | `catch_up` | slots that were missed, snapshots, compaction | |
//! | `membership`, `reconfiguration` | members are part of the state, alpha slots ahead | |
//! | `leadership` | who should lead, by a failure detector | |
//! | `mutants` | the known bugs | |

mod acceptor;
mod catch_up;
mod config;
mod image;
mod leader;
mod leadership;
mod learner;
mod log;
mod members;
mod membership;
mod message;
mod mutants;
mod node;
mod phase_1;
mod properties;
mod proposer;
mod reads;
mod reconfiguration;
mod replica;
mod settings;
mod stable;
mod types;

pub use config::{Config, Leader, Reads};
pub use log::{Entry, Log};
pub use members::Members;
pub use membership::Configurations;
pub use message::{Accept, Admin, Chunk, Message, Promise};
pub use mutants::Mutant;
pub use node::{Indication, Server, Timer};
pub use properties::{
    Agreement, EventualLeader, Learning, P2c, StateMachineSafety, Suite, Validity,
};
pub use settings::{MultiPaxos, Settings};
pub use stable::{Disk, Record, Snapshot};
pub use types::{AdminCommand, Mark, RoleName, Slot, Value};

/// A node of the world: a server of the cluster, or a client.
pub type Party = sim_node::Either<Server, service::Client<Message>>;
