//! [`Output`]: standard output, with colours only on a terminal, and quiet about a closed pipe; and
//! [`tell`], standard error.

use std::io::{self, BufWriter, ErrorKind, Write};

use anstream::AutoStream;
use sim_view::wrap;

use crate::exit::PIPE_CLOSED;

/// How wide pictures are where there is no terminal to ask.
const WIDTH: usize = 120;
/// A narrower terminal is overrun.
const NARROWEST: usize = 40;
/// How wide text is at most.
const TEXT_WIDTH: usize = 100;
/// How wide a text behind a label is at least.
const ROOM: usize = 16;

/// Standard output. When the reader has closed the pipe, the process ends without a word, or, where
/// it has more to do than to print, further output is dropped.
pub(crate) struct Output {
    out: BufWriter<AutoStream<io::StdoutLock<'static>>>,
    goes_on: bool,
    closed: bool,
}

impl Output {
    pub(crate) fn new() -> Self {
        let out = BufWriter::new(anstream::stdout().lock());
        Self { out, goes_on: false, closed: false }
    }

    /// From now on the process goes on when the reader has closed the pipe.
    pub(crate) fn go_on_when_closed(&mut self) {
        self.goes_on = true;
    }

    /// How wide pictures may be: as `COLUMNS` says, as wide as the terminal, or 120 columns.
    pub(crate) fn width() -> usize {
        let said = || std::env::var("COLUMNS").ok()?.trim().parse::<u16>().ok();
        let terminal = || Some(console::Term::stdout().size_checked()?.1);
        let columns = said().or_else(terminal);
        columns.map_or(WIDTH, |columns| usize::from(columns).max(NARROWEST))
    }

    /// How wide text may be: longer lines are hard to read.
    pub(crate) fn text_width() -> usize {
        Self::width().min(TEXT_WIDTH)
    }

    /// A text behind a label; where it takes several lines, the further ones stand under the first,
    /// or two columns to the right of it where the label is blank.
    pub(crate) fn entry(&mut self, label: &str, text: &str) -> io::Result<()> {
        let is_blank = !label.is_empty() && label.trim().is_empty();
        let indent = label.chars().count() + if is_blank { 2 } else { 0 };
        let room = Self::text_width().saturating_sub(indent).max(ROOM);
        for (number, line) in wrap(text, room).iter().enumerate() {
            match number {
                0 => writeln!(self, "{label}{line}")?,
                _ => writeln!(self, "{:indent$}{line}", "")?,
            }
        }
        Ok(())
    }

    /// One JSON value on a line of its own.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        // As a whole: every write is looked through for colours.
        let mut line = serde_json::to_vec(value).map_err(io::Error::from)?;
        line.push(b'\n');
        self.write_all(&line)
    }

    /// Whether the reader has closed the pipe.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes what is still kept.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.flush()
    }

    fn calmly<T>(&mut self, done: io::Result<T>, otherwise: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                if !self.goes_on {
                    std::process::exit(PIPE_CLOSED);
                }
                self.closed = true;
                Ok(otherwise)
            }
            done => done,
        }
    }
}

/// Writes a line to standard error.
pub(crate) fn tell(text: &dyn std::fmt::Display) {
    // There is nowhere left to say that this failed.
    let _ = writeln!(anstream::stderr(), "{text}");
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let done = self.out.write(bytes);
        self.calmly(done, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let done = self.out.flush();
        self.calmly(done, ())
    }
}
