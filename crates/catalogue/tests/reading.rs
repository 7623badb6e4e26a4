//! The reading list, docs/READING.md: every protocol of the catalogue is in it, with scenarios that
//! are there and are its own.

use std::path::{Path, PathBuf};

use sim_scenario::load_file;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The rows of the table, by cell: topic, algorithm, scenario, book, paper.
fn rows() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs/READING.md")).expect("it is there");
    let table = text.lines().filter(|line| line.starts_with('|')).skip(2);
    table
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// What stands between backquotes.
fn codes(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn scenarios(row: &[String]) -> Vec<&str> {
    codes(&row[2]).filter(|code| code.starts_with("scenarios/")).collect()
}

#[test]
fn every_protocol_is_in_the_reading_list() {
    let rows = rows();
    let named: Vec<&str> = rows.iter().flat_map(|row| codes(&row[1])).collect();
    for facts in catalogue::catalogue().protocols() {
        assert!(named.contains(&facts.name), "docs/READING.md does not mention {}", facts.name);
    }
}

#[test]
fn every_row_is_complete() {
    for row in rows() {
        let [topic, algorithm, _, book, paper] = row.as_slice() else {
            panic!("five cells: {row:?}")
        };
        assert!(!topic.is_empty() && !algorithm.is_empty(), "{row:?}");
        assert!(!scenarios(&row).is_empty(), "`{topic}` has no scenario to run");
        assert!(!(book.is_empty() && paper.is_empty()), "`{topic}` has nothing to read");
    }
}

/// Each path is that of a scenario, of a protocol that the row names.
#[test]
fn every_scenario_of_the_reading_list_is_there() {
    let catalogue = catalogue::catalogue();
    for row in rows() {
        for path in scenarios(&row) {
            let loaded = load_file(&root().join(path), &catalogue);
            let loaded = loaded.unwrap_or_else(|error| panic!("{path}: {error}"));
            let protocol = loaded.prepared.facts().protocol.name;
            assert!(codes(&row[1]).any(|name| name == protocol), "{path} is of {protocol}");
        }
    }
}
