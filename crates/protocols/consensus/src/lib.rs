//! Consensus: processes that may crash decide on one value among those they started with.
//!
//! * [`FloodSet`] on synchronous rounds: everybody floods every value it knows for f+1 rounds.
//! * [`OptFloodSet`], which says at most two values and decides the same.
//!
//! Both stand on the synchronous model, whose rounds [`sim_node::Rounds`] makes of a bound on
//! delays. Every part of the model is needed: stop a round too early, let all messages of one
//! process come late, or let a crashed process return, and the scenarios show which claim falls.

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
pub use settings::{FloodSetSettings, OptFloodSetSettings};
pub use value::{Decide, Value};
