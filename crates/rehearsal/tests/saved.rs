//! Saving runs and replaying them.

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;

use support::{command, folder};

fn save(scenario: &str, to: &Path) -> Output {
    command(&format!("run {scenario} --seed 3 --save")).arg(to).output().expect("the binary starts")
}

fn replay(file: &Path, more: &[&str]) -> (Option<i32>, String) {
    let output = command("replay").arg(file).args(more).output().expect("the binary starts");
    (output.status.code(), String::from_utf8(output.stdout).expect("text"))
}

fn change(file: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let text = fs::read_to_string(file).expect("readable");
    let mut saved = serde_json::from_str(&text).expect("JSON");
    change(&mut saved);
    fs::write(file, saved.to_string()).expect("writable");
}

#[test]
fn a_saved_run_is_the_same_again() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("run.json");
    assert_eq!(save("scenarios/unexpected.ron", &file).status.code(), Some(1));
    let (code, text) = replay(&file, &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("replayed: the run is the same"), "{text}");
    let names: Vec<_> = fs::read_dir(here.path()).expect("a folder").collect();
    assert_eq!(names.len(), 1, "nothing else is left behind: {names:?}");
}

#[test]
fn a_saved_run_keeps_what_was_changed() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("run.json");
    let changed = "scenarios/ring.ron --set network.loss=100% --set network.delay=Constant(1ms)";
    assert_eq!(save(changed, &file).status.code(), Some(1));
    let (code, text) = replay(&file, &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("replayed: the run is the same"), "{text}");
    // Without the changes it is another run, and one with a spoilt change is refused.
    change(&file, |saved| saved["set"] = serde_json::json!([]));
    let (code, text) = replay(&file, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(!text.contains("has changed since then"), "{text}");
    change(&file, |saved| saved["set"] = serde_json::json!(["network"]));
    assert_eq!(replay(&file, &[]).0, Some(2));
    // A run that was saved before anything could be changed.
    change(&file, |saved| {
        saved.as_object_mut().expect("an object").remove("set");
    });
    assert_eq!(replay(&file, &[]).0, Some(1));
}

#[test]
fn a_saved_run_needs_its_scenario_no_more() {
    let here = tempfile::tempdir().expect("a folder");
    let (scenario, file) = (here.path().join("gone.ron"), here.path().join("run.json"));
    fs::copy(folder().join("scenarios/ring.ron"), &scenario).expect("copied");
    save(scenario.to_str().expect("text"), &file);
    fs::remove_file(&scenario).expect("removed");
    assert_eq!(replay(&file, &[]).0, Some(0));
}

#[test]
fn another_digest_is_told() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("run.json");
    save("scenarios/ring.ron", &file);
    change(&file, |saved| saved["seed"] = 4.into());
    let (code, text) = replay(&file, &[]);
    assert_eq!(code, Some(1));
    assert!(text.contains("replayed: the run is different"), "{text}");
    let (code, text) = replay(&file, &["--json"]);
    assert_eq!(code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["saved"]["same"], false);
    assert_eq!(report["seed"], 4);
}

#[test]
fn a_replay_is_done_again_by_a_replay() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("run.json");
    save("scenarios/unexpected.ron", &file);
    let again = format!("rehearse replay {}", file.display());
    for seed in [3, 6] {
        change(&file, |saved| saved["seed"] = seed.into());
        let (_, text) = replay(&file, &[]);
        let lines: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("reproduce: ")).collect();
        assert!(!lines.is_empty() && lines.iter().all(|line| *line == again), "{text}");
        let (_, text) = replay(&file, &["--json"]);
        let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(report["reproduce"], again);
    }
}

#[test]
fn a_saved_run_that_was_spoilt_is_refused() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("run.json");
    save("scenarios/ring.ron", &file);
    let whole = fs::read_to_string(&file).expect("readable");
    let refused = |name: &str, value: &str, why: &str| {
        fs::write(&file, &whole).expect("writable");
        change(&file, |saved| saved[name] = value.into());
        let output = command("replay").arg(&file).output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains(why), "{error}");
    };
    refused("digest", "zz", "its digest \"zz\" is not 16 hex digits");
    refused("verdict", "fine", "it has an unknown verdict, \"fine\"");
    refused("colour", "red", "unknown field `colour`");
}

#[test]
fn another_version_is_mentioned() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("run.json");
    save("scenarios/ring.ron", &file);
    change(&file, |saved| saved["version"] = "0.0.1".into());
    let output = command("replay").arg(&file).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(0));
    let error = String::from_utf8(output.stderr).expect("text");
    assert!(error.contains("version 0.0.1 saved this run"), "{error}");
}

#[test]
fn a_saved_run_may_be_saved_over() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("run.json");
    save("scenarios/unexpected.ron", &file);
    assert_eq!(save("scenarios/ring.ron", &file).status.code(), Some(0));
    let (_, text) = replay(&file, &[]);
    assert!(text.contains("a ring of three"), "{text}");
}

