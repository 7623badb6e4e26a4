//! Mutual exclusion over shared registers: Peterson's lock for two, Lamport's bakery for n.
//!
//! Shared memory is a node here: [`Memory`] serves registers over messages. A process makes one
//! access at a time, a round trip; at the memory an access lasts from its invocation to its
//! response, so accesses of different processes overlap. What a read that overlaps a write may
//! return is the whole difference between *safe*, *regular* and *atomic* registers (Lamport 1986);
//! see [`Cell`].
//!
//! # Module box
//! Every process runs for ever through four sections (Lynch 1996, section 10.2): *remainder*,
//! *entry* (a doorway, in which no process can make it wait, and the waiting after it), *critical*,
//! *exit*.
//!
//! * Requests: none; a process wants to enter by itself, after a random time in its remainder.
//! * Indications: [`Indication::Granted`] on entering the critical section,
//!   [`Indication::Released`] on leaving it.
//! * Properties:
//!   * `ME1 mutual-exclusion` (safety): at most one process is in the critical section.
//!   * `ME2 progress` (liveness): when some live process wants to enter and no live process is
//!     inside, some process enters.
//!   * `ME3 lockout-freedom` (liveness): every process that wants to enter enters, unless a
//!     process crashes within the protocol.
//!   * `ME4 bounded-waiting` (safety): after a process has passed its doorway, every other process
//!     enters at most once before it.
//!   * `ME5 first-come-first-served` (safety): a process that has passed its doorway before another
//!     process begins its own enters first.
//! * Model: asynchronous, perfect links between processes and memory, and no process crashes within
//!   the protocol: a process may stop in its remainder only, the memory never. ME2 is claimed of
//!   live processes in every run, so a crash in the critical section violates it; ME3 is claimed of
//!   runs that keep to the model.
//! * Sources: Peterson, *Myths about the mutual exclusion problem*, 1981; Lamport, *A new solution
//!   of Dijkstra's concurrent programming problem*, 1974; Lamport, *On interprocess communication*,
//!   1986; Lynch, *Distributed algorithms*, 1996, chapter 10.
//!
//! # Which lock needs which registers
//! The bakery needs safe registers only. Peterson's lock needs an atomic `turn`, the one register
//! that both processes write: where overlapping writes may leave either value, both may find `turn`
//! in their favour. Safe or regular flags are enough. With weaker registers only ME1 is violated.

mod bakery;
mod lock;
mod memory;
mod peterson;
mod process;
mod properties;
mod register;
mod settings;

pub use bakery::{Bakery, BakeryLock, BakerySettings, Ticket};
pub use lock::{Access, Lock, Part, Section};
pub use memory::{Mark, Memory, MemoryConfig, Message, Name, Served};
pub use peterson::{Peterson, PetersonLock, PetersonSettings, Shared};
pub use process::{Indication, Process, ProcessConfig, Timer};
pub use properties::{
    BoundedWaiting, Claims, FirstComeFirstServed, LockoutFreedom, MutualExclusion, Progress,
};
pub use register::{Cell, Domain, Ended, RegisterConfig, Semantics};
pub use settings::Life;

/// A world of processes that compete for one lock, nodes `0..n`, and the memory, node `n`.
pub type World<L> = sim_node::Either<Process<L>, Memory<<L as Lock>::Name>>;
