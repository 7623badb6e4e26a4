//! `deny.toml`: under which licences the dependencies may be, and that each comes in one version.
//!
//! The rules are cargo-deny's, and where it is installed it judges them, advisories included.
//! Building it takes longer than the rest of the check, so without it the same file is read here;
//! advisories are then left out, loudly.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::check::Told;
use crate::metadata::{Metadata, Package};
use crate::{Workspace, command};

/// The part of `deny.toml` that is understood here.
#[derive(Debug, Deserialize)]
pub struct Rules {
    licenses: Licences,
    bans: Bans,
}

#[derive(Debug, Deserialize)]
struct Licences {
    allow: BTreeSet<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
struct Bans {
    #[serde(default)]
    skip: Vec<Skip>,
}

#[derive(Debug, Deserialize)]
struct Skip {
    /// `name@major`, or `name@version`.
    #[serde(rename = "crate")]
    what: String,
}

/// Judges the dependencies by `deny.toml`.
pub fn check(workspace: &Workspace) -> Told {
    let metadata = Metadata::read(workspace).map_err(|why| vec![why])?;
    let rules = workspace.read("deny.toml").and_then(|text| Rules::parse(&text));
    let rules = rules.map_err(|why| vec![why])?;
    let shipped = metadata.built_from();
    let mut problems = Vec::new();
    for (package, parent) in shipped.values() {
        problems.extend(rules.licence_problem(package).map(|why| format!("{why} (for {parent})")));
    }
    problems.extend(rules.duplicates(shipped.values().map(|(package, _)| *package)));
    let advisories = match cargo_deny(workspace) {
        Ok(advisories) => advisories,
        Err(why) => {
            problems.push(why);
            Advisories::Judged
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let note = match advisories {
        Advisories::Judged => "advisories too",
        Advisories::LeftOut(why) => {
            let line = "!".repeat(78);
            println!("{line}\n!! ADVISORIES WERE LEFT OUT: {why}\n{line}");
            "ADVISORIES LEFT OUT"
        }
    };
    Ok(format!("{} packages, each licensed and in one version; {note}", shipped.len()))
}

impl Rules {
    /// Reads the rules.
    ///
    /// # Errors
    /// When the text is not such a file, in one sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|why| format!("deny.toml: {why}"))
    }

    /// Why a package's licence is not allowed.
    #[must_use]
    pub fn licence_problem(&self, package: &Package) -> Option<String> {
        let Package { name, version, license, .. } = package;
        let Some(text) = license else {
            return Some(format!("{name} {version} names no licence"));
        };
        let expression = match spdx::Expression::parse_mode(text, spdx::ParseMode::LAX) {
            Ok(expression) => expression,
            Err(why) => return Some(format!("{name} {version}: `{text}`: {}", why.reason)),
        };
        let exceptions = self.licenses.exceptions.iter().filter(|other| &other.name == name);
        let allowed: BTreeSet<&str> = self
            .licenses
            .allow
            .iter()
            .chain(exceptions.flat_map(|e| &e.allow))
            .map(String::as_str)
            .collect();
        let fits = expression.evaluate(|one| {
            one.addition.is_none() && allowed.contains(one.license.to_string().as_str())
        });
        (!fits).then(|| format!("{name} {version} is under `{text}`, which is not allowed"))
    }

    /// The packages that come in more than one version.
    pub fn duplicates<'a>(&self, packages: impl Iterator<Item = &'a Package>) -> Vec<String> {
        let mut versions = BTreeMap::<&str, BTreeSet<&str>>::new();
        for package in packages.filter(|package| !self.skips(package)) {
            versions.entry(&package.name).or_default().insert(&package.version);
        }
        let duplicated = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
        duplicated
            .map(|(name, versions)| format!("{name} comes in versions {versions:?}"))
            .collect()
    }

    fn skips(&self, package: &Package) -> bool {
        self.bans.skip.iter().any(|skip| {
            let (name, version) = skip.what.split_once('@').unwrap_or((&skip.what, ""));
            let rest = package.version.strip_prefix(version);
            name == package.name
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

/// What became of the advisories.
enum Advisories {
    Judged,
    LeftOut(String),
}

/// Lets cargo-deny judge, where it is installed. A database that cannot be fetched is no failure.
fn cargo_deny(workspace: &Workspace) -> Result<Advisories, String> {
    let deny = |arguments: &[&str]| {
        command::capture(&mut command::cargo(workspace, &[&["deny"], arguments].concat()))
    };
    if !deny(&["--version"])?.status.success() {
        return Ok(Advisories::LeftOut("cargo-deny is not installed".to_owned()));
    }
    let rules = deny(&["check", "bans", "licenses", "sources"])?;
    if !rules.status.success() {
        return Err(format!("cargo deny: {}", String::from_utf8_lossy(&rules.stderr)));
    }
    let advisories = deny(&["check", "advisories"])?;
    let told = String::from_utf8_lossy(&advisories.stderr);
    match advisories.status.success() {
        true => Ok(Advisories::Judged),
        false if told.contains("failed to fetch advisory database") => {
            Ok(Advisories::LeftOut("the database cannot be fetched".to_owned()))
        }
        false => Err(format!("cargo deny: {told}")),
    }
}
