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
//! *entry* (a doorway, which nobody can make it wait in, and the waiting behind it), *critical*,
//! *exit*.
//!
//! * Requests: none; a process wants in by itself, after a drawn time in its remainder.
//! * Indications: [`Indication::Granted`] on entering the critical section,
//!   [`Indication::Released`] on leaving it.
//! * Properties:
//!   * `ME1 mutual-exclusion` (safety): at most one process is in the critical section.
//!   * `ME2 progress` (liveness): while some live process wants in and none is inside, one gets in.
//!   * `ME3 lockout-freedom` (liveness): every process that wants in gets in.
//!   * `ME4 bounded-waiting` (safety): once a process has passed its doorway, every other process
//!     enters at most once before it.
//!   * `ME5 first-come-first-served` (safety): a process that has passed its doorway before another
//!     enters its own is not overtaken by it.
//! * Model: asynchronous, perfect links between processes and memory, and nobody crashes within the
//!   protocol: a process may stop in its remainder only, the memory never. ME2 is claimed of the
//!   living whatever happens, so a crash in the critical section takes it away; ME3 is claimed of
//!   runs that keep to the model.
//! * Sources: Peterson, *Myths about the mutual exclusion problem*, 1981; Lamport, *A new solution
//!   of Dijkstra's concurrent programming problem*, 1974; Lamport, *On interprocess communication*,
//!   1986; Lynch, *Distributed algorithms*, 1996, chapter 10.
//!
//! # Which lock stands on which registers
//! The bakery needs safe registers only. Peterson's lock needs an atomic `turn`, the one register
//! that both processes write: where overlapping writes may leave either value, both may find `turn`
//! in their favour. Safe or regular flags do it no harm. Whatever the registers, Peterson's lock
//! loses nothing but ME1.

mod bakery;
mod lock;
mod memory;
mod peterson;
mod process;
mod properties;
mod register;
mod settings;

pub use bakery::{Bakery, BakeryConfig, BakeryLock, BakerySettings, Ticket};
pub use lock::{Access, Lock, Section};
pub use memory::{Memory, MemoryConfig, Message, Name, Served};
pub use peterson::{Peterson, PetersonConfig, PetersonLock, PetersonSettings, Shared};
pub use process::{Indication, Process, ProcessConfig, Timer};
pub use properties::{
    BoundedWaiting, Claims, FirstComeFirstServed, LockoutFreedom, MutualExclusion, Progress,
};
pub use register::{Cell, Domain, Ended, RegisterConfig, Semantics};

/// A world of processes that compete for one lock, nodes `0..n`, and the memory, node `n`.
pub type World<L> = sim_node::Either<Process<L>, Memory<<L as Lock>::Name>>;
