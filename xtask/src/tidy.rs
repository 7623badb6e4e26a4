//! Rules of the house that no other tool knows. They read the files as text.

mod built;
mod lines;
mod overflow;
mod purity;
mod shape;
mod words;

pub use built::unit_tests_problem;
pub use lines::{COLUMNS, line_problems};
pub use overflow::overflow_problems;
pub use purity::{Allowed, purity_problems};
pub use shape::{crate_root_problem, scenario_problem};
pub use words::{Replaced, replaced, word_problems};

use crate::Workspace;
use crate::check::Told;

/// Folders whose code runs inside a run, where determinism is the product.
pub const PURE: &[&str] = &[
    "crates/sim-node/src",
    "crates/sim-check/src",
    "crates/sim-protocol/src",
    "crates/sim-engine/src",
    "crates/service/src",
    "crates/protocols",
];

/// Where a rule of [`purity_problems`] gives way, and why.
pub const ALLOWED: &[Allowed] = &[];

/// Applies all rules to all files, and shows which files of code are longest.
pub fn check(workspace: &Workspace) -> Told {
    let mut problems = Vec::new();
    let mut lengths = Vec::new();
    let texts = workspace.files("", &[".rs", ".toml", ".md", ".ron", ".sh", ".yml", "/run"]);
    for path in &texts {
        match workspace.read(path) {
            Ok(text) => {
                problems.extend(line_problems(path, &text));
                if is_pure(path) {
                    problems.extend(purity_problems(path, &text, ALLOWED));
                }
                problems.extend(crate_root_problem(path, &text));
                problems.extend(scenario_problem(workspace, path, &text));
                if path.ends_with(".rs") {
                    lengths.push((text.lines().count(), path));
                }
            }
            Err(why) => problems.push(why),
        }
    }
    problems.extend(wrongly_built_tests(workspace));
    problems.extend(replaced_words(workspace));
    problems.extend(unchecked_overflow(workspace));
    lengths.sort_unstable_by(|one, other| other.cmp(one));
    println!("   the longest files of code:");
    for (lines, path) in lengths.iter().take(10) {
        println!("   {lines:>6}  {path}");
    }
    if problems.is_empty() {
        return Ok(format!("{} files", texts.len()));
    }
    Err(problems)
}

/// Crates whose unit tests are not run, or built for nothing.
fn wrongly_built_tests(workspace: &Workspace) -> Vec<String> {
    let mut problems = Vec::new();
    for manifest in workspace.files("", &["Cargo.toml"]) {
        let folder = manifest.trim_end_matches("Cargo.toml");
        let sources = workspace.files(&format!("{folder}src"), &[".rs"]);
        let texts = sources.iter().map(|path| workspace.read(path));
        let texts = texts.collect::<Result<Vec<_>, _>>();
        match workspace.read(&manifest).and_then(|text| Ok((text, texts?))) {
            Ok((text, texts)) => problems.extend(unit_tests_problem(&manifest, &text, &texts)),
            Err(why) => problems.push(why),
        }
    }
    problems
}

/// Protocols whose counters would wrap in the build for release.
fn unchecked_overflow(workspace: &Workspace) -> Vec<String> {
    let manifests = workspace.files("crates/protocols", &["Cargo.toml"]);
    let name = |path: &String| path.split('/').rev().nth(1).unwrap_or_default().to_owned();
    let names: Vec<String> = manifests.iter().map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match workspace.read("Cargo.toml") {
        Ok(text) => overflow_problems(&text, &names),
        Err(why) => vec![why],
    }
}

/// Words that the glossary replaced, in everything that people read.
fn replaced_words(workspace: &Workspace) -> Vec<String> {
    let rows = match workspace.read(words::GLOSSARY).and_then(|text| replaced(&text)) {
        Ok(rows) => rows,
        Err(why) => return vec![why],
    };
    let mut problems = Vec::new();
    for path in workspace.files("", &[".rs", ".md", ".ron", ".snap"]) {
        match workspace.read(&path) {
            Ok(text) => problems.extend(word_problems(&path, &text, &rows)),
            Err(why) => problems.push(why),
        }
    }
    problems
}

fn is_pure(path: &str) -> bool {
    let inside = PURE.iter().any(|folder| path.starts_with(folder));
    inside && path.ends_with(".rs") && path.contains("/src/")
}
