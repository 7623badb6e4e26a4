//! `cargo xtask soak`, `cargo xtask mutants` and `cargo xtask fuzz`: the crate `soak`, built for
//! release. It stands apart so that this program stays small and is built in no time.

use std::process::ExitCode;

use crate::check::Told;
use crate::{Workspace, command};

/// Storms over a family of protocols; with `--mutant CODE`, over one that has this bug.
#[must_use]
pub fn soak(workspace: &Workspace, options: &[&str]) -> ExitCode {
    run(workspace, "soak", options)
}

/// Storms over every known bug of a family.
#[must_use]
pub fn mutants(workspace: &Workspace, options: &[&str]) -> ExitCode {
    run(workspace, "mutants", options)
}

/// Damaged scenario files.
#[must_use]
pub fn fuzz(workspace: &Workspace, options: &[&str]) -> ExitCode {
    run(workspace, "fuzz", options)
}

fn run(workspace: &Workspace, name: &str, options: &[&str]) -> ExitCode {
    let mut soak = command::cargo(workspace, &["run", "--quiet", "--release", "--package", "soak"]);
    soak.arg("--").arg(name).args(options);
    // What the storms found is the program's to tell, and its exit code the answer.
    match soak.status() {
        Ok(status) => ExitCode::from(status.code().and_then(|it| it.try_into().ok()).unwrap_or(1)),
        Err(why) => {
            eprintln!("`{}` cannot be started: {why}", command::line(&soak));
            ExitCode::from(2)
        }
    }
}

/// The stage of the check: claims hold in storms, and storms find known bugs. In the build for
/// release, which is there already.
pub fn check(workspace: &Workspace) -> Told {
    let arguments =
        ["test", "--release", "--package", "soak", "--test", "storms", "--test", "mutants"];
    command::run(command::cargo(workspace, &arguments))
        .map(|()| "claims hold in storms, and known bugs are found".to_owned())
        .map_err(|why| vec![why])
}
