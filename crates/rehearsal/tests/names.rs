//! A scenario is found by its name: where it is looked for, and below the folder that `list` lists.

mod support;

use std::fs;

use support::{command, transcript};

/// A folder with these scenarios, all of them the same.
fn folder(paths: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let text =
        fs::read_to_string(support::folder().join("scenarios/ring.ron")).expect("it is there");
    for path in paths {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, &text).expect("written");
    }
    folder
}

fn session(folder: &tempfile::TempDir, line: &str) -> String {
    let output = command(line).current_dir(folder.path()).output().expect("the binary starts");
    transcript(line, &output)
}

const THREE: [&str; 3] = [
    "scenarios/rings/small-ring.ron",
    "scenarios/others/small-ring.ron",
    "scenarios/rings/one.ron",
];

#[test]
fn a_name_is_enough_with_or_without_folder_and_ending() {
    let folder = folder(&THREE);
    for name in ["one", "one.ron", "rings/one", "rings/one.ron", "ONE", "scenarios/rings/one"] {
        let told = session(&folder, &format!("run {name}"));
        assert!(told.contains(&format!("note: `{name}` is scenarios/rings/one.ron")), "{told}");
        assert!(told.contains("exit code 0"), "{told}");
    }
    let told = session(&folder, "sweep others/smallring --seeds 0..3");
    assert!(told.contains("note: `others/smallring` is scenarios/others/small-ring.ron"), "{told}");
    let told = session(&folder, "explain one --step 5");
    assert!(told.contains("exit code 0"), "{told}");
}

/// A file that is there is taken as it is named, and what is told of it names it so.
#[test]
fn a_file_that_is_there_is_not_looked_for() {
    let folder = folder(&["one", "scenarios/one.ron"]);
    let told = session(&folder, "run one");
    assert!(!told.contains("note:") && told.contains("exit code 0"), "{told}");
}

#[test]
fn a_name_that_several_have_is_an_error_that_lists_them() {
    let folder = folder(&THREE);
    let told = session(&folder, "run small-ring");
    assert!(told.contains("2 scenarios are called `small-ring`:"), "{told}");
    for path in &THREE[..2] {
        assert!(told.contains(path), "{told}");
    }
    assert!(told.contains("exit code 2"), "{told}");
}

#[test]
fn a_name_that_none_has_is_told_the_nearest() {
    let folder = folder(&THREE);
    let told = session(&folder, "run rings/oen");
    assert!(told.contains("did you mean scenarios/rings/one.ron?"), "{told}");
    let told = session(&folder, "run nothing-like-it");
    assert!(
        told.contains("error: cannot read `nothing-like-it`: the file does not exist"),
        "{told}"
    );
}

/// A file in the current folder, or in one that is named, needs no ending.
#[test]
fn a_file_beside_needs_no_ending() {
    let folder = folder(&["8b.ron", "two-words.ron", "sub/deep.ron", "scenarios/8b.ron"]);
    for (name, file) in [
        ("8b", "8b.ron"),
        ("./8b", "./8b.ron"),
        ("TwoWords", "two-words.ron"),
        ("sub/deep", "sub/deep.ron"),
        ("scenarios/8b", "scenarios/8b.ron"),
    ] {
        let told = session(&folder, &format!("run {name}"));
        assert!(told.contains(&format!("note: `{name}` is {file}\n")), "{told}");
        assert!(told.contains("exit code 0"), "{told}");
    }
    let told = session(&folder, "run two-wrds");
    assert!(told.contains("did you mean two-words.ron?"), "{told}");
}

/// Without the folder, a file that does not exist is just that.
#[test]
fn without_the_folder_nothing_is_found() {
    let folder = folder(&["elsewhere/one.ron"]);
    let told = session(&folder, "run one");
    assert!(told.contains("error: cannot read `one`: the file does not exist"), "{told}");
    assert!(told.contains("exit code 2"), "{told}");
}
