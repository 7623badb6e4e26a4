//! A closed pipe is no error.

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use support::command;

/// Reads so many lines and goes away. Returns the exit code and what was said to standard error.
fn cut_short(line: &str, lines: usize) -> (Option<i32>, String) {
    let mut child = command(line)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut out = BufReader::with_capacity(64, child.stdout.take().expect("a pipe"));
    for _ in 0..lines {
        out.read_line(&mut String::new()).expect("a line");
    }
    drop(out);
    let mut error = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut error).expect("text");
    (child.wait().expect("it ends").code(), error)
}

#[test]
fn the_verdict_is_told_by_the_exit_code_all_the_same() {
    for (line, code) in [
        ("run scenarios/rivals.ron --trace text", 0),
        ("run scenarios/rivals.ron --trace json", 0),
        ("run scenarios/unexpected.ron --trace json", 1),
        ("explain scenarios/rivals.ron", 0),
        ("list", 0),
        ("help", 0),
    ] {
        for lines in [0, 1] {
            let (ended, error) = cut_short(line, lines);
            assert_eq!(ended, Some(code), "rehearse {line}: {error}");
            assert!(!error.contains("panicked"), "rehearse {line}: {error}");
            assert!(!error.contains("pipe"), "rehearse {line}: {error}");
        }
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let Ok(full) = full else {
        eprintln!("left out: this system has no /dev/full");
        return;
    };
    let output =
        command("run scenarios/ring.ron").stdout(full).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).expect("text");
    assert!(error.contains("the results cannot be written"), "{error}");
}
