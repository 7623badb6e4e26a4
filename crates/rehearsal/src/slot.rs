//! [`Slot`]: a place for a file to write. No file of the user is ever overwritten.

use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// Where something may be written.
pub(crate) struct Slot {
    file: PathBuf,
    /// What is written, in a word.
    what: &'static str,
    taken: bool,
}

impl Slot {
    /// A name that is free.
    pub(crate) fn open(file: &Path, what: &'static str) -> Result<Self, Failure> {
        Self::open_or_replace(file, what, |_| false, "the file exists")
    }

    /// A name that is free, or one of a file that may be replaced; otherwise the error says why.
    pub(crate) fn open_or_replace(
        file: &Path,
        what: &'static str,
        may_be_replaced: impl Fn(&Path) -> bool,
        otherwise: &str,
    ) -> Result<Self, Failure> {
        let refused = |why: &str| refused(what, file, why);
        match file.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let folder = folder_of(file);
                if !folder.is_dir() {
                    return Err(refused(&format!(
                        "the folder {} does not exist",
                        folder.display()
                    )));
                }
                Ok(Self { file: file.to_owned(), what, taken: false })
            }
            Err(error) => Err(refused(&error.to_string())),
            Ok(_) => {
                // Behind a link stands the file that is replaced, not the link.
                let real = file.canonicalize().map_err(|error| refused(&error.to_string()))?;
                if !real.is_file() || !may_be_replaced(&real) {
                    return Err(refused(otherwise));
                }
                Ok(Self { file: real, what, taken: true })
            }
        }
    }

    /// Writes a text; see [`Slot::fill_with`].
    pub(crate) fn fill(self, text: &str) -> Result<(), Failure> {
        self.fill_with(|out| out.write_all(text.as_bytes()))
    }

    /// Writes beside its place and then moves what is written there, so that no half of it is ever
    /// seen.
    pub(crate) fn fill_with(
        self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let refused = |why: &str| refused(self.what, &self.file, why);
        let name = self.file.file_name().ok_or_else(|| refused("it has no name"))?;
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}.tmp", std::process::id()));
        let beside = self.file.with_file_name(beside);
        let written = (|| {
            let file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
            let mut out = BufWriter::new(file);
            write(&mut out)?;
            out.into_inner()?.sync_all()
        })();
        let moved = written.and_then(|()| self.place(&beside));
        if moved.is_err() {
            // Best effort: it is ours, and the error that matters is told.
            let _ = fs::remove_file(&beside);
        }
        moved.map_err(|error| refused(&error.to_string()))
    }

    fn place(&self, beside: &Path) -> io::Result<()> {
        if self.taken {
            return fs::rename(beside, &self.file);
        }
        // A link, unlike a move, does not overwrite what somebody made in the meantime.
        match fs::hard_link(beside, &self.file) {
            Ok(()) => fs::remove_file(beside),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
            Err(_) if self.file.symlink_metadata().is_err() => fs::rename(beside, &self.file),
            Err(error) => Err(error),
        }
    }
}

/// Whether both are the same place, so that one would overwrite the other.
pub(crate) fn is_same_place(one: &Path, other: &Path) -> bool {
    let place = |file: &Path| {
        (folder_of(file).canonicalize().ok(), file.file_name().map(ToOwned::to_owned))
    };
    place(one) == place(other)
}

/// The folder that a file is in, or would be.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn refused(what: &str, file: &Path, why: &str) -> Failure {
    Failure::new(format!("the {what} cannot be saved as {}: {why}", file.display()))
}
