//! What `cargo metadata` knows of the workspace and of everything it is built from.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{Workspace, command};

/// The workspace's packages, those that they depend on, and how.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// Every package.
    pub packages: Vec<Package>,
    /// The ids of the workspace's own.
    pub workspace_members: BTreeSet<String>,
    /// Where build output goes.
    pub target_directory: String,
    resolve: Resolve,
}

/// A package at one version.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Unique.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// An SPDX expression, when it has one.
    pub license: Option<String>,
    /// Where its `Cargo.toml` is.
    pub manifest_path: String,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Resolved>,
}

#[derive(Debug, Deserialize)]
struct Resolved {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Debug, Deserialize)]
struct DependencyKind {
    /// `dev`, `build`, or none for the package itself.
    kind: Option<String>,
}

impl DependencyKind {
    fn is_for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

impl Metadata {
    /// Asks cargo, without changing the lock file.
    ///
    /// # Errors
    /// When cargo refuses, or its answer cannot be understood.
    pub fn read(workspace: &Workspace) -> Result<Self, String> {
        let arguments = ["metadata", "--format-version", "1", "--locked"];
        let output = command::capture(&mut command::cargo(workspace, &arguments))?;
        if !output.status.success() {
            return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
        }
        serde_json::from_str(command::text(&output)?)
            .map_err(|why| format!("cargo metadata: {why}"))
    }

    /// The workspace's own packages.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// What a package depends on directly, other than for its tests.
    pub fn dependencies<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Package> {
        let resolved = self.resolve.nodes.iter().find(|node| node.id == id);
        let direct = resolved.into_iter().flat_map(|node| &node.deps);
        let direct = direct.filter(|one| !one.dep_kinds.iter().all(DependencyKind::is_for_tests));
        direct.filter_map(|dependency| self.packages.iter().find(|p| p.id == dependency.pkg))
    }

    /// Everything that the workspace is built from, tests left out, with one of those that need it.
    #[must_use]
    pub fn built_from(&self) -> BTreeMap<&str, (&Package, &str)> {
        let mut all = BTreeMap::new();
        let mut next: Vec<(&Package, &str)> =
            self.members().map(|p| (p, "the workspace")).collect();
        while let Some((package, parent)) = next.pop() {
            if all.insert(package.id.as_str(), (package, parent)).is_none() {
                next.extend(self.dependencies(&package.id).map(|p| (p, package.name.as_str())));
            }
        }
        all
    }
}
