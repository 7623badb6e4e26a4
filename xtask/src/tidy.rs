//! Rules of the house that no other tool knows. They read the files as text.

mod lines;
mod purity;
mod shape;

pub use lines::{COLUMNS, line_problems};
pub use purity::{Allowed, purity_problems};
pub use shape::{crate_root_problem, scenario_problem};

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

fn is_pure(path: &str) -> bool {
    let inside = PURE.iter().any(|folder| path.starts_with(folder));
    inside && path.ends_with(".rs") && path.contains("/src/")
}
