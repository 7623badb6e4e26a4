//! [`Mutant`]: the known bugs of a protocol, by their codes.

use serde::de::DeserializeOwned;
pub use sim_derive::Mutant;

/// A bug that real systems or textbooks had, and that the tester must find: derive it on an enum,
/// whose variants say what they are in their doc comments, and their codes in
/// `#[mutant("R-vote2")]`.
///
/// A protocol with such bugs has a field `#[setting(mutant)] mutant: Option<Mutant>` among its
/// settings, by which a scenario switches one of them on.
pub trait Mutant: Copy + PartialEq + DeserializeOwned + 'static {
    /// Every bug.
    const ALL: &'static [KnownBug<Self>];
}

/// A bug, its code and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownBug<M> {
    /// Its code, such as `R-vote2`.
    pub code: &'static str,
    /// The bug.
    pub bug: M,
    /// What the protocol does wrong, in a sentence.
    pub meaning: &'static str,
}
