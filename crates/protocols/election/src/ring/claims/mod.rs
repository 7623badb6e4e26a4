//! What is claimed of every election on a ring, one file each. An algorithm says what it calls
//! them, where it stands, and how its processes answer.

mod agreement;
mod highest;
mod once;
mod termination;

pub use agreement::Agreement;
pub use highest::Highest;
pub use once::OneAnnouncement;
pub use termination::Termination;

use sim_node::Node;

use super::Identifier;

/// All of them, in the order of the boxes.
pub type Properties = sim_check::suite![Agreement, Highest, Termination, OneAnnouncement];

/// A process of an election on a ring, as the claims see it.
pub trait RingElection: Node {
    /// The codes of its claims.
    const CODES: Codes;
    /// Where they are claimed.
    const PAPER: &'static str;

    /// Whether leaders tell the others.
    fn announces(config: &Self::Config) -> bool;
    /// Whether this process has been elected.
    fn is_elected(&self) -> bool;
    /// Whether it knows that somebody was elected.
    fn knows_leader(&self) -> bool;
    /// By what it is compared; nothing on an anonymous ring, of which [`Highest`] is not claimed.
    fn identifier(&self) -> Option<Identifier>;
    /// What an indication says.
    fn named(indication: &Self::Indication) -> Named;
}

/// The codes of an algorithm's claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codes {
    /// Of [`Agreement`].
    pub agreement: &'static str,
    /// Of [`Highest`]; empty where it is not claimed.
    pub highest: &'static str,
    /// Of [`Termination`].
    pub termination: &'static str,
    /// Of [`OneAnnouncement`].
    pub once: &'static str,
}

/// Who leads, as a process says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Whether it is the process that speaks.
    pub elected: bool,
    /// The leader's identifier; none on an anonymous ring.
    pub leader: Option<Identifier>,
}
