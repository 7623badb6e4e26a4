//! Failure detectors: modules that say which processes may have crashed, or whom to trust.
//!
//! A process that cannot tell a crashed peer from a slow one has no consensus to hope for (Fischer,
//! Lynch, Paterson 1985). A failure detector packs the timing assumption that helps into a module
//! with properties of its own (Chandra and Toueg 1996), so that everything above it is free of
//! clocks.
//!
//! * [`EventuallyPerfect`], the detector ◇P: heartbeats, and timeouts that grow with every mistake.
//! * [`Omega`], the eventual leader Ω: trusts the lowest process that the ◇P inside it does not
//!   suspect.
//!
//! Both need partial synchrony: from some time on, which nobody knows, messages take at most a
//! bound, which nobody knows either. Take that away and the claims about accuracy fall; the
//! scenarios show how.

mod claims;
mod eventually_perfect;
mod omega;
mod settings;

pub use claims::{
    DetectorClaims, Detects, EventualAccuracy, EventualAgreement, EventualStrongAccuracy,
    FaithfulIndications, LeaderClaims, StrongCompleteness,
};
pub use eventually_perfect::{Config, EventuallyPerfect, Heartbeat, Indication, Mutant, Timer};
pub use omega::{Detector, Omega, OmegaConfig, Trust};
pub use settings::Settings;
