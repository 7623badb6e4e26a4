//! The map of crates as a law: who may see whom. `docs/ARCHITECTURE.md` tells why.

use std::collections::BTreeMap;

use crate::check::Told;
use crate::metadata::Metadata;
use crate::{Workspace, metadata};

/// Which of the workspace's crates, or rows of them, a crate may depend on, other than for its
/// tests.
pub const MAP: &[(&str, &[&str])] = &[
    ("sim-derive", &[]),
    ("sim-node", &["sim-derive"]),
    ("sim-check", &["sim-node"]),
    ("sim-protocol", &["sim-derive", "sim-node", "sim-check"]),
    ("service", CONTRACT),
    ("sim-engine", &["sim-node", "sim-check"]),
    ("sim-scenario", &["sim-node", "sim-check", "sim-protocol", "sim-engine"]),
    ("sim-search", &["sim-node", "sim-check", "sim-scenario"]),
    ("sim-view", &["sim-node", "sim-check", "sim-scenario"]),
    ("catalogue", &["sim-scenario", PROTOCOLS]),
    ("soak", &["sim-check", "sim-scenario", "sim-search", "catalogue"]),
    (
        "rehearsal",
        &["sim-node", "sim-check", "sim-scenario", "sim-search", "sim-view", "catalogue"],
    ),
    // A protocol may host a detector of another family as a layer.
    (PROTOCOLS, &["sim-node", "sim-check", "sim-protocol", "service", "failure-detectors"]),
    ("xtask", &[]),
];

/// What a protocol and what it stands on may see.
const CONTRACT: &[&str] = &["sim-node", "sim-check", "sim-protocol"];

/// Stands for every crate in `crates/protocols`.
pub const PROTOCOLS: &str = "crates/protocols/*";

/// Checks the map against what cargo resolves.
pub fn check(workspace: &Workspace) -> Told {
    let metadata = Metadata::read(workspace).map_err(|why| vec![why])?;
    let crates = dependencies(&metadata);
    let problems = problems(&crates);
    if problems.is_empty() {
        return Ok(format!("{} crates keep to the map", crates.len()));
    }
    Err(problems)
}

/// A crate's name and row in the map, and the same of each crate that it depends on.
pub type Crates = BTreeMap<(String, String), Vec<(String, String)>>;

fn dependencies(metadata: &Metadata) -> Crates {
    let member = |package: &metadata::Package| metadata.workspace_members.contains(&package.id);
    let of = |package: &metadata::Package| {
        let seen = metadata.dependencies(&package.id).filter(|seen| member(seen));
        seen.map(place).collect()
    };
    metadata.members().map(|package| (place(package), of(package))).collect()
}

/// The name of a package, and of its row in the map.
fn place(package: &metadata::Package) -> (String, String) {
    let path = package.manifest_path.replace('\\', "/");
    let row = if path.contains("/crates/protocols/") { PROTOCOLS } else { &package.name };
    (package.name.clone(), row.to_owned())
}

/// Everything that the map does not allow.
#[must_use]
pub fn problems(crates: &Crates) -> Vec<String> {
    let mut problems = Vec::new();
    for ((name, row), seen) in crates {
        let Some((_, allowed)) = MAP.iter().find(|(of, _)| of == row) else {
            problems.push(format!("{name} has no row in the map (xtask/src/law.rs)"));
            continue;
        };
        for (other, other_row) in seen {
            if !allowed.contains(&other_row.as_str()) && !allowed.contains(&other.as_str()) {
                problems.push(format!("{name} must not see {other}; the map does not allow it"));
            }
        }
    }
    problems
}
