//! [`SavedRun`]: a run in a file, to be run again.

use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sim_check::Verdict;
use sim_node::Duration;
use sim_scenario::{Change, FILE_MAX, Report};

use crate::exit::Failure;
use crate::input::Input;
use crate::runner::Runner;
use crate::slot::Slot;

/// The greatest size of a saved run, in bytes. Every byte of a scenario takes at most six in JSON.
const SAVED_MAX: u64 = 6 * FILE_MAX as u64 + (1 << 16);

/// What a saved run says of itself.
const FORMAT: &str = "rehearsal saved run 2";

/// A run in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedRun {
    /// Always the same words, so that no other file is taken for a saved run.
    format: String,
    /// The version that saved it.
    pub(crate) version: String,
    /// Where the scenario was.
    pub(crate) path: String,
    pub(crate) seed: u64,
    /// Where the run was stopped, in virtual nanoseconds.
    pub(crate) until_ns: Option<u64>,
    /// Of what happened: 16 hex digits.
    pub(crate) digest: String,
    /// How it ended.
    pub(crate) verdict: String,
    /// The text of the scenario, as it stands in its file.
    pub(crate) scenario: String,
    /// What `--set` changed of it; none in runs that were saved before there was `--set`.
    #[serde(default)]
    set: Vec<String>,
}

impl SavedRun {
    pub(crate) fn new(runner: &Runner, until: Option<Duration>, report: &Report) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            path: runner.path().to_string_lossy().into_owned(),
            seed: report.seed,
            until_ns: until.map(Duration::as_nanos),
            digest: format!("{:016x}", report.digest),
            verdict: report.verdict.as_str().to_owned(),
            scenario: runner.text().to_owned(),
            set: runner.set().iter().map(ToString::to_string).collect(),
        }
    }

    /// What was changed of the scenario; `file` is what the saved run was read from.
    pub(crate) fn set(&self, file: &Path) -> Result<Vec<Change>, Failure> {
        let parsed = self.set.iter().map(|change| change.parse());
        parsed.collect::<Result<_, String>>().map_err(|error| {
            Failure::new(format!("{} is not a saved run: {error}", file.display()))
        })
    }

    /// Where a run may be saved: a name that is free, or one that belongs to a saved run.
    pub(crate) fn slot(file: &Path) -> Result<Slot, Failure> {
        let ours = |file: &Path| Self::read(file).is_ok();
        Slot::open_or_replace(file, "run", ours, "the file exists and is not a saved run")
    }

    /// Writes the run to its place.
    pub(crate) fn fill(&self, slot: Slot) -> Result<(), Failure> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|error| Failure::Output(error.into()))?;
        text.push('\n');
        slot.fill(&text)
    }

    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let input = Input::open(file)?;
        let name = input.name().to_owned();
        let text = match text_of(input) {
            Ok(Some(text)) => text,
            Ok(None) => return Err(Failure::new(format!("{name} is too large for a saved run"))),
            Err(error) => return Err(Failure::new(format!("{name} cannot be read: {error}"))),
        };
        let saved: Self = serde_json::from_str(&text).map_err(|error| {
            Failure::new(format!("{name} is not a saved run (see `run --save`): {error}"))
        })?;
        if saved.format != FORMAT {
            let format = saved.format;
            return Err(Failure::new(format!(
                "{name} is a saved run in another format: {format:?}"
            )));
        }
        let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        if saved.digest.len() != 16 || !saved.digest.chars().all(is_digit) {
            let digest = saved.digest;
            return Err(Failure::new(format!(
                "{name} is not a saved run: its digest {digest:?} is not 16 hex digits"
            )));
        }
        if ![Verdict::Held, Verdict::Violated, Verdict::Unknown]
            .iter()
            .any(|verdict| verdict.as_str() == saved.verdict)
        {
            let verdict = saved.verdict;
            return Err(Failure::new(format!(
                "{name} is not a saved run: it has an unknown verdict, {verdict:?}"
            )));
        }
        Ok(saved)
    }
}

/// What stands there, unless it is too large.
fn text_of(input: Input) -> io::Result<Option<String>> {
    let mut text = String::new();
    input.take(SAVED_MAX + 1).read_to_string(&mut text)?;
    Ok((text.len() as u64 <= SAVED_MAX).then_some(text))
}
