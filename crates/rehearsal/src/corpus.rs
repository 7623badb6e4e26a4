//! [`Corpus`]: the scenarios of a folder, to be listed and searched.

use std::path::Path;

use sim_scenario::{Catalogue, Expectation, Loaded, ScenarioFacts, load_file};

use crate::args::plain;
use crate::exit::Failure;
use crate::find::{has_name, scenario_files};
use crate::output::tell;

/// The scenarios of a folder, in order of their names.
pub(crate) struct Corpus {
    scenarios: Vec<Scenario>,
    /// Whether there is a file that describes no scenario; standard error was told of it.
    pub(crate) is_broken: bool,
}

/// A scenario of a folder.
pub(crate) struct Scenario {
    pub(crate) path: String,
    /// The comment that the file opens with, line by line, without slashes.
    pub(crate) comment: String,
    loaded: Loaded,
}

impl Corpus {
    /// Reads all scenarios in a folder and in those within it.
    pub(crate) fn read(catalogue: &Catalogue, folder: &Path) -> Result<Self, Failure> {
        let mut corpus = Self { scenarios: Vec::new(), is_broken: false };
        if !folder.is_dir() {
            let folder = folder.display();
            tell(&format!("note: the folder {folder} does not exist, so no scenarios are listed"));
            return Ok(corpus);
        }
        let failed = |error| Failure::new(format!("{} cannot be read: {error}", folder.display()));
        for file in scenario_files(folder).map_err(failed)? {
            match load_file(&file, catalogue) {
                Ok(loaded) => {
                    let path = file.to_string_lossy().into_owned();
                    let comment = opening_comment(&loaded.text);
                    corpus.scenarios.push(Scenario { path, comment, loaded });
                }
                Err(error) => {
                    corpus.is_broken = true;
                    tell(&error.render(true));
                }
            }
        }
        Ok(corpus)
    }

    /// The scenarios of a protocol.
    pub(crate) fn of(&self, protocol: &str) -> Vec<&Scenario> {
        let all = self.scenarios.iter();
        all.filter(|scenario| scenario.facts().protocol.name == protocol).collect()
    }

    /// The scenarios whose file has this name, without its folders and ending.
    pub(crate) fn named(&self, name: &str) -> Vec<&Scenario> {
        let is_called = |one: &&Scenario| has_name(Path::new(&one.path), Path::new(name));
        self.scenarios.iter().filter(is_called).collect()
    }

    /// The scenarios that contain all of these words.
    pub(crate) fn fitting(&self, words: &[String]) -> Vec<&Scenario> {
        let all = self.scenarios.iter();
        all.filter(|scenario| words.iter().all(|word| scenario.contains(word))).collect()
    }

    /// The names of the files, without folders and endings.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> + '_ {
        let stem = |scenario: &Scenario| {
            let stem = Path::new(&scenario.path).file_stem().unwrap_or_default();
            stem.to_string_lossy().into_owned()
        };
        self.scenarios.iter().map(stem)
    }
}

impl Scenario {
    pub(crate) fn facts(&self) -> &ScenarioFacts {
        self.loaded.prepared.facts()
    }

    /// Whether the word stands in its text, which names its faults, marks and roles, or in its
    /// path, or names the property that it expects to be violated.
    fn contains(&self, word: &str) -> bool {
        let small = word.to_lowercase();
        let is_in = |text: &str| text.to_lowercase().contains(&small);
        is_in(&self.loaded.text) || plain(&self.path).contains(&plain(word)) || self.expects(word)
    }

    fn expects(&self, word: &str) -> bool {
        let facts = self.facts();
        let code = match &facts.expect {
            Expectation::Holds | Expectation::Safe => return false,
            Expectation::Violates(code) | Expectation::Sometimes { code, .. } => *code,
        };
        let claim = facts.protocol.properties.iter().find(|claim| claim.code == code);
        plain(code) == plain(word) || claim.is_some_and(|claim| plain(claim.name) == plain(word))
    }
}

/// The comment that a file opens with, line by line, without slashes.
fn opening_comment(text: &str) -> String {
    let lines =
        text.trim_start_matches('\u{feff}').lines().map_while(|line| line.strip_prefix("//"));
    lines.map(str::trim).collect::<Vec<&str>>().join("\n")
}
