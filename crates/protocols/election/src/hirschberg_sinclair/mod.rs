//! Election on a bidirectional ring with O(n log n) messages (Hirschberg and Sinclair 1980).
//!
//! Node `i` can send to both its neighbours, `i + 1` and `i - 1` (modulo `n`), and no node knows
//! `n`. A candidate sends a token both ways, in phase `l` to the distance `2^l`, `l` from 0 on. A
//! process swallows tokens of identifiers below its own; those above travel on until they have
//! gone their distance, and then turn back. A candidate that has both tokens back is the highest
//! that far, and goes on to the next phase. A token that comes home from the outbound side has gone
//! all around: its process is the leader.
//!
//! | | |
//! |---|---|
//! | requests | [`Request::Elect`]: become an initiator |
//! | indications | [`Indication::Elected`]: this process leads; [`Indication::Follows`]: another one does |
//! | HS1 agreement | no two processes are elected, and no two name different leaders |
//! | HS2 highest | only the highest identifier of the ring is elected or named, whether its process is up or down |
//! | HS3 termination | every process names a leader (without announcement: some process is elected) |
//! | HS4 one-announcement | no process is elected twice |
//! | model | asynchronous; processes do not fail; links lose nothing, in any order; identifiers are distinct |
//! | source | D. Hirschberg, J. Sinclair, "Decentralized extrema-finding in circular configurations of processors", CACM 23(11), 1980; N. Lynch, *Distributed Algorithms*, 1996, 3.4 (synchronous) and 15.1.2 |
//!
//! **Variant.** As in [`crate::chang_roberts`], a process that only passes a token on takes part
//! and does not begin an election of its own, and one that a lower token wakes up sends its own.
//! Tokens name their phase and the side on which they left, so a ring of two, whose processes are
//! each other's neighbour on both sides, is a ring like any other, and a token that arrives twice
//! does no harm. Both tokens of the last phase come home from the outbound side; the first elects,
//! and neither turns back. The announcement goes around clockwise.
//!
//! **Messages** of `n` processes, all initiating, do not depend on delays, since a candidate's
//! phase depends on the identifiers within its reach only: at most `8n(1 + ceil(log2 n))`, for `n`
//! = 2 to 8 at most 10, 23, 32, 55, 68, 78, 89. The announcement adds `n`. **Time**: with delays of
//! 1, the highest is elected after `2(2^k - 1) + n`, where `k = ceil(log2 n)`: `3n - 2` when `n` is
//! a power of two, and less than `5n` always.

mod node;
mod settings;

/// HS1 to HS4.
pub use crate::ring::Properties;
pub use crate::ring::{
    Identifier, Indication, Initiators, Kept, Member, Order, Record, Request, Ring as Settings,
};
pub use node::{Candidacy, Message, Process, Side, Token};
pub use settings::HirschbergSinclair;

use crate::ring::{Codes, Contender, Ring};

impl Contender for Process {
    const CODES: Codes =
        Codes { agreement: "HS1", highest: "HS2", termination: "HS3", once: "HS4" };
    const PAPER: &'static str = "Hirschberg, Sinclair 1980; Lynch 1996, section 3.4";

    fn ring(config: &Ring) -> &Ring {
        config
    }

    fn member(&self) -> &Member {
        self.member()
    }

    fn elected(leader: Identifier) -> Message {
        Message::Elected(leader)
    }
}
