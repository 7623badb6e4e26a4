//! The scenario language: from a file to a world to a report.
//!
//! A scenario is a RON file that says protocol, network, faults, workload and what is expected of
//! it; `docs/SCENARIOS.md` is its reference. [`load_file`] reads one with the protocols of a
//! [`Catalogue`] and tells what is wrong with it as [`Diagnostic`]s, with the place in the file.
//! What it returns is [`Prepared`]: it runs with any seed, any number of times, from any thread,
//! and gives a [`Report`].
//!
//! [`edit`] sets one thing of a text to another value before it is loaded.
//!
//! Types are erased once, in the catalogue's entries ([`entry`]); below them everything is made for
//! one protocol. A file is read in three steps: its tree with the place of everything in it
//! (`outline`), what does not depend on the protocol (`draft`), and the protocol's own part
//! (`typed`). What types cannot say is checked in `check`.

mod beside;
mod catalogue;
mod check;
mod costs;
mod diagnostic;
mod draft;
mod edit;
mod explain;
mod facts;
mod fault;
mod formula;
mod images;
mod json;
mod language;
mod lex;
mod load;
mod mixed;
mod observe;
mod outcome;
mod outline;
mod patch;
mod per_node;
mod prepared;
mod quotes;
mod reach;
mod reader;
mod renamed;
mod report;
mod run;
mod sheet;
mod timeline;
mod tree;
mod twice;
mod typed;
mod usage;
mod vocabulary;
mod watch;
mod words;
mod workload;
mod world;

pub use beside::with_files;
pub use catalogue::{Catalogue, Entry, entry};
pub use costs::CostReport;
pub use diagnostic::{Diagnostic, Level};
pub use edit::{Change, edit};
pub use facts::{Expectation, NodeSettings, ProtocolFacts, ScenarioFacts, WorkloadFacts};
pub use json::Json;
pub use load::{FILE_MAX, LoadError, Loaded, load_file, load_text, read_text};
pub use patch::{Operation, patch};
pub use prepared::{Prepared, RunOptions};
pub use report::{
    Asked, Byzantine, Crash, Fate, LostWrite, Messages, PropertyReport, Reached, Report,
    UnmetReport, ViolationReport,
};
pub use sim_engine::{
    CrashLoss, CrashReport, Ender, Fault, FaultKind, FaultTime, InCalm, MarkReport, Refusal,
    Victims,
};
pub use sim_node::{counted, grouped};
pub use sim_protocol::{Ask, Field, ImageExample, setting};
pub use timeline::{Clients, DownSpan, FaultSpan, MarkPlace, MarkRow, Outage, RoleSpan, Timeline};
pub use vocabulary::{Construct, vocabulary};
pub use watch::{
    Content, Detail, Done, Form, Glance, Happening, Reason, Seen, State, Watcher,
    crash_loss_in_words,
};
