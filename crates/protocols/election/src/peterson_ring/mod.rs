//! Election on a unidirectional ring with O(n log n) messages (Peterson 1982, and independently
//! Dolev, Klawe and Rodeh 1982).
//!
//! Node `i` can send to node `i + 1` only (modulo `n`), and no node knows `n`. Every process begins
//! active, with its own identifier as its candidate. An active process receives the candidates of
//! the two active ones before it, and goes on with the nearer one if that is higher than its own
//! and than the farther one: so a candidate survives if it is higher than its neighbours on both
//! sides, one place on from where it was. Of two neighbours one does not, so each phase leaves at
//! most half of them. All others relay messages. The process whose own identifier comes home is the
//! leader.
//!
//! | | |
//! |---|---|
//! | requests | [`Request::Elect`]: wake up |
//! | indications | [`Indication::Elected`]: this process leads; [`Indication::Follows`]: another one does |
//! | PR1 agreement | no two processes are elected, and no two name different leaders |
//! | PR2 highest | only the highest identifier of the ring is elected or named, whether its process is up or down |
//! | PR3 termination | every process names a leader (without announcement: some process is elected) |
//! | PR4 one-announcement | no process is elected twice |
//! | model | asynchronous; processes do not fail; links lose nothing, duplicate nothing and keep the order (`numbered: true`: any order, any duplicates); identifiers are distinct |
//! | source | G. Peterson, "An O(n log n) unidirectional algorithm for the circular extrema problem", TOPLAS 4(4), 1982; D. Dolev, M. Klawe, M. Rodeh, "An O(n log n) unidirectional distributed algorithm for extrema finding in a circle", J. Algorithms 3(3), 1982; N. Lynch, *Distributed Algorithms*, 1996, 15.1.3 |
//!
//! **Variant.** Peterson's: the second message of a phase carries the higher of the two candidates,
//! since the lower one decides nothing, and a process that receives its own identifier is elected,
//! active or not. A process that sleeps joins with the first message that reaches it.
//! [`Algorithm::Improved`] is Peterson's second one: one message a step; in even steps a candidate
//! stays where it is if it is higher than the one before, in odd steps it moves on if it is higher
//! than the one after. So what a step leaves is at most what the step before took away. There an
//! identifier may pass its owner while a higher one is behind it, which has moved on by a place as
//! well; so it is not the owner that notices, but the last active process, when it receives its own
//! candidate (as with Dolev, Klawe and Rodeh). Its announcement tells the owner, which is elected.
//!
//! **Order.** Messages do not say to which phase they belong; the order of the link does. Without
//! it, processes compare candidates of different phases. With `numbered: true` each message carries
//! its place in the order, a process keeps what is early and handles nothing twice: links may
//! reorder and duplicate messages.
//!
//! **Duplicates.** Without numbers a message that arrives twice counts as two. Processes compare
//! candidates of different phases, and a lower one is elected or no process is left active; then,
//! in the improved algorithm, no process sees a candidate come home, and it would go around for
//! ever, in more copies each time. So a process handles no more candidates than any ring can send
//! it ([`CANDIDATES_MAX`]).
//!
//! **Messages**: at most `2n floor(log2 n) + n` (basic), `n(s + 1)` (improved), where `s` is the
//! greatest with `F(s) <= n` for `F = 1, 2, 3, 5, 8, ...`: `1.44 n log2 n + O(n)`. The announcement
//! adds `n`; without it, the improved algorithm has still to reach the owner, in less than `n`. On
//! links in order all this does not depend on delays, since each process has one incoming link.

mod node;
mod settings;

/// PR1 to PR4.
pub use crate::ring::Properties;
pub use crate::ring::{
    Identifier, Indication, Initiators, Kept, Member, Order, Record, Request, Ring,
};
pub use node::{Active, Algorithm, CANDIDATES_MAX, Message, Part, Process};
pub use settings::{PetersonRing, Settings};

use crate::ring::{Codes, Contender};

impl Contender for Process {
    const CODES: Codes =
        Codes { agreement: "PR1", highest: "PR2", termination: "PR3", once: "PR4" };
    const PAPER: &'static str = "Peterson 1982; Dolev, Klawe, Rodeh 1982";

    fn ring(settings: &Settings) -> &Ring {
        &settings.ring
    }

    fn member(&self) -> &Member {
        self.member()
    }

    fn elected(leader: Identifier) -> Message {
        Message::Elected(leader)
    }
}
