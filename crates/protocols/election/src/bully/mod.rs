//! The Bully algorithm (Garcia-Molina 1982, in the form of the textbooks).
//!
//! Every process can send to every other, and knows all identifiers: its own is its node number. A
//! process that suspects the coordinator asks all higher processes ([`Message::Election`]). A live
//! one answers and takes over. A process that receives no answer within a round trip knows that all
//! higher ones are down, and tells the lower ones that it is the coordinator. So the highest live
//! process bullies its way to the top.
//!
//! | | |
//! |---|---|
//! | requests | [`Request::Elect`]: begin an election; [`Request::Suspect`]: suspect that process |
//! | indications | [`Indication::Leader`]: this process is the coordinator now |
//! | BL1 highest | all live processes know the live process with the highest identifier as coordinator, once no process has crashed or recovered for [`Settings::settling_time`] |
//! | BL2 one-coordinator | at most one process is coordinator (role `leader`), except within [`Settings::rivalry_time`] after a crash or recovery |
//! | BL3 termination | every live process eventually knows a live coordinator |
//! | model | synchronous: a message takes at most `bound`, steps take no time, clocks run true; processes crash and recover, their state lost; links lose and duplicate nothing, in any order |
//! | source | H. Garcia-Molina, "Elections in a distributed computing system", IEEE TC C-31(1), 1982; in the form of Coulouris, Dollimore, Kindberg, Blair, *Distributed Systems*, 5th edition, 15.3 |
//!
//! **Variant.** Garcia-Molina's own algorithm has further phases (halt, new coordinator, ready).
//! This is the one of the textbooks, with these answers to what they leave open:
//! * Every process waits a round trip before it declares itself, the highest of all, too (textbooks
//!   let it declare itself at once). So one declaration answers all elections that were begun
//!   meanwhile.
//! * An answer without a coordinator ([`Settings::patience`]): the election begins anew.
//! * A process keeps its old coordinator while it takes part in an election that another
//!   began; it knows no coordinator once it suspects the coordinator itself, and after a recovery.
//! * A coordinator that is asked answers, runs an election like every process, and remains
//!   coordinator during the election; its second declaration is for the one that asked.
//! * A declaration goes to lower processes only. One that comes from below all the same is answered
//!   with an election.
//! * The **detector** is part of the algorithm: a follower pings its coordinator `period` after the
//!   last reply, and suspects it when a round trip goes by without one. Only a process that
//!   is coordinator replies. So a process that follows a former coordinator finds out: two
//!   declarations may overtake each other when a higher process recovers just as a lower one wins,
//!   and only the detector repairs the effect of the late one.
//!
//! **Messages** when one process detects, `m` identifiers are above its own, the highest of them
//! has crashed, and each process begins one election: ELECTION `m(m+1)/2`, ANSWER `m(m-1)/2`,
//! COORDINATOR `n - 2`; together `m^2 + n - 2`. When no process sends to the process that all
//! suspect (`contact_suspected: false`) and the lowest detects: `n(n - 2)`. Pings and their
//! replies are heartbeats and not in these counts.

mod by_census;
mod census;
mod config;
mod highest;
mod node;
mod one_coordinator;
mod settings;
mod termination;

pub use by_census::{ByCensus, CensusClaim};
pub use census::Census;
pub use config::{Elections, Mutant};
pub use highest::{Highest, HighestClaim};
pub use node::{Indication, Mark, Message, Part, Phase, Process, Request, Timer};
pub use one_coordinator::{OneCoordinator, OneCoordinatorClaim};
pub use settings::{Bully, Settings};
pub use termination::Termination;

/// BL1 to BL3.
pub type Properties = sim_check::suite![Highest, OneCoordinator, Termination];

const PAPER: &str = "Garcia-Molina 1982; Coulouris et al., Distributed Systems, 15.3";
