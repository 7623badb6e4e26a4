//! Consensus: processes that may crash decide on one value among those they started with.
//!
//! * [`FloodSet`] on synchronous rounds: every process floods every value that it knows for f+1
//!   rounds.
//! * [`OptFloodSet`], which says at most two values and decides the same.
//!
//! Both assume the synchronous model, whose rounds [`sim_node::Rounds`] makes from a bound on
//! delays. Every assumption of the model is needed: scenarios stop a round too early, delay all
//! messages of one process or restart a crashed process, and show which claim is then violated.

mod claims;
mod config;
mod flood_set;
mod opt_flood_set;
mod settings;
mod value;

pub use claims::{Agreement, Consensus, ConsensusClaims, Integrity, Termination, Validity};
pub use config::{Config, Inputs, Rule};
pub use flood_set::{FloodSet, Values};
pub use opt_flood_set::{OneValue, OptFloodSet};
pub use settings::{FloodSetSettings, Flooding, OptFloodSetSettings};
pub use value::{Decide, Value};
