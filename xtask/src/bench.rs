//! `cargo xtask bench`: measures; judges nothing.

use std::process::ExitCode;

use crate::{Workspace, command};

/// Builds and runs `sim-engine`'s interleaved bench, which takes the options and prints the table.
#[must_use]
pub fn engine(workspace: &Workspace, options: &[&str]) -> ExitCode {
    run(workspace, "sim-engine", "interleaved", options)
}

/// Builds and runs the catalogue's bench of scenarios, which takes the options and prints the
/// table.
#[must_use]
pub fn protocols(workspace: &Workspace, options: &[&str]) -> ExitCode {
    run(workspace, "catalogue", "protocols", options)
}

/// Builds and runs the catalogue's bench of what a scenario can have many of, which takes the
/// options and prints the table.
#[must_use]
pub fn growth(workspace: &Workspace, options: &[&str]) -> ExitCode {
    run(workspace, "catalogue", "growth", options)
}

fn run(workspace: &Workspace, package: &str, name: &str, options: &[&str]) -> ExitCode {
    let mut bench = command::cargo(workspace, &["bench", "--package", package]);
    bench.args(["--bench", name, "--"]).args(options);
    match command::run(bench) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
