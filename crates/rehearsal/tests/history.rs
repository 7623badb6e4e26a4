//! `run --history` and `check-history`.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use support::{code, command, folder, json};

fn keep(scenario: &str, to: &Path) -> Output {
    command(&format!("run {scenario} --history")).arg(to).output().expect("the binary starts")
}

fn check(file: &Path, more: &[&str]) -> Output {
    command("check-history").arg(file).args(more).output().expect("the binary starts")
}

fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

#[test]
fn what_a_run_keeps_can_be_judged() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("history.jsonl");
    let kept = keep("scenarios/clients.ron", &file);
    assert_eq!(kept.status.code(), Some(0), "{}", error(&kept));
    let plain = command("run scenarios/clients.ron").output().expect("the binary starts");
    assert_eq!(kept.stdout, plain.stdout, "keeping it changes nothing in the run");
    let names: Vec<_> = fs::read_dir(here.path()).expect("a folder").collect();
    assert_eq!(names.len(), 1, "nothing else is left behind: {names:?}");

    let judged = check(&file, &["--json"]);
    assert_eq!(judged.status.code(), Some(0), "{}", error(&judged));
    let judged: serde_json::Value = serde_json::from_slice(&judged.stdout).expect("JSON");
    assert_eq!(judged["verdict"], "held");
    assert_eq!((&judged["operations"], &judged["answered"]), (&6.into(), &6.into()));
}

#[test]
fn every_line_has_the_fields_of_the_format() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("history.jsonl");
    keep("scenarios/clients.ron", &file);
    let text = fs::read_to_string(&file).expect("readable");
    assert_eq!(text.lines().count(), 12, "a beginning and an end of each");
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let names: Vec<_> = line.as_object().expect("an object").keys().cloned().collect();
        assert_eq!(names, ["client", "op", "type", "f", "key", "value", "at_ns"]);
    }
}

/// One seed, one history.
#[test]
fn the_same_seed_keeps_the_same_history() {
    let here = tempfile::tempdir().expect("a folder");
    let files = ["one", "two", "other"].map(|name| here.path().join(name));
    keep("scenarios/clients.ron", &files[0]);
    keep("scenarios/clients.ron", &files[1]);
    keep("scenarios/clients.ron --seed 1", &files[2]);
    let [one, two, other] = files.map(|file| fs::read_to_string(file).expect("readable"));
    assert_eq!(one, two);
    assert_ne!(one, other);
}

#[test]
fn it_goes_together_with_the_other_outputs() {
    let here = tempfile::tempdir().expect("a folder");
    let history = |name: &str| here.path().join(name);
    for (place, more) in
        ["--json", "--trace json", "--trace text", "--until 600ms"].iter().enumerate()
    {
        let file = history(&place.to_string());
        let output = keep(&format!("scenarios/clients.ron {more}"), &file);
        assert_ne!(output.status.code(), Some(2), "{more}: {}", error(&output));
        assert!(file.is_file(), "{more}");
    }
    let (all, early) = (history("0"), history("3"));
    let [all, early] = [all, early].map(|file| fs::read_to_string(file).expect("readable"));
    assert!(early.len() < all.len() && all.starts_with(&early), "a run that is stopped early");
}

#[test]
fn nothing_is_ever_overwritten() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("precious.jsonl");
    let recorded = fs::read_to_string(folder().join("histories/good.jsonl")).expect("readable");
    for content in ["dear diary", "", &recorded] {
        fs::write(&file, content).expect("written");
        let output = keep("scenarios/clients.ron", &file);
        assert_eq!(output.status.code(), Some(2), "{content:?}");
        assert!(error(&output).contains("the file exists"), "{}", error(&output));
        assert_eq!(fs::read_to_string(&file).expect("readable"), content);
    }
}

#[test]
fn a_run_and_its_history_do_not_go_into_one_file() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("both");
    let again = here.path().join(".").join("both");
    let output = command("run scenarios/clients.ron --save")
        .arg(&file)
        .arg("--history")
        .arg(&again)
        .output()
        .expect("the binary starts");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(!file.exists());
}

#[test]
fn a_run_without_clients_leaves_no_file() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("history.jsonl");
    for scenario in ["scenarios/ring.ron", "scenarios/no-clients.ron"] {
        let output = keep(scenario, &file);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{scenario}");
        assert!(error(&output).contains("therefore no history"), "{}", error(&output));
        assert!(!file.exists(), "{scenario}");
    }
}

