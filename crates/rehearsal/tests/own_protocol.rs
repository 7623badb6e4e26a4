//! A user's own crate gets the command line: the example `own_protocol`, whose handler panics, or
//! whose property does.

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

/// The one violation of a run, which is a panic.
fn panic_of(scenario: &str) -> serde_json::Value {
    let output = example(&format!("run own/{scenario}.ron --json"));
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).expect("text");
    assert!(error.is_empty(), "{error}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["verdict"], "violated");
    assert_eq!(report["violations"].as_array().map(Vec::len), Some(1));
    let violation = report["violations"][0].clone();
    assert_eq!(violation["code"], "PANIC");
    let detail = violation["detail"].as_str().expect("text");
    assert!(detail.contains("own_protocol.rs:"), "it says where: {detail}");
    violation
}

#[test]
fn a_panic_in_a_handler_is_a_finding_and_no_noise() {
    let violation = panic_of("countdown");
    let detail = violation["detail"].as_str().expect("text");
    assert!(detail.starts_with("n1 panicked: there is nothing below zero"), "{detail}");
    assert_eq!((&violation["node"], &violation["step"]), (&1.into(), &4.into()));
}

#[test]
fn a_panic_in_a_property_is_a_finding_and_no_noise() {
    let violation = panic_of("hasty");
    let detail = violation["detail"].as_str().expect("text");
    let said = "the property CD1 (never-rises) panicked: attempt to divide by zero";
    assert!(detail.starts_with(said), "{detail}");
    assert_eq!((&violation["node"], &violation["step"]), (&serde_json::Value::Null, &3.into()));
}

#[test]
fn the_story_of_a_panic_is_told() {
    let output = example("explain own/countdown.ron");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("and its handler panicked"), "{text}");
    assert!(text.contains("Count(0) from n0"), "{text}");
    let output = example("explain own/hasty.ron");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("and a property panicked"), "{text}");
    assert!(text.contains("Count(1) from n1"), "{text}");
}

#[test]
fn a_panic_with_many_seeds_is_counted() {
    for scenario in ["countdown", "hasty"] {
        let output = example(&format!("sweep own/{scenario}.ron --seeds 0..40 --json"));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(report["violated_by_property"], serde_json::json!({ "PANIC": 40 }));
    }
}

#[test]
fn its_protocol_is_listed_and_no_other() {
    let output = example("list --scenarios nowhere --json");
    let listing: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let protocols = listing["protocols"].as_array().expect("a list");
    assert_eq!(protocols.len(), 1);
    assert_eq!(protocols[0]["name"], "Countdown");
}
