//! Changes of configurations, against the tables of etcd's raft.

use std::path::PathBuf;

use raft::{Change, Configuration};
use sim_node::NodeId;

/// The folder of the tables, or `None`, said loudly.
fn folder() -> Option<PathBuf> {
    let root = std::env::var_os("REHEARSAL_DATA").map(PathBuf::from);
    let folder = root.map(|root| root.join("raft/confchange")).filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!(
            "LEFT OUT: the tables of configuration changes were not checked, as \
             $REHEARSAL_DATA/raft/confchange is not there"
        );
    }
    folder
}

/// The changes in `v1 l2 r3 u4`; node 0 does not exist, and an update changes no configuration.
fn changes(text: &str) -> Vec<Change> {
    let parse = |word: &str| {
        let (kind, number) = word.split_at(1);
        let node = NodeId::new(number.parse().expect("a number"));
        match (kind, node.number()) {
            (_, 0) | ("u", _) => None,
            ("v", _) => Some(Change::AddVoter(node)),
            ("l", _) => Some(Change::AddLearner(node)),
            ("r", _) => Some(Change::Remove(node)),
            _ => panic!("an unknown change {word}"),
        }
    };
    text.split_whitespace().filter_map(parse).collect()
}

/// The learners among the lines of the followers' progress.
fn learners(lines: &[&str]) -> Vec<NodeId> {
    let marked = lines.iter().filter(|line| line.split_whitespace().any(|word| word == "learner"));
    let number = |line: &&&str| line.split_once(':').and_then(|(number, _)| number.parse().ok());
    marked.map(|line| NodeId::new(number(&line).expect("a number"))).collect()
}

fn run(text: &str) -> usize {
    let mut configuration = Configuration::default();
    let mut lines = text.lines().filter(|line| !line.starts_with('#')).peekable();
    let mut cases = 0;
    while let Some(line) = lines.next() {
        let mut words = line.split_whitespace();
        let Some(command) = words.next() else { continue };
        let arguments: Vec<&str> = words.collect();
        let mut input = String::new();
        while let Some(more) = lines.next_if(|more| *more != "----") {
            input = input + " " + more;
        }
        lines.next();
        let mut output = Vec::new();
        while let Some(more) = lines.next_if(|more| !more.is_empty()) {
            output.push(more);
        }
        let changes = changes(&input);
        let result = match command {
            "simple" => configuration.simple(&changes),
            "enter-joint" => {
                configuration.enter_joint(arguments.contains(&"autoleave=true"), &changes)
            }
            "leave-joint" => configuration.leave_joint(),
            other => panic!("an unknown command {other}"),
        };
        let found = match result {
            Ok(next) => {
                configuration = next;
                let members = configuration.members();
                let learn = members.iter().filter(|node| configuration.is_learner(**node));
                let learn: Vec<NodeId> = learn.copied().collect();
                assert_eq!(learn, learners(&output[1..]), "{line} {input}");
                configuration.to_string()
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(found, output[0], "{line} {input}");
        cases += 1;
    }
    cases
}

#[test]
fn changes_are_those_of_the_tables() {
    let Some(folder) = folder() else { return };
    let mut cases = 0;
    for file in std::fs::read_dir(folder).expect("a folder") {
        cases += run(&std::fs::read_to_string(file.expect("a file").path()).expect("text"));
    }
    assert!(cases > 30, "only {cases} cases were found");
}