#[test]
fn exit_codes_tell_the_verdict() {
    for (line, expected) in [
        ("histories/good.jsonl", 0),
        ("histories/empty.jsonl", 3),
        ("histories/empty.jsonl --json", 3),
        ("histories/stale-read.jsonl", 1),
        ("histories/stale-read.jsonl --json", 1),
        ("histories/register.jsonl --spec register", 1),
        ("histories/cas-register.jsonl --spec cas-register", 0),
        ("histories/cas-register.jsonl --spec CasRegister", 0),
        ("histories/stale-read.jsonl --spec KEYVALUE", 1),
        ("histories/good.jsonl --budget 0", 3),
        ("histories/good.jsonl --budget 0 --json", 3),
        ("histories/broken.jsonl", 2),
        ("histories/good.jsonl --spec register", 2),
        ("histories/register.jsonl", 2),
        ("histories/good.jsonl --spec queue", 2),
        ("histories/good.jsonl --budget -1", 2),
        ("histories/nowhere.jsonl", 2),
        ("histories", 2),
        ("scenarios/ring.ron", 2),
    ] {
        assert_eq!(code(&format!("check-history {line}")), expected, "check-history {line}");
        assert_eq!(code(&format!("CheckHistory {line}")), expected, "CheckHistory {line}");
    }
}

#[test]
fn the_evidence_names_the_operations() {
    let judged = json("check-history histories/stale-read.jsonl --json");
    assert_eq!(judged["verdict"], "violated");
    assert_eq!(judged["evidence"]["not_linearizable"], 2);
    assert_eq!(judged["evidence"]["key"], "\"x\"");
    let story = judged["story"].as_str().expect("a story");
    let told = "client 2: get x, from 5ms to 6ms, returned \"old\"";
    assert!(story.contains(told), "{story}");
}

#[test]
fn a_register_takes_what_json_has() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("history.jsonl");
    for (value, code) in
        [("7", 0), ("\"seven\"", 0), ("true", 0), ("null", 0), ("[7]", 2), ("7.5", 2)]
    {
        let line = |kind: &str, f: &str, value: &str| {
            format!(
                r#"{{"client":0,"op":{},"type":"{kind}","f":"{f}","value":{value},"at_ns":0}}"#,
                u32::from(f == "read")
            )
        };
        let lines = [
            line("invoke", "write", value),
            line("ok", "write", "null"),
            line("invoke", "read", "null"),
            line("ok", "read", value),
        ];
        fs::write(&file, lines.join("\n")).expect("written");
        let output = check(&file, &["--spec", "register"]);
        assert_eq!(output.status.code(), Some(code), "{value}: {}", error(&output));
    }
}

#[test]
fn a_history_can_come_from_standard_input() {
    let good = fs::File::open(folder().join("histories/good.jsonl")).expect("readable");
    let output = command("check-history -").stdin(good).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(0), "{}", error(&output));
    let nothing = command("check-history -").stdin(Stdio::null()).output();
    assert_eq!(nothing.expect("the binary starts").status.code(), Some(3));
}

/// The verdict is worth more than the file that was to keep it.
#[test]
fn a_history_that_cannot_be_written_hides_no_verdict() {
    let here = tempfile::tempdir().expect("a folder");
    // So long a name leaves no room for the name beside it under which the file is written first.
    let (long, other) = (here.path().join("h".repeat(250)), here.path().join("s".repeat(250)));
    let plain = command("run scenarios/clients.ron").output().expect("the binary starts");
    let kept = keep("scenarios/clients.ron", &long);
    assert_eq!(kept.status.code(), Some(2));
    assert_eq!(kept.stdout, plain.stdout);
    assert!(error(&kept).contains("the history cannot be saved as"), "{}", error(&kept));
    let mut both = command("run scenarios/clients.ron --json --history");
    let both = both.arg(&long).arg("--save").arg(&other).output().expect("the binary starts");
    assert_eq!(both.status.code(), Some(2));
    assert!(serde_json::from_slice::<serde_json::Value>(&both.stdout).is_ok());
    for what in ["history", "run"] {
        let why = format!("the {what} cannot be saved as");
        assert!(error(&both).contains(&why), "{}", error(&both));
    }
    let names: Vec<_> = fs::read_dir(here.path()).expect("a folder").collect();
    assert!(names.is_empty(), "nothing is left behind: {names:?}");
}

/// Opening a pipe that nobody writes would wait for ever.
#[cfg(unix)]
#[test]
fn a_pipe_by_name_is_refused() {
    let here = tempfile::tempdir().expect("a folder");
    let pipe = here.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
    assert!(made.success());
    for line in ["check-history", "replay", "run", "explain", "sweep --seeds 0..2"] {
        let output = command(line).arg(&pipe).output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(error(&output).contains("not a regular file"), "{line}: {}", error(&output));
    }
}
