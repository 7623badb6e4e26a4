//! The Bully algorithm (Garcia-Molina 1982, in the form of the textbooks).
//!
//! Every process can send to every other, and knows all identifiers: its own is its node number.
//! Whoever suspects the coordinator asks all higher processes ([`Message::Election`]). A live one
//! answers and takes over; who hears no answer within a round trip knows that all higher ones are
//! down, and tells the lower ones that it is the coordinator. So the highest live process bullies
//! its way to the top.
//!
//! | | |
//! |---|---|
//! | requests | [`Request::Elect`]: begin an election; [`Request::Suspect`]: take that process for dead |
//! | indications | [`Indication::Leader`]: this process is the coordinator now |
//! | BL1 highest | when no crash or recovery happened for [`Config::settling_time`], all live processes name the highest live one |
//! | BL2 no-rivals | two coordinators exist at an instant only within [`Config::rivalry_time`] of a crash or recovery |
//! | BL3 termination | every live process names a live coordinator in the end |
//! | model | synchronous: a message takes at most `bound`, steps take no time, clocks run true; processes crash and recover, their state lost; links lose and double nothing, in any order |
//! | source | H. Garcia-Molina, "Elections in a distributed computing system", IEEE TC C-31(1), 1982; in the form of Coulouris, Dollimore, Kindberg, Blair, *Distributed Systems*, 5th edition, 15.3 |
//!
//! **Variant.** Garcia-Molina's own algorithm has further phases (halt, new coordinator, ready).
//! This is the one of the textbooks, with these answers to what they leave open:
//! * Everybody waits a round trip before it declares itself, the highest of all too (textbooks let
//!   it declare itself at once). So one declaration answers all elections that were begun
//!   meanwhile.
//! * An answer without a coordinator ([`Config::patience`]): the election begins anew.
//! * A process keeps naming the old coordinator while it takes part in an election that another
//!   began; it names nobody once it suspects the coordinator itself, and after a recovery.
//! * A coordinator that is asked answers, runs an election like everybody else, and remains
//!   coordinator meanwhile; its second declaration is for the one that asked.
//! * A declaration goes to lower processes only. One that comes from below all the same is answered
//!   with an election.
//! * The **detector** is part of the algorithm: a follower pings its coordinator `period` after the
//!   last reply, and suspects it when a round trip goes by without one. Only who holds itself for
//!   the coordinator replies. So a process that follows somebody deposed finds out: two
//!   declarations may overtake each other when a higher process recovers just as a lower one wins,
//!   and nobody but the detector repairs what the late one did.
//!
//! **Messages** when one process detects, `m` identifiers are above its own, the highest of them
//! has crashed, and each process begins one election: ELECTION `m(m+1)/2`, ANSWER `m(m-1)/2`,
//! COORDINATOR `n - 2`; together `m^2 + n - 2`. When nobody addresses the process that all know
//! dead (`address_known_dead: false`) and the lowest detects: `n(n - 2)`. Pings and their replies
//! are heartbeats and not in these counts.

mod by_census;
mod census;
mod config;
mod highest;
mod node;
mod rivals;
mod settings;
mod termination;

pub use by_census::{ByCensus, CensusClaim};
pub use census::Census;
pub use config::{Config, Elections, Mutant};
pub use highest::{Highest, HighestClaim};
pub use node::{Indication, Message, Phase, Process, Request, Timer};
pub use rivals::{NoRivals, NoRivalsClaim};
pub use settings::{Bully, Settings};
pub use termination::Termination;

use sim_check::Checked;

/// BL1 to BL3.
pub type Properties = (Checked<Highest>, Checked<NoRivals>, Checked<Termination>);

const PAPER: &str = "Garcia-Molina 1982; Coulouris et al., Distributed Systems, 15.3";
