//! A user's own crate gets the command line: the example `own_protocol`, whose handler panics.

mod support;

use std::path::PathBuf;
use std::process::{Command, Output};

/// The example is built beside the tests, by `cargo test`.
fn example(line: &str) -> Output {
    let mut path: PathBuf = std::env::current_exe().expect("the test's own path");
    path.pop();
    path.pop();
    path.push("examples");
    path.push(format!("own_protocol{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(&path);
    command.args(line.split_whitespace()).current_dir(support::folder());
    command.output().unwrap_or_else(|error| {
        panic!("{} (build it with cargo build --examples): {error}", path.display())
    })
}

#[test]
fn a_panic_in_a_handler_is_a_finding_and_no_noise() {
    let output = example("run own/countdown.ron --json");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).expect("text");
    assert!(error.is_empty(), "{error}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["verdict"], "violated");
    assert_eq!(report["violations"][0]["code"], "PANIC");
    let detail = report["violations"][0]["detail"].as_str().expect("text");
    assert!(detail.contains("there is nothing below zero"), "{detail}");
    assert!(detail.contains("own_protocol.rs:"), "it says where: {detail}");
}

#[test]
fn the_story_of_a_panic_is_told() {
    let output = example("explain own/countdown.ron");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("and its handler panicked"), "{text}");
    assert!(text.contains("Count(0) from n0"), "{text}");
}

#[test]
fn a_panic_with_many_seeds_is_counted() {
    let output = example("sweep own/countdown.ron --seeds 0..40 --json");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["violated_by_property"], serde_json::json!({ "PANIC": 40 }));
}

#[test]
fn its_protocol_is_listed_and_no_other() {
    let output = example("list --scenarios nowhere --json");
    let listing: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let protocols = listing["protocols"].as_array().expect("a list");
    assert_eq!(protocols.len(), 1);
    assert_eq!(protocols[0]["name"], "Countdown");
}
