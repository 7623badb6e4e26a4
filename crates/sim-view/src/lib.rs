//! Pictures of a run, as text with ANSI colours; whoever owns the terminal strips them.
//!
//! * [`Lanes`]: one column per node, messages between the columns.
//! * [`summary`]: a run at a glance.
//! * [`explain`]: the causal story of a violation in sentences.
//! * [`parting`]: where two runs of one scenario part.
//!
//! A picture that needs to look back at a run keeps only its skeleton and asks for the run again
//! ([`Replay`]): the same seed gives the same history, so texts need not be kept.

mod causes;
mod lanes;
mod missed;
mod paint;
mod parting;
mod past;
mod story;
mod summary;
mod trace;
mod unwell;
mod words;

pub use lanes::Lanes;
pub use parting::{Side, parting};
pub use story::{Tale, explain};
pub use summary::summary;
pub use trace::Replay;
