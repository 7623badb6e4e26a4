//! Election on an anonymous ring, by chance (Itai and Rodeh 1981).
//!
//! Node `i` can send to node `i + 1` only (modulo `n`). Processes have no identifiers and are all
//! alike, so no deterministic algorithm can elect one of them (Angluin 1980); but they know `n`.
//! Each draws an identity for the round and sends it around, with a count of hops and a bit that
//! says whether it is unique. An active process swallows what is lower than its own round and
//! identity; what is higher makes it passive; what is equal it passes on with the bit taken away.
//! An identity that comes home after `n` hops has no higher one, and if the bit is left, no equal:
//! its process is the leader. Otherwise those that had it draw again, for the next round.
//!
//! | | |
//! |---|---|
//! | requests | [`Request::Elect`]: become active |
//! | indications | [`Indication::Elected`]: this process leads; [`Indication::Follows`]: another one does |
//! | IR1 agreement | no two processes are elected |
//! | IR2 termination | with probability 1, every process learns that one is elected (without announcement: some process is elected); in a run, by the deadline |
//! | IR3 one-announcement | no process is elected twice |
//! | model | asynchronous; processes do not fail; links lose nothing (with rounds: in any order, any doubles; without: in order, nothing duplicated); all know `n` |
//! | source | A. Itai, M. Rodeh, "Symmetry breaking in distributed networks", FOCS 1981 and Information and Computation 88(1), 1990; without rounds: W. Fokkink, J. Pang, "Simplifying Itai-Rodeh leader election for anonymous rings", AVoCS 2004 |
//!
//! **Anonymous.** A process uses its node's number to find its neighbour, and for nothing else but
//! whether it is an initiator; it keeps nothing on disk. There is no highest to be elected, and a
//! leader has no name.
//!
//! **Rounds** tell an old token from a new one. On links in order they can be left out (Fokkink and
//! Pang): when a process draws again, everything of the round before has passed. On links in any
//! order a process that is ahead then has its token swallowed by one that is not, and swallows that
//! one's next.
//!
//! **Doubles.** The second copy of a token comes home to a process that is a round ahead, by which
//! it knows the copy, or that is beaten or elected. Without rounds it makes its process draw again
//! while the token of the draw before is still under way. So two processes may beat each other by
//! tokens that neither stands for any more, and nobody is left. A token ends where it was sent, at
//! the latest, so not even then does anything go around for ever.
//!
//! **Las Vegas.** What is elected is never wrong, but how long it takes is unbounded. `O(n log n)`
//! messages are expected when identities are drawn from `1..=n`: 7 for `n = 2`, and about
//! `n log2 n` from `n = 16` to 128. If `n` is not known, no algorithm both ends and is right: with
//! too small a number two may be elected, with too great a one nobody is.

mod node;
mod settings;

pub use crate::ring::{Initiators, Request};
pub use node::{Indication, Message, Part, Process, Token};
pub use settings::{ItaiRodeh, Settings};

use crate::ring::{
    Agreement, Codes, Identifier, Named, OneAnnouncement, RingElection, Termination,
};

/// IR1 to IR3.
pub type Properties = sim_check::suite![Agreement, Termination, OneAnnouncement];

impl RingElection for Process {
    const CODES: Codes = Codes { agreement: "IR1", highest: "", termination: "IR2", once: "IR3" };
    const PAPER: &'static str = "Itai, Rodeh 1981, 1990";

    fn announces(settings: &Settings) -> bool {
        settings.announce
    }

    fn is_elected(&self) -> bool {
        self.is_elected()
    }

    fn knows_leader(&self) -> bool {
        self.knows_leader()
    }

    fn identifier(&self) -> Option<Identifier> {
        None
    }

    fn named(indication: &Indication) -> Named {
        Named { elected: *indication == Indication::Elected, leader: None }
    }
}
