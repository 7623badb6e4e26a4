//! What can be claimed of a run, and how it is judged.
//!
//! A [`Property`] is one named claim, safety or liveness, with its source. It sees a run through
//! hooks and keeps whatever ghost state it needs (votes ever cast, values ever chosen); it looks at
//! what changed, not at all nodes in each step. A [`suite!`] of them is what a protocol claims,
//! composed statically ([`Properties`]).
//!
//! * **Safety** is reported at the step that violates it: [`Judge::violate`].
//! * **Liveness** is an obligation: [`Property::unmet`] says what is unmet at the deadline. An
//!   obligation that is met late leaves the property unknown; one that is never met violates it.
//! * A property that had nothing to judge ([`Judge::judged`] never called) is *vacuous*.
//!
//! The operations of clients and their responses are a [`History`], read and written as lines of
//! JSON ([`read_history`], [`write_history`]); [`linearizability`] judges it.

mod claim;
mod core;
mod history;
mod history_error;
mod history_json;
mod history_lines;
mod history_notation;
mod judge;
pub mod linearizability;
mod memory;
mod property;
mod suite;
mod time;

pub use self::core::Core;
pub use claim::{Claim, Kind, Verdict};
pub use history::{Call, CallId, End, History, Recorded, Wait};
pub use history_error::HistoryError;
pub use history_json::{read_history, write_history};
pub use history_lines::HistoryLines;
pub use history_notation::{Asked, Notation};
pub use judge::{Found, Judge, Obligation, Violation};
pub use memory::{ENTRY, size_in_memory, size_of_entries};
pub use property::{Property, View};
pub use suite::{Checked, Judged, Properties};
pub use time::SimTime;
