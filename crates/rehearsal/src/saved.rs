//! [`SavedRun`]: a run in a file, to be run again; and [`Slot`]: where one may be written.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sim_check::Verdict;
use sim_node::Duration;
use sim_scenario::{FILE_MAX, Report};

use crate::exit::Failure;
use crate::runner::Runner;

/// The greatest size of a saved run, in bytes. Every byte of a scenario takes at most six in JSON.
const SAVED_MAX: u64 = 6 * FILE_MAX as u64 + (1 << 16);

/// What a saved run says of itself.
const FORM: &str = "rehearsal saved run 1";

/// A run in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedRun {
    /// Always the same words, so that no other file is taken for a saved run.
    form: String,
    /// The version that saved it.
    pub(crate) version: String,
    /// Where the scenario was.
    pub(crate) path: String,
    pub(crate) seed: u64,
    /// Where the run was stopped.
    pub(crate) until: Option<Duration>,
    /// Of what happened: 16 hex digits.
    pub(crate) digest: String,
    /// How it ended.
    pub(crate) verdict: String,
    /// The text of the scenario.
    pub(crate) scenario: String,
}

impl SavedRun {
    pub(crate) fn new(
        file: &Path,
        runner: &Runner,
        until: Option<Duration>,
        report: &Report,
    ) -> Self {
        Self {
            form: FORM.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            path: file.to_string_lossy().into_owned(),
            seed: report.seed,
            until,
            digest: format!("{:016x}", report.digest),
            verdict: report.verdict.as_str().to_owned(),
            scenario: runner.text().to_owned(),
        }
    }

    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let name = file.display();
        let text = match text_of(file) {
            Ok(Some(text)) => text,
            Ok(None) => return Err(Failure::new(format!("{name} is too large to be a saved run"))),
            Err(error) => return Err(Failure::new(format!("{name} cannot be read: {error}"))),
        };
        let saved: Self = serde_json::from_str(&text).map_err(|error| {
            Failure::new(format!("{name} is no saved run (see `run --save`): {error}"))
        })?;
        if saved.form != FORM {
            let form = saved.form;
            return Err(Failure::new(format!("{name} is a saved run of another form: {form:?}")));
        }
        let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        if saved.digest.len() != 16 || !saved.digest.chars().all(is_digit) {
            let digest = saved.digest;
            return Err(Failure::new(format!(
                "{name} is no saved run: its digest {digest:?} is not 16 hex digits"
            )));
        }
        if ![Verdict::Held, Verdict::Violated, Verdict::Unknown]
            .iter()
            .any(|verdict| verdict.as_str() == saved.verdict)
        {
            let verdict = saved.verdict;
            return Err(Failure::new(format!(
                "{name} is no saved run: there is no verdict {verdict:?}"
            )));
        }
        Ok(saved)
    }
}

/// What stands in a file, unless it is too large.
fn text_of(file: &Path) -> io::Result<Option<String>> {
    let mut text = String::new();
    fs::File::open(file)?.take(SAVED_MAX + 1).read_to_string(&mut text)?;
    Ok((text.len() as u64 <= SAVED_MAX).then_some(text))
}

/// Where a run may be saved: a name that is free, or one that belongs to a saved run. Nothing else
/// is ever overwritten.
pub(crate) struct Slot {
    file: PathBuf,
    taken: bool,
}

impl Slot {
    pub(crate) fn open(file: &Path) -> Result<Self, Failure> {
        match file.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(Self { file: file.to_owned(), taken: false })
            }
            Err(error) => Err(refused(file, &error.to_string())),
            Ok(_) => {
                // Behind a link stands the file that is replaced, not the link.
                let real =
                    file.canonicalize().map_err(|error| refused(file, &error.to_string()))?;
                if !real.is_file() || SavedRun::read(&real).is_err() {
                    return Err(refused(file, "it is there already and is no saved run"));
                }
                Ok(Self { file: real, taken: true })
            }
        }
    }

    /// Writes the run beside its place and then moves it there, so that no half of it is ever seen.
    pub(crate) fn fill(self, saved: &SavedRun) -> Result<(), Failure> {
        let failed = |error: io::Error| refused(&self.file, &error.to_string());
        let name = self.file.file_name().ok_or_else(|| refused(&self.file, "it has no name"))?;
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}.tmp", std::process::id()));
        let beside = self.file.with_file_name(beside);
        let mut text = serde_json::to_string_pretty(saved).map_err(|error| failed(error.into()))?;
        text.push('\n');
        let written = (|| {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })();
        let moved = written.and_then(|()| self.place(&beside));
        if moved.is_err() {
            // Best effort: it is ours, and the error that matters is told.
            let _ = fs::remove_file(&beside);
        }
        moved.map_err(failed)
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

fn refused(file: &Path, why: &str) -> Failure {
    Failure::new(format!("the run cannot be saved as {}: {why}", file.display()))
}
