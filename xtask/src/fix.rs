//! `cargo xtask fix`: changes what can be mended by a machine.

use std::process::ExitCode;

use crate::{Workspace, command};

/// Applies clippy's own suggestions, then formats.
#[must_use]
pub fn fix(workspace: &Workspace) -> ExitCode {
    let clippy =
        ["clippy", "--workspace", "--all-targets", "--fix", "--allow-dirty", "--allow-staged"];
    let mended = command::run(command::cargo(workspace, &clippy));
    let formatted = command::run(command::cargo(workspace, &["fmt", "--all"]));
    match mended.and(formatted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
