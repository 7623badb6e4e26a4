//! FloodMax: election on a graph by flooding the highest identifier (Lynch 1996, section 4.1).
//!
//! Processes sit on a strongly connected graph and move in synchronous rounds. Each knows the
//! graph's diameter and its own identifier, and nothing of the rest. In each round it sends the
//! highest identifier that it has seen to all its neighbours; after as many rounds as the diameter
//! counts, a process that has seen no identifier above its own is the leader.
//!
//! | | |
//! |---|---|
//! | requests | none: all begin at once |
//! | indications | [`Indication::Leader`]: this process leads; [`Indication::NonLeader`]: another one does, by this identifier |
//! | FM1 one-leader | at most one process is elected, and it has the highest identifier |
//! | FM2 flooding | after `r` rounds every process knows the highest identifier of the processes at most `r` hops before it |
//! | FM3 termination | every process decides, and one process is elected |
//! | model | synchronous rounds, no failures, identifiers are distinct, the diameter (or an upper bound) is known |
//! | source | N. Lynch, *Distributed Algorithms*, 1996: FloodMax, section 4.1.2, with the assertion 4.1.2 of its proof as FM2; OptFloodMax, section 4.1.3 |
//!
//! **Messages.** FloodMax takes `diam` rounds and `diam |E|` messages, `E` the directed edges.
//! OptFloodMax (`optimised: true`) sends only in a round after which the process had received
//! something new: as many rounds and never more messages. It decides the same, as Lynch proves by a
//! simulation relation; but it says everything once, where FloodMax repeats it in every round, so
//! it does not outlive a lost message even when the rounds are more than the diameter.
//!
//! What each assumption is for: with fewer rounds than the diameter there are several leaders, each
//! the highest as far as it can see (FM1). With two of the highest identifier both are elected
//! (FM1). A message that is lost or late, and a process that crashes on the only way, keep an
//! identifier from spreading (FM2). When the highest crashes after others have received its
//! identifier, all wait for a leader that is not there (FM3).

mod flooding;
mod graph;
mod node;
mod one_leader;
mod settings;
mod termination;

pub use flooding::Flooding;
pub use graph::{Graph, GraphError, Shape};
pub use node::{Config, ELECTED, Highest, Indication, Process};
pub use one_leader::OneLeader;
pub use settings::{FloodMax, Settings};
pub use termination::Termination;

/// FM1 to FM3.
pub type Properties = sim_check::suite![OneLeader, Flooding, Termination];

const PAPER: &str = "Lynch 1996, section 4.1";
