//! `docs/JSON.md` is true: every field that the command line prints is there, with its type and
//! with whether it may be null; and every field of the page is printed.

#[path = "../support/mod.rs"]
mod support;

mod page;
mod printed;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use page::Section;
use printed::Printed;
use serde_json::{Map, Value};
use support::command;

/// What all commands print, by the section of the page that tells of it.
struct Book {
    page: BTreeMap<String, Section>,
    printed: BTreeMap<String, Printed>,
    /// Where runs and histories are kept.
    here: tempfile::TempDir,
}

impl Book {
    fn see(&mut self, title: &str, object: &Map<String, Value>) {
        let section = self.page.get(title);
        let section = section.unwrap_or_else(|| panic!("the page has no section \"{title}\""));
        self.printed.entry(title.to_owned()).or_default().see(section, object);
    }

    fn file(&self, name: &str) -> PathBuf {
        self.here.path().join(name)
    }

    /// The objects that a command prints, one on each line.
    fn lines(line: &str, file: Option<&Path>) -> Vec<Map<String, Value>> {
        let output = command(line).args(file).output().expect("the binary starts");
        let text = String::from_utf8(output.stdout).expect("text");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!text.is_empty(), "`rehearse {line}` prints nothing:\n{errors}");
        objects(&text)
    }

    fn command(&mut self, title: &str, line: &str) {
        for object in Self::lines(&format!("{line} --json"), None) {
            self.see(title, &object);
        }
    }

    /// A trace, whose lines, events and effects have sections by their types.
    fn trace(&mut self, run: &str) {
        for mut line in Self::lines(&format!("run {run} --trace json"), None) {
            let kind = text(&line["type"]);
            if kind == "report" {
                let tag = line.remove("type").expect("a tag");
                self.see("`run --json`", &line);
                line = Map::from_iter([("type".to_owned(), tag)]);
            }
            if let Some(Value::Object(event)) = line.get_mut("event") {
                let event = std::mem::take(event);
                self.see(&format!("event `{}`", text(&event["type"])), &event);
            }
            if let Some(Value::Array(effects)) = line.get_mut("effects") {
                for effect in effects.iter_mut().filter_map(Value::as_object_mut) {
                    let effect = std::mem::take(effect);
                    self.see(&format!("effect `{}`", text(&effect["type"])), &effect);
                }
            }
            self.see(&format!("`{kind}`"), &line);
        }
    }

    /// A run is saved and replayed.
    fn replayed(&mut self, name: &str, run: &str) {
        let file = self.file(name);
        Self::lines(&format!("{run} --json --save"), Some(&file));
        let saved = fs::read_to_string(&file).expect("the run is saved");
        let saved: Value = serde_json::from_str(&saved).expect("JSON");
        self.see("`run --save`", saved.as_object().expect("an object"));
        for mut report in Self::lines("replay --json", Some(&file)) {
            let saved = report.remove_entry("saved").expect("`saved` is printed");
            self.see("`replay --json`", &Map::from_iter([saved]));
            self.see("`run --json`", &report);
        }
    }

    fn history(&mut self, scenario: &str) {
        let file = self.file("history.jsonl");
        Self::lines(&format!("run {scenario} --json --history"), Some(&file));
        for line in objects(&fs::read_to_string(&file).expect("the history is written")) {
            self.see("`run --history`", &line);
        }
    }
}

fn objects(text: &str) -> Vec<Map<String, Value>> {
    text.lines().map(|line| serde_json::from_str(line).expect("an object on each line")).collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[test]
fn the_page_says_what_is_printed() {
    let here = tempfile::tempdir().expect("a folder");
    let mut book = Book { page: page::page(), printed: BTreeMap::new(), here };
    for scenario in [
        "cut-ring",
        "safe",
        "ring",
        "undecided",
        "broken-assumption",
        "bytes",
        "never-triggered",
        "requests",
    ] {
        book.command("`run --json`", &format!("run scenarios/{scenario}.ron"));
    }
    // A bound on what a run costs is given from above, from below, or both; one that divides by the
    // number of requests is none where there are none.
    let costs =
        r#"costs=[Messages(at_most:"99*n"),Messages(at_least:"1"),Bytes(at_most:"9/requests")]"#;
    book.command("`run --json`", &format!("run scenarios/ring.ron --set bytes=true --set {costs}"));
    // No single node is at fault where clients saw a history that is not linearizable.
    let split_view = "../../../scenarios/primary-backup/split-view-local-reads.ron";
    book.command("`run --json`", &format!("run {split_view}"));
    // Clients wait to the end where no majority is left.
    let no_majority = "../../../scenarios/raft/majority-crashes-forever.ron";
    book.command("`run --json`", &format!("run {no_majority}"));
    // Nor where there is no leader, which is not demanded there.
    let safe = "../../../scenarios/raft/majority-crashes-forever-and-raft-is-safe.ron";
    book.command("`run --json`", &format!("run {safe}"));
    book.replayed("whole.json", "run scenarios/ring.ron");
    book.replayed("part.json", "run scenarios/ring.ron --until 5ms");
    book.replayed("set.json", "run scenarios/ring.ron --set network.loss=1%");
    for scenario in ["undecided", "rivals", "requests", "safe"] {
        book.command("`sweep --json`", &format!("sweep scenarios/{scenario}.ron --seeds 0..10"));
    }
    book.command("`list --json`", "list --scenarios scenarios");
    for history in ["stale-read.jsonl", "register.jsonl --spec register", "empty.jsonl"] {
        book.command("`check-history --json`", &format!("check-history histories/{history}"));
    }
    book.history("scenarios/many-operations.ron");
    for scenario in ["ring", "bytes", "storm", "asked", "requests"] {
        book.trace(&format!("scenarios/{scenario}.ron"));
    }
    for states in ["full", "none"] {
        book.trace(&format!("scenarios/storm.ron --states {states}"));
    }
    // What a fault holds, and nodes that are Byzantine for a while and for good.
    let hold = r#"Between("0s","1s",Hold(Node(0),Node(1)))"#;
    let mute = r#"Between("0s","2s",Mute(who:Node(1))),At("3s",Mute(who:Node(2)))"#;
    book.trace(&format!(
        "scenarios/ring.ron --set deadline=9s --set faults=[{hold},{mute}] --set expect=Safe"
    ));
    // A node that starts with settings of its own.
    book.trace("scenarios/storm.ron --set nodes.1.pre_vote=true");
    // What the steps before a window changed, and what those changed that a window leaves out.
    book.trace("scenarios/storm.ron --from 1s --kind AppendEntries");
    book.trace("scenarios/many-operations.ron --kind HeartbeatReply");
    let mut wrong = Vec::new();
    for (title, section) in &book.page {
        match book.printed.get(title) {
            None => wrong.push(format!("{title}: nothing of it is printed")),
            Some(printed) => {
                let differences = printed.differences(section);
                wrong.extend(differences.iter().map(|what| format!("{title}: {what}")));
            }
        }
    }
    assert!(wrong.is_empty(), "docs/JSON.md:\n{}", wrong.join("\n"));
}
