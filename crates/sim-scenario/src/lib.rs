//! The scenario language.

mod catalogue;
mod report;
mod watch;

pub use catalogue::{Expectation, Prepared, ProtocolFacts, RunOptions, ScenarioFacts};
pub use report::{Messages, PropertyReport, Report, ViolationReport};
pub use watch::{Done, Happening, Seen, Watcher, loss_in_words};
