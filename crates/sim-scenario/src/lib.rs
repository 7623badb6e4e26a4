//! The scenario language.

mod catalogue;
mod diagnostic;
mod load;
mod report;
mod watch;

pub use catalogue::{
    Catalogue, Entry, Expectation, Prepared, ProtocolFacts, RunOptions, ScenarioFacts, entry,
};
pub use diagnostic::{Diagnostic, Level};
pub use load::{FILE_MAX, LoadError, Loaded, load_file, load_text};
pub use report::{Messages, PropertyReport, Report, ViolationReport};
pub use watch::{Done, Happening, Seen, Watcher, loss_in_words};
