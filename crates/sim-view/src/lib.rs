//! Pictures of a run, as text with ANSI colours, which the caller strips where the output is no
//! terminal, and the run as JSON.
//!
//! * [`Lanes`]: one column per node, messages between the columns.
//! * [`JsonLines`]: a line of JSON for everything that happens.
//! * [`summary`]: a run at a glance.
//! * [`explain`]: the causal story of a violation in sentences.
//! * [`divergence`]: where two runs of one scenario diverge.
//!
//! A picture that looks back at a run keeps only its skeleton and asks for the run again
//! ([`Replay`]): the same seed gives the same history, so texts need not be kept.

mod blame;
mod causes;
mod divergence;
mod fates;
mod impairment;
mod lanes;
mod lines;
mod names;
mod paint;
mod past;
mod plain;
mod story;
mod summary;
mod timeline;
mod trace;
mod undelivered;
mod vain;
mod window;
mod words;

pub use divergence::{Side, divergence};
pub use lanes::Lanes;
pub use lines::{JsonLines, States};
pub use plain::plain;
pub use story::{Subject, explain};
pub use summary::summary;
pub use trace::Replay;
pub use window::Window;
pub use words::wrap;
