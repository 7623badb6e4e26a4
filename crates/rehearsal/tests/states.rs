//! What a trace in JSON says of states is enough to have every state whole, and much shorter.

#[path = "../../sim-scenario/tests/apply/mod.rs"]
mod apply;
mod support;

use std::collections::BTreeMap;

use apply::worked_out;
use serde_json::Value;
use support::command;

fn lines(line: &str) -> (usize, Vec<Value>) {
    let output = command(line).output().expect("the binary starts");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (text.len(), lines)
}

#[test]
fn the_state_at_the_beginning_and_its_changes_give_every_state() {
    let raft = "scenarios/storm.ron";
    let chain = "../../../scenarios/chain-replication/tail-fails.ron --until 3s";
    let backup = "../../../scenarios/primary-backup/primary-crashes.ron --until 3s";
    let paxos = "../../../scenarios/paxos/multi-leader-isolated.ron --until 4s";
    for (run, window) in [
        (raft, ""),
        (raft, "--from 1s"),
        (raft, "--node 0 --node 2"),
        (raft, "--kind AppendEntries"),
        (raft, "--around 300"),
        (chain, "--from 900ms"),
        (backup, "--from 900ms"),
        (paxos, "--from 1900ms"),
    ] {
        let line = format!("run {run} {window} --trace json");
        let (full_length, full) = lines(&format!("{line} --states full"));
        let whole: BTreeMap<u64, Value> = full
            .iter()
            .filter(|line| line["type"] == "step" && !line["state"].is_null())
            .map(|line| (line["step"].as_u64().expect("a step"), line["state"].clone()))
            .collect();
        assert!(whole.len() > 5, "{line}: {} states", whole.len());
        let (length, changes) = lines(&line);
        assert_eq!(worked_out(&changes), whole, "{line}");
        let is_short = window.contains("around");
        assert!(is_short || length < full_length, "{line}: {length} of {full_length} bytes");
    }
}

#[test]
fn states_are_for_json() {
    for (line, why) in [
        ("run scenarios/ring.ron --trace text --states full", "--states is for --trace json"),
        ("run scenarios/ring.ron --states full", "--trace"),
        ("run scenarios/ring.ron --trace json --states some", "changes, full, none"),
    ] {
        let output = command(line).output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(2), "rehearse {line}");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains(why), "rehearse {line}: {error}");
    }
}
