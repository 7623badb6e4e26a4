//! The world in virtual time.

mod delay;
mod fault;
mod network;
mod observe;
mod outcome;
mod spec;

pub use delay::Delay;
pub use fault::{
    Cut, DiskLoss, Fault, Inside, Occasion, PlannedFault, Strike, Target, Trigger, When,
};
pub use network::{Link, LinkOverride, Network, Transport};
pub use observe::{Loss, Observer, Sent, StepBegins, Struck};
pub use outcome::{Counts, FaultReport, Finding, Outcome, PANIC, PromiseBroken};
pub use spec::{
    Calm, ClockSpec, DiskSpec, Failures, NodeSet, Promise, ServiceSpec, Ties, Timing, Work,
    WorldSpec,
};
