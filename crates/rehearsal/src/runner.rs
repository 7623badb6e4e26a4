//! [`Runner`]: a scenario from a file, and the runs of it.

use std::path::{Path, PathBuf};

use sim_check::SimTime;
use sim_node::Duration;
use sim_scenario::{
    Catalogue, Change, Loaded, Report, RunOptions, ScenarioFacts, Watcher, edit, load_text,
    read_text, with_files,
};

use crate::exit::Failure;
use crate::output::tell;
use crate::panics::{Loud, quietly};

/// A scenario and how to run it.
pub(crate) struct Runner {
    loaded: Loaded,
    options: RunOptions,
    path: PathBuf,
    /// The text of the file, without the changes.
    text: String,
    /// What was changed of it.
    set: Vec<Change>,
    /// The file with its changes, as they are written on a command line.
    file: String,
    until: Option<Duration>,
    /// The line that does its runs again, where that is no `run` of the file.
    again: Option<String>,
}

impl Runner {
    /// Reads a scenario and changes it; warnings go to standard error.
    pub(crate) fn open(
        catalogue: &Catalogue,
        file: &Path,
        set: &[Change],
        until: Option<Duration>,
    ) -> Result<Self, Failure> {
        Self::new(catalogue, file, read_text(file)?, set, until)
    }

    /// A scenario of this text, which is or was that of the file, with changes.
    pub(crate) fn new(
        catalogue: &Catalogue,
        file: &Path,
        text: String,
        set: &[Change],
        until: Option<Duration>,
    ) -> Result<Self, Failure> {
        let name = file.display().to_string();
        let loaded = match set {
            [] => load_text(&name, &text, catalogue)?,
            set => {
                let edited = edit(&name, &text, set)?;
                let folder = file.parent().unwrap_or(Path::new(""));
                load_text(&name, &with_files(&name, &edited, folder)?, catalogue)?
            }
        };
        let warnings = loaded.render_warnings(true);
        if !warnings.is_empty() {
            tell(&warnings);
        }
        let options = RunOptions { until: until.map(SimTime::from), ..RunOptions::default() };
        let set = set.to_vec();
        let changes: String =
            set.iter().map(|change| format!(" --set {}", quoted(&change.to_string()))).collect();
        let path = file;
        let file = argument(path) + &changes;
        let path = path.to_owned();
        Ok(Self { loaded, options, path, text, set, file, until, again: None })
    }

    /// The same, but this line does its runs again.
    pub(crate) fn reproduced_by(mut self, line: String) -> Self {
        self.again = Some(line);
        self
    }

    /// The same without these faults.
    pub(crate) fn without(mut self, faults: impl IntoIterator<Item = usize>) -> Self {
        self.options.without.extend(faults);
        self
    }

    /// The same, with a timeline of each run.
    pub(crate) fn with_timeline(mut self) -> Self {
        self.options.timeline = true;
        self
    }

    /// The same, with the history of its clients, which it must have.
    pub(crate) fn with_history(mut self) -> Result<Self, Failure> {
        let facts = self.facts();
        let name = facts.protocol.name;
        let Some(workload) = facts.protocol.workload else {
            return Err(Failure::new(format!("{name} has no clients and therefore no history")));
        };
        if facts.others == 0 {
            let workload = workload.name;
            return Err(Failure::new(format!(
                "the scenario has no clients and therefore no history; `workload: {workload}()` \
                 adds clients"
            )));
        }
        self.options.history = true;
        Ok(self)
    }

    pub(crate) fn facts(&self) -> &ScenarioFacts {
        self.loaded.prepared.facts()
    }

    /// What stands in the file, without the changes.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where the scenario was.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What was changed of it.
    pub(crate) fn set(&self) -> &[Change] {
        &self.set
    }

    /// The file with its changes, as they are written on a command line.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    pub(crate) fn run(&self, seed: u64) -> Report {
        let (report, place) = quietly(|| self.loaded.prepared.run(seed, &self.options));
        self.finished(report, place)
    }

    /// Runs it and shows it to the watcher.
    pub(crate) fn watch(&self, seed: u64, watcher: &mut dyn Watcher) -> Report {
        let watch = || self.loaded.prepared.watch(seed, &self.options, &mut Loud(watcher));
        let (report, place) = quietly(watch);
        self.finished(report, place)
    }

    /// The line that does a run again.
    pub(crate) fn reproduce(&self, seed: u64) -> String {
        if let Some(line) = &self.again {
            return line.clone();
        }
        let until = self.until.map(|until| format!(" --until {until}")).unwrap_or_default();
        format!("rehearse run {} --seed {seed}{until}", self.file)
    }

    fn finished(&self, mut report: Report, place: Option<String>) -> Report {
        report.reproduce = self.reproduce(report.seed);
        let panics = report.violations.iter_mut().filter(|violation| violation.code == "PANIC");
        for (violation, place) in panics.zip(place) {
            violation.detail.push_str(&format!(" (at {place})"));
        }
        report
    }
}

/// A file as a word of a shell's command line that is not taken for an option.
pub(crate) fn argument(file: &Path) -> String {
    let name = file.to_string_lossy();
    if name.starts_with('-') {
        return quoted(&format!("./{name}"));
    }
    quoted(&name)
}

/// A word of a shell's command line.
fn quoted(word: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || "/._-+:@%,=".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
