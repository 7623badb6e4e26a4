//! Election on a unidirectional ring (Chang and Roberts 1979).
//!
//! Node `i` can send to node `i + 1` only (modulo `n`), and no node knows `n`. Every process has an
//! identifier of its own. An initiator sends its identifier around; a process swallows identifiers
//! below its own and passes on those above, so that only the highest comes home. A process that
//! receives its own identifier is the leader and sends an announcement around once.
//!
//! | | |
//! |---|---|
//! | requests | [`Request::Elect`]: become an initiator |
//! | indications | [`Indication::Elected`]: this process leads; [`Indication::Follows`]: another one does |
//! | LE1 agreement | no two processes are elected, and no two name different leaders |
//! | LE2 highest | only the highest identifier of the ring is elected or named, whether its process is up or down |
//! | LE3 termination | every process names a leader (without announcement: some process is elected) |
//! | LE4 one-announcement | no process is elected twice |
//! | model | asynchronous; processes do not fail; links lose nothing and double nothing, in any order; identifiers are distinct |
//! | source | E. Chang, R. Roberts, "An improved algorithm for decentralized extrema-finding in circular configurations of processes", CACM 22(5), 1979; with the participant flag and the announcement of Coulouris, Dollimore, Kindberg, Blair, *Distributed Systems*, 5th edition, 15.3 |
//!
//! **Variant.** The participant flag is never lowered: one election a run. (Textbooks lower it when
//! the announcement passes, and then need links in order: a late identifier that the announcement
//! overtook would begin a second election.) A process that only passes an identifier on
//! participates too, and a process that joins because a lower identifier came by sends its own
//! instead.
//!
//! **Messages** of `n` processes, all initiating: `2n - 1` at best (identifiers ascend along the
//! ring), `n(n+1)/2` at worst (they descend), exactly `n H_n` on average over all orders. The
//! announcement adds `n`. With one initiator, `d` hops before the highest identifier, and the
//! announcement: `d + 2n`.

mod node;
mod settings;

/// LE1 to LE4.
pub use crate::ring::Properties;
pub use crate::ring::{
    Identifier, Indication, Initiators, Kept, Member, Order, Record, Request, Ring,
};
pub use node::{Message, Mutant, Process};
pub use settings::{ChangRoberts, Settings};

use crate::ring::{Codes, Contender};

impl Contender for Process {
    const CODES: Codes =
        Codes { agreement: "LE1", highest: "LE2", termination: "LE3", once: "LE4" };
    const PAPER: &'static str = "Chang, Roberts 1979";

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
