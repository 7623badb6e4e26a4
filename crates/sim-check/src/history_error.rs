//! [`HistoryError`]: what is wrong with the text of a history.

use std::fmt;
use std::io;

/// What is wrong with the text of a history, and in which line.
#[derive(Debug)]
pub struct HistoryError {
    line: u64,
    problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The file could not be read, or is not UTF-8.
    Io(io::Error),
    /// It is not an object of the format.
    Json(serde_json::Error),
    /// It is an object of the format, but it makes no sense; a sentence says why.
    Meaning(String),
}

impl HistoryError {
    pub(crate) fn new(line: u64, problem: Problem) -> Self {
        Self { line, problem }
    }

    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, problem } = self;
        match problem {
            Problem::Io(error) => write!(f, "line {line}: cannot be read: {error}"),
            Problem::Json(error) => {
                // The line is all that the parser saw, so its own line number would mislead.
                let text = error.to_string();
                let what = text.split(" at line ").next().unwrap_or(&text);
                write!(f, "line {line}, column {}: {what}", error.column())
            }
            Problem::Meaning(what) => write!(f, "line {line}: {what}"),
        }
    }
}

impl std::error::Error for HistoryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Problem::Io(error) => Some(error),
            Problem::Json(error) => Some(error),
            Problem::Meaning(_) => None,
        }
    }
}
