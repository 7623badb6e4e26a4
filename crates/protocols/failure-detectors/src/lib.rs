//! Failure detectors: modules that say which processes may have crashed, or which process to trust.
//!
//! Without a way to tell a crashed process from a slow one, no algorithm solves consensus (Fischer,
//! Lynch, Paterson 1985). A failure detector packs the timing assumption that helps into a module
//! with properties of its own (Chandra and Toueg 1996), so that everything above it is free of
//! clocks.
//!
//! * [`EventuallyPerfect`], the detector ◇P: heartbeats, and timeouts that grow with every mistake.
//! * [`Omega`], the eventual leader Ω: trusts the lowest process that the ◇P inside it does not
//!   suspect.
//!
//! Both need partial synchrony: from some unknown time on, messages take at most an unknown
//! bound. Without that assumption the claims about accuracy are violated; the scenarios show how.

mod claims;
mod eventually_perfect;
mod omega;
mod settings;

pub use claims::{
    DetectorClaims, Detects, EventualAccuracy, EventualAgreement, EventualStrongAccuracy,
    FaithfulIndications, LeaderClaims, StrongCompleteness,
};
pub use eventually_perfect::{EventuallyPerfect, Heartbeat, Indication, Mutant, Timer};
pub use omega::{Detector, Omega, OmegaConfig, Trust};
pub use settings::{Config, Settings};
