//! [`Input`]: a file that a command reads, or standard input.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::exit::Failure;

/// What a command reads: a regular file, or standard input where its name is `-`.
pub(crate) struct Input {
    from: Box<dyn Read>,
    /// Its name in messages.
    name: String,
}

impl Input {
    pub(crate) fn open(file: &Path) -> Result<Self, Failure> {
        if is_standard(file) {
            return Ok(Self { from: Box::new(io::stdin()), name: "standard input".to_owned() });
        }
        let name = file.display().to_string();
        let refused = |why: &str| Failure::new(format!("{name} cannot be read: {why}"));
        // Asked before it is opened: opening a pipe may wait for ever.
        let metadata = fs::metadata(file).map_err(|error| refused(&error.to_string()))?;
        if metadata.is_dir() {
            return Err(refused("it is a folder"));
        }
        if !metadata.is_file() {
            return Err(refused("it is not a regular file; `-` reads standard input"));
        }
        let opened = File::open(file).map_err(|error| refused(&error.to_string()))?;
        Ok(Self { from: Box::new(opened), name })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer)
    }
}

/// Whether the name means standard input.
pub(crate) fn is_standard(file: &Path) -> bool {
    file == Path::new("-")
}
