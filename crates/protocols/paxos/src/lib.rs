//! Paxos: single-decree and Multi-Paxos, with flexible quorums.

mod ballot;
pub mod multi;
mod quorums;

pub use ballot::Ballot;
pub use quorums::Quorums;
