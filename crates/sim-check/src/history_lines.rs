//! [`HistoryLines`]: a history that is text only while it is written.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use crate::{History, Notation, write_history};

/// A history as lines of JSON ([`write_history`]), which are made one by one as they are written:
/// as a text a history may be far larger than it is in memory, where values share their beginnings.
#[derive(Clone)]
pub struct HistoryLines(Arc<Writing>);

type Writing = dyn Fn(&mut dyn Write) -> io::Result<()> + Send + Sync;

impl HistoryLines {
    /// The lines of this history of operations on the objects that `spec` describes.
    pub fn of<S>(spec: S, history: Arc<History<S::Operation, S::Output>>) -> Self
    where
        S: Notation + Send + Sync + 'static,
        S::Operation: Send + Sync + 'static,
        S::Output: Send + Sync + 'static,
    {
        Self(Arc::new(move |out| write_history(&spec, &history, out)))
    }

    /// Writes them.
    ///
    /// # Errors
    /// As the writer's.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        (self.0)(out)
    }

    /// All of them in one text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        self.write(&mut lines).expect("a buffer takes everything");
        String::from_utf8(lines).expect("JSON is text")
    }
}

impl fmt::Debug for HistoryLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HistoryLines")
    }
}

/// By their text.
impl PartialEq for HistoryLines {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.text() == other.text()
    }
}
