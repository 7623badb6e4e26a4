//! What disks hold of an earlier run's operations, in every protocol with clients and disks.

use sim_scenario::{RunOptions, load_text};

use super::scenario;

/// What an earlier run has left on the disks may have taken effect: clients that read it are no
/// violation of the protocol, and the history that is written begins with it.
#[test]
fn what_disks_hold_counts_as_earlier_operations() {
    let catalogue = catalogue::catalogue();
    for (protocol, images) in HELD {
        let name = protocol.split('(').next().expect("a name");
        let facts = catalogue.find(name).expect("it is in the catalogue");
        let workload = "KeyValue(keys: 1, operations: 60, mix: (get: 8, put: 0, append: 1, cas: 1, \
                        delete: 0))";
        let text = scenario(facts, protocol, &held(name, images))
            .replace("KeyValue()", workload)
            .replace("\"5s\"", "\"15s\"");
        let loaded = load_text("images.ron", &text, &catalogue);
        let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
        let mut seen = false;
        for seed in 0..20 {
            let options = RunOptions { history: true, ..RunOptions::default() };
            let report = loaded.prepared.run(seed, &options);
            assert!(report.violations.is_empty(), "{protocol}: {:?}", report.violations);
            let history = report.history.expect("it was asked for").text();
            let is_earlier = |line: &str| {
                line.starts_with(&format!("{{\"client\":{CLIENT},"))
                    && line.contains("\"type\":\"invoke\",\"f\":\"append\"")
                    && line.ends_with("\"at_ns\":0}")
            };
            assert!(history.lines().take(2).any(is_earlier), "{protocol}: {history}");
            // A read that tells what the operation has written, alone or before others.
            seen |= history.lines().any(|line| {
                line.contains("\"ok\",\"f\":\"get\"") && line.contains("\"value\":\"old")
            });
        }
        assert!(seen, "{protocol}: nobody has read it");
    }
}

/// The images with the operation, as the protocol's disks have it.
fn held(protocol: &str, images: &str) -> String {
    let operation = "(operation: (client: (node: CLIENT, session: 0), sequence: 1), command: \
                     Append(0, \"old\"))";
    let ballot = "ballot: (round: 1, proposer: 0)";
    let operation = match protocol {
        "Raft" => format!("(term: 1, payload: Command({operation}))"),
        "MultiPaxos" => format!("({ballot}, value: Commands([{operation}]), chosen: false)"),
        "PrimaryBackup" => operation.to_owned(),
        _ => format!("(position: 1, request: {operation})"),
    };
    let store = "(values: {0: \"old\"}, sessions: {(node: CLIENT, session: 0): (sequence: 1, \
                 output: Done)})";
    let images = images.replace("OPERATION", &operation).replace("STORE", store);
    images.replace("CLIENT", &CLIENT.to_string())
}

/// The first client of each world.
const CLIENT: u32 = 3;

/// Protocols, and disks that hold the client's first operation: it appends "old".
const HELD: &[(&str, &str)] = &[
    (
        "Raft(nodes: 3)",
        "{0: (server: (term: 1, log: (entries: [OPERATION]))),
          1: (server: (term: 1, log: (entries: [OPERATION]))),
          CLIENT: (client: (starts: 1, begun: 1))}",
    ),
    (
        "MultiPaxos(nodes: 3)",
        "{0: (server: (promised: (round: 1, proposer: 0), log: (entries: {1: OPERATION}))),
          1: (server: (promised: (round: 1, proposer: 0), log: (entries: {1: OPERATION}))),
          CLIENT: (client: (starts: 1, begun: 1))}",
    ),
    ("ChainReplication(nodes: 2, disks: true)", CHAIN),
    ("Craq(nodes: 2, disks: true)", CHAIN),
    (
        "PrimaryBackup(nodes: 2, disks: true)",
        "{0: (replica: (starts: 1, epoch: 1, since: 1, store: STORE, log: (updates: [OPERATION]))),
          1: (replica: (starts: 1, epoch: 1, since: 1, store: STORE, log: (updates: [OPERATION]))),
          2: (view_service: (acknowledged: true, view: (number: 1, epoch: 1, primary: 0,
              members: {0: 1, 1: 1}, incarnations: {0: 1, 1: 1}))),
          CLIENT: (client: (starts: 1, begun: 1))}",
    ),
];

const CHAIN: &str = "{
    0: (replica: (incarnation: 1, origin: 1, epoch: 1, complete: true, log: [OPERATION])),
    1: (replica: (incarnation: 1, origin: 1, epoch: 1, complete: true, log: [OPERATION])),
    2: (master: (configuration: (epoch: 1, chain: [
        (node: 0, origin: 1, incarnation: 1, linked: 1),
        (node: 1, origin: 1, incarnation: 1, linked: 1),
    ]))),
    CLIENT: (client: (starts: 1, begun: 1)),
}";
