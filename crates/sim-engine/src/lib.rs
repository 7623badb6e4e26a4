//! The world in virtual time: a seeded event queue, a virtual clock, and everything that can go
//! wrong.
//!
//! A [`World`] runs a protocol (a [`sim_node::Node`]) as a [`WorldSpec`] says: network, disks,
//! clocks, faults, workload. One specification and one seed give one history, on every machine, in
//! debug and release.
//!
//! # The laws
//! * **Time and order**: time is whole nanoseconds; events are totally ordered by (time, tie-break,
//!   sequence). Nothing ever scans idle nodes or links: a run costs its events.
//! * **Chance**: every draw comes from a stream addressed by (seed, purpose, node); faults draw by
//!   their own stable number ([`fault_ids`]). What is switched on shifts the numbers of nothing
//!   that it does not touch.
//! * **Digest and record** are always on: 64 bits of every event and effect with their content, and
//!   16 bytes a step of who did what when because of which step.
//! * The engine knows no protocol: roles, classes and kinds of messages, and marks, and nothing
//!   else.

mod chance;
mod clock;
mod delay;
mod digest;
mod fault;
mod network;
mod observe;
mod outcome;
mod plan;
mod queue;
mod radix;
mod reach;
mod record;
mod spec;
mod timers;
mod world;

pub use delay::Delay;
pub use fault::{
    Argument, Arguments, CrashInStep, Cut, DiskLoss, Ender, FaultFacts, FaultKind, FaultTime,
    First, Idle, InCalm, InStep, Inside, Late, Occasion, OtherSettings, Part, Place, PlannedFault,
    Sides, Strike, Target, Trigger, Victims, When, fault_ids,
};
pub use network::{Latency, Link, LinkOverride, Network, Transport};
pub use observe::{Crashed, Fate, Loss, Observer, Released, Sent, StepBegins, StepEnds, Struck};
pub use outcome::{
    AssumptionBroken, ByzantineReport, COST, Counts, CrashLoss, CrashReport, FaultReport, Finding,
    MarkReport, Outcome, PANIC, ReachReport, Refusal, RequestReport,
};
pub use reach::{Reach, Situation};
pub use record::{Record, StepClass, StepRecord};
pub use spec::{
    Calm, ClockSpec, Configs, DiskSpec, Failures, Model, NodeSet, ServiceSpec, Ties, Timing, Work,
    WorldSpec,
};
pub use world::World;
pub use world::faults::Fault;

/// The kinds of faults.
pub mod faults {
    pub use crate::world::faults::*;
}
