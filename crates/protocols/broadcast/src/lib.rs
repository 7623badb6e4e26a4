//! Broadcast: one node says something, and all correct nodes deliver the same.
//!
//! * [`Bracha`]: Byzantine reliable broadcast, in which up to f of n > 3f nodes, the sender among
//!   them, may do what they like.
//!
//! Scenarios show each kind of Byzantine node at n = 3f+1, where every claim holds, and at n = 3f,
//! where one is violated.

mod bracha;
mod claims;
mod settings;

pub use bracha::{
    Broadcast, Config, Content, Deliver, Instance, Message, Process, Progress, Request,
};
pub use claims::{BroadcastClaims, Consistency, Integrity, NoDuplication, Totality, Validity};
pub use settings::{Bracha, BrachaSettings};
