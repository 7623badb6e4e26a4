//! Running other programs.

use std::ffi::OsString;
use std::process::{Command, Output};
use std::{env, str};

use crate::Workspace;

/// A cargo command at the workspace's root, by the same cargo that runs this program.
#[must_use]
pub fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(workspace.root());
    command
}

/// Runs a program whose output goes where this program's goes.
///
/// # Errors
/// When it cannot be started or fails, in one sentence with the command.
pub fn run(mut command: Command) -> Result<(), String> {
    let line = line(&command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed: {status}")),
        Err(why) => Err(format!("`{line}` cannot be started: {why}")),
    }
}

/// Runs a program and keeps what it writes. Its exit code is the caller's to judge.
///
/// # Errors
/// When it cannot be started, in one sentence with the command.
pub fn capture(command: &mut Command) -> Result<Output, String> {
    command.output().map_err(|why| format!("`{}` cannot be started: {why}", line(command)))
}

/// What a program wrote to its standard output, as text.
///
/// # Errors
/// When it is not text.
pub fn text(output: &Output) -> Result<&str, String> {
    str::from_utf8(&output.stdout).map_err(|why| format!("the output is not text: {why}"))
}

/// The command as one would type it.
#[must_use]
pub fn line(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut line = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
