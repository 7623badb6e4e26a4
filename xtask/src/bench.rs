//! `cargo xtask bench`: measures; judges nothing.

use std::process::ExitCode;

use crate::{Workspace, command};

/// Builds and runs `sim-engine`'s interleaved bench, which takes the options and prints the table.
#[must_use]
pub fn engine(workspace: &Workspace, options: &[&str]) -> ExitCode {
    let mut bench = command::cargo(workspace, &["bench", "--package", "sim-engine"]);
    bench.args(["--bench", "interleaved", "--"]).args(options);
    match command::run(bench) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
