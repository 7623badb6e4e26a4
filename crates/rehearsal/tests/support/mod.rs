//! Runs the binary as a user would, from the folder of the tests.
#![allow(dead_code, reason = "each test file uses its part of it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where the tests' scenarios are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The binary with these words.
pub(crate) fn command(line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rehearse"));
    command
        .args(line.split_whitespace())
        .current_dir(folder())
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS");
    command
}

pub(crate) fn output(line: &str) -> Output {
    command(line).output().expect("the binary starts")
}

pub(crate) fn code(line: &str) -> i32 {
    output(line).status.code().expect("it ends by itself")
}

pub(crate) fn json(line: &str) -> serde_json::Value {
    serde_json::from_slice(&output(line).stdout).expect("one JSON object")
}

/// What a user sees, in one text.
pub(crate) fn session(line: &str) -> String {
    transcript(line, &output(line))
}

pub(crate) fn transcript(line: &str, output: &Output) -> String {
    let out = String::from_utf8(output.stdout.clone()).expect("text");
    let err = String::from_utf8(output.stderr.clone()).expect("text");
    let code = output.status.code().expect("it ends by itself");
    let mut text = format!("$ rehearse {line}\n{out}");
    if !err.is_empty() {
        text.push_str(&format!("--- standard error\n{err}"));
    }
    text.push_str(&format!("--- exit code {code}\n"));
    text
}
