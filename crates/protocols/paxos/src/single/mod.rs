//! Single-decree Paxos (Lamport 2001, *Paxos Made Simple*, section 2): processes choose one value.
//!
//! ```text
//! Module: Paxos
//! Requests:    Propose(v)     of a proposer: v is its value; a later request changes nothing
//! Indications: Accepted(p)    of an acceptor: it has accepted the proposal, durably
//!              Learned(v)     of a learner: v is chosen; given once, and kept across crashes
//! Properties:
//!   PX1 validity           only a value that has been proposed may be chosen, or learned
//!   PX2 agreement          only a single value is chosen, and learned
//!   PX3 learned-is-chosen  a process never learns that a value is chosen unless it has been
//!   PX4 p2c                if a proposal of v is issued, there is a phase-1 quorum of acceptors
//!                          that have accepted no lower-numbered one, or the highest-numbered of
//!                          those that they have accepted is of v
//!   PX5 integrity          a process learns once, crashes and restarts included
//!   PX6 distinct-numbers   no two proposals are issued with the same number
//!   PX7 termination        once a correct process has a value to propose, or has learned one,
//!                          every correct process learns (liveness)
//! Model: asynchronous for safety; crash-recovery with stable storage; messages may be lost,
//!        duplicated, delayed and reordered; every phase-1 quorum intersects every phase-2 quorum.
//!        For termination a quorum of each phase is up for good, and either all trust one
//!        proposer in the end (`leader: Omega(...)`, partial synchrony) or backoffs are random.
//! Cost:  prepare, promise, accept, accepted: 4(n-1), or 4n when the proposer is no acceptor;
//!        learn: one to every other process; 4 delays until the proposer knows, 2 with phase 1
//!        done.
//! ```
//!
//! *Chosen* means that a phase-2 quorum of acceptors has accepted one proposal, whether or not any
//! process knows. Read with the paper: `acceptor.rs` and `proposer.rs` are section 2.2, with the
//! hints for abandoned proposals; `learner.rs` is 2.3; `leader.rs` is 2.4; `stable.rs` is what 2.5
//! wants remembered. Besides the paper:
//!
//! * Messages get lost, so a proposer repeats what was not answered, and an acceptor answers a
//!   repeated request again. A process that has learned answers any
//!   proposer with the value.
//! * A process that has not learned asks all others now and then ([`Message::Ask`]): those that
//!   have learned answer with the value, acceptors with their last vote, and a phase-2 quorum of
//!   equal votes shows that it is chosen.
//! * Under an [`Omega`](failure_detectors::Omega) only the trusted process proposes; others hand
//!   their value to it ([`Message::Forward`]).

mod acceptor;
mod config;
mod image;
mod leader;
mod learner;
mod message;
mod mutants;
mod node;
mod properties;
mod proposer;
mod settings;
mod stable;

pub use acceptor::Acceptor;
pub use config::{Config, Learn, SendTo, Start};
pub use leader::Leadership;
pub use learner::Learner;
pub use message::{Mark, Message, Proposal, RoleName, Value};
pub use mutants::Mutant;
pub use node::{Indication, Process, Request, Timer};
pub use properties::{
    Agreement, DistinctNumbers, Integrity, LearnedIsChosen, P2c, Suite, Termination, Validity,
    Votes,
};
pub use proposer::{Own, Phase, Proposer};
pub use settings::{Paxos, Proposers, Settings, Trusted};
pub use stable::{Disk, Record};
