//! A closed pipe ends the process without a word, unless it has more to do than to print.

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

/// A process that wrote to a pipe which nobody reads ends so.
const PIPE_CLOSED: i32 = 141;

/// What is printed is longer than what a pipe holds, so the process meets the closed pipe.
#[test]
fn a_reader_that_goes_away_ends_the_run() {
    for line in [
        "run scenarios/storm.ron --trace text",
        "run scenarios/storm.ron --trace json",
        "run scenarios/storm.ron --trace json --states full",
    ] {
        let all = command(line).output().expect("the binary starts");
        assert!(all.stdout.len() > 1 << 17, "{line} prints {} bytes", all.stdout.len());
        for lines in [0, 1] {
            let (ended, error) = cut_short(line, lines);
            assert_eq!((ended, error.as_str()), (Some(PIPE_CLOSED), ""), "rehearse {line}");
        }
    }
}

/// Short output may have been written before the reader goes away.
#[test]
fn a_closed_pipe_is_never_a_panic_or_an_error() {
    for (line, code) in [
        ("run scenarios/rivals.ron --trace text", 0),
        ("run scenarios/unexpected.ron --json", 1),
        ("explain scenarios/rivals.ron", 0),
        ("list", 0),
        ("help", 0),
    ] {
        for lines in [0, 1] {
            let (ended, error) = cut_short(line, lines);
            assert!([Some(code), Some(PIPE_CLOSED)].contains(&ended), "{line}: {ended:?} {error}");
            assert_eq!(error, "", "rehearse {line}");
        }
    }
}

/// A run that is to be saved goes on to its end, and its exit code tells its verdict.
#[test]
fn a_run_that_is_kept_goes_on() {
    for option in ["--save", "--history"] {
        let here = tempfile::tempdir().expect("a folder");
        let file = here.path().join("kept.json");
        let line = format!("run scenarios/storm.ron --trace json {option} {}", file.display());
        let (ended, error) = cut_short(&line, 1);
        assert_eq!((ended, error.as_str()), (Some(0), ""), "rehearse {line}");
        assert!(file.is_file(), "{line}");
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