#[test]
fn nothing_else_is_ever_overwritten() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("precious.ron");
    for content in ["dear diary", "", "{}", r#"{"format":"something else"}"#] {
        fs::write(&file, content).expect("written");
        let output = save("scenarios/ring.ron", &file);
        assert_eq!(output.status.code(), Some(2), "{content:?}");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains("is not a saved run"), "{error}");
        assert_eq!(fs::read_to_string(&file).expect("readable"), content);
    }
    assert_eq!(save("scenarios/ring.ron", here.path()).status.code(), Some(2), "a folder");
}

/// What cannot be kept is said before the run and after it, and never hides the verdict.
#[test]
fn the_verdict_is_shown_whatever_cannot_be_kept() {
    let here = tempfile::tempdir().expect("a folder");
    let nowhere = here.path().join("no/such/folder");
    let mut places = vec![nowhere.clone(), here.path().to_owned(), nowhere.join("deeper")];
    let full = Path::new("/dev/full");
    if full.exists() {
        places.extend([full.to_owned(), full.join("below")]);
    } else {
        eprintln!("left out: this system has no /dev/full");
    }
    for place in places {
        for (option, scenario, verdict, what) in [
            ("--save", "unexpected", "violated  ", "the run cannot be saved as"),
            ("--history", "many-operations", "held  ", "the history cannot be saved as"),
        ] {
            let line = format!("run scenarios/{scenario}.ron --seed 3 {option}");
            let output = command(&line).arg(&place).output().expect("the binary starts");
            let told = format!("{line} {}", place.display());
            assert_eq!(output.status.code(), Some(2), "{told}");
            let text = String::from_utf8(output.stdout).expect("text");
            assert!(text.starts_with(verdict) && text.contains("digest"), "{told}:\n{text}");
            let error = String::from_utf8(output.stderr).expect("text");
            let lines: Vec<&str> = error.lines().collect();
            let warned = format!("warning: {what}");
            assert!(lines.iter().any(|line| line.starts_with(&warned)), "{told}:\n{error}");
            let last = lines.last().expect("an error");
            assert!(last.starts_with(&format!("error: {what}")), "{told}:\n{error}");
        }
    }
}

/// One that cannot be kept does not hinder the other.
#[test]
fn what_can_be_kept_is_kept() {
    let here = tempfile::tempdir().expect("a folder");
    let (run, nowhere) = (here.path().join("run.json"), here.path().join("no/such"));
    let output = command("run scenarios/many-operations.ron --save")
        .arg(&run)
        .arg("--history")
        .arg(&nowhere)
        .output()
        .expect("the binary starts");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(replay(&run, &[]).0, Some(0));
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let here = tempfile::tempdir().expect("a folder");
    let (file, link) = (here.path().join("run.json"), here.path().join("link.json"));
    save("scenarios/unexpected.ron", &file);
    std::os::unix::fs::symlink(&file, &link).expect("linked");
    assert_eq!(save("scenarios/ring.ron", &link).status.code(), Some(0));
    assert!(link.symlink_metadata().expect("there").is_symlink());
    let (_, text) = replay(&file, &[]);
    assert!(text.contains("a ring of three"), "{text}");
    let dangling = here.path().join("dangling.json");
    std::os::unix::fs::symlink(here.path().join("nothing"), &dangling).expect("linked");
    assert_eq!(save("scenarios/ring.ron", &dangling).status.code(), Some(2));
}

#[test]
fn garbage_is_no_saved_run() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("garbage.json");
    for content in [&b"\xff\xfe\x00"[..], b"[[[[[[", b"{\"form\":1}", b""] {
        fs::write(&file, content).expect("written");
        assert_eq!(replay(&file, &[]).0, Some(2), "{content:?}");
    }
    fs::write(&file, vec![b'['; 10_000_000]).expect("written");
    assert_eq!(replay(&file, &[]).0, Some(2), "ten million brackets");
    assert_eq!(replay(&here.path().join("missing"), &[]).0, Some(2));
}

#[test]
fn a_saved_run_can_come_from_standard_input() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("run.json");
    save("scenarios/ring.ron", &file);
    let saved = fs::File::open(&file).expect("readable");
    let output = command("replay -").stdin(saved).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_run_that_cannot_be_saved_is_shown_all_the_same() {
    let here = tempfile::tempdir().expect("a folder");
    // So long a name leaves no room for the name beside it under which the file is written first.
    let output = save("scenarios/unexpected.ron", &here.path().join("r".repeat(250)));
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("violated") && text.contains("digest: "), "{text}");
    let error = String::from_utf8(output.stderr).expect("text");
    assert!(error.contains("the run cannot be saved as"), "{error}");
}
