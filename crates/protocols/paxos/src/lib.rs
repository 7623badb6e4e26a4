//! Paxos: single-decree and Multi-Paxos, with flexible quorums.
//!
//! | module | what it decides | messages without failures |
//! |---|---|---|
//! | [`single`] | one value | `4(n-1)`, `4n` when the proposer is no acceptor; `n-1` or `n` more to tell the learners |
//! | [`multi`] | a log of commands | `2(n-1)` a command under a stable leader; `2(n-1)` once to become one |
//!
//! Each module opens with its box: requests, indications, properties with their codes, the model,
//! the source. Counts follow one convention: a message is one point-to-point send that leaves a
//! node, sends to crashed nodes included; self-sends are free; heartbeats stand in a column of
//! their own.

mod ballot;
pub mod multi;
mod p2c;
mod quorums;
pub mod single;
mod starts;

pub use ballot::Ballot;
pub use quorums::Quorums;
pub use single::Paxos;
