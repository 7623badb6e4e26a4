//! Quorums of plain and joint configurations, against the tables of etcd's raft.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use raft::{Change, Configuration, Index, VoteResult};
use sim_node::NodeId;

/// The folder of the tables, or `None`, said loudly.
fn folder() -> Option<PathBuf> {
    let root = std::env::var_os("REHEARSAL_DATA").map(PathBuf::from);
    let folder = root.map(|root| root.join("raft/quorum")).filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!(
            "LEFT OUT: the quorum tables were not checked, as $REHEARSAL_DATA/raft/quorum is not there"
        );
    }
    folder
}

/// The list in `name=(...)`; `None` when the line has none.
fn list<'a>(line: &'a str, name: &str) -> Option<Vec<&'a str>> {
    let rest = line.split_once(&format!(" {name}="))?.1;
    if rest.starts_with("zero") {
        return Some(Vec::new());
    }
    let inside = rest.strip_prefix('(').expect("a list").split_once(')').expect("closed").0;
    Some(inside.split(',').map(str::trim).filter(|item| !item.is_empty()).collect())
}

fn nodes(line: &str, name: &str) -> Option<Vec<NodeId>> {
    let numbers = list(line, name)?;
    Some(numbers.iter().map(|number| NodeId::new(number.parse().expect("a number"))).collect())
}

/// The configuration with these two sets of voters, made as a cluster would make it.
fn joint(incoming: &[NodeId], outgoing: &[NodeId]) -> Configuration {
    let old = Configuration::of_voters(outgoing.iter().copied());
    let (new, was): (BTreeSet<_>, BTreeSet<_>) =
        (incoming.iter().copied().collect(), outgoing.iter().copied().collect());
    let added = new.difference(&was).map(|node| Change::AddVoter(*node));
    let removed = was.difference(&new).map(|node| Change::Remove(*node));
    let changes: Vec<Change> = added.chain(removed).collect();
    old.enter_joint(false, &changes).expect("two sets with voters")
}

/// Checks one case: the command line and the last line of its output.
fn check(line: &str, expected: &str) {
    let incoming = nodes(line, "cfg").unwrap_or_default();
    let outgoing = nodes(line, "cfgj").unwrap_or_default();
    let configuration = if outgoing.is_empty() || incoming.is_empty() {
        Configuration::of_voters(incoming.iter().chain(&outgoing).copied())
    } else {
        joint(&incoming, &outgoing)
    };
    // Values are given to each voter once, in order of first mention.
    let mut order: Vec<NodeId> = Vec::new();
    for node in incoming.iter().chain(&outgoing) {
        if !order.contains(node) {
            order.push(*node);
        }
    }
    let values = list(line, "idx").or_else(|| list(line, "votes")).unwrap_or_default();
    assert_eq!(values.len(), order.len(), "{line}");
    let values: BTreeMap<NodeId, &str> = order.into_iter().zip(values).collect();
    if line.starts_with("committed") {
        // The empty quorum commits everything; no cluster has such a configuration.
        let found = if values.is_empty() {
            assert_eq!(configuration.committed(|_| Index(1)), Index(0), "nothing is committed");
            "∞".to_owned()
        } else {
            let matched = |node| Index(values[&node].parse().unwrap_or(0));
            configuration.committed(matched).to_string()
        };
        let expected = expected.rsplit('>').next().expect("a last part");
        assert_eq!(found, expected, "{line}");
    } else {
        let result = configuration.vote(|node| match values[&node] {
            "y" => Some(true),
            "n" => Some(false),
            _ => None,
        });
        let found = match result {
            VoteResult::Won => "VoteWon",
            VoteResult::Lost => "VoteLost",
            VoteResult::Pending => "VotePending",
        };
        assert_eq!(found, expected, "{line}");
    }
}

#[test]
fn quorums_are_those_of_the_tables() {
    let Some(folder) = folder() else { return };
    let mut cases = 0;
    for file in std::fs::read_dir(folder).expect("a folder") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if !line.starts_with("committed") && !line.starts_with("vote") {
                continue;
            }
            assert_eq!(lines.next(), Some("----"), "{line}");
            let mut last = "";
            while let Some(output) = lines.next_if(|output| !output.is_empty()) {
                last = output;
            }
            check(line, last.trim());
            cases += 1;
        }
    }
    assert!(cases > 50, "only {cases} cases were found");
}
