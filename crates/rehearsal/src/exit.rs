//! [`Exit`]: the exit code of the process, and [`Failure`]: why a command failed.

use std::fmt;
use std::io;
use std::process::ExitCode;

use sim_check::Verdict;
use sim_scenario::{LoadError, Report};

/// The exit code of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: as expected.
    Expected,
    /// 1: not as expected.
    Unexpected,
    /// 2: wrong usage, or a scenario that cannot run.
    Misused,
    /// 3: undecided.
    Undecided,
}

impl Exit {
    /// The exit code after a run.
    pub(crate) fn of(report: &Report) -> Self {
        match (report.verdict, report.as_expected) {
            (Verdict::Unknown, _) => Self::Undecided,
            (_, true) => Self::Expected,
            (_, false) => Self::Unexpected,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Expected => 0,
            Exit::Unexpected => 1,
            Exit::Misused => 2,
            Exit::Undecided => 3,
        }
        .into()
    }
}

/// What a shell says of a process that wrote to a pipe which nobody reads any more: 128 and the
/// number of the signal that ends such a process.
pub(crate) const PIPE_CLOSED: i32 = 141;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The scenario cannot run; the loader's error.
    Scenario(LoadError),
    /// Anything else, in one sentence without a full stop.
    Message(String),
    /// The results could not be written.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// What failed, without the word `error`.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Scenario(error) => error.render(true),
            Self::Message(message) => message.clone(),
            Self::Output(error) => format!("the results cannot be written: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::Scenario(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // It begins with the word itself.
            Self::Scenario(_) => f.write_str(&self.sentence()),
            _ => write!(f, "error: {}", self.sentence()),
        }
    }
}
