//! Settings in which nodes differ, from the beginning and from a restart on.

mod pinging;
mod refused;
mod toy;

use sim_scenario::{Happening, Loaded, RunOptions, Seen};

use pinging::{pinging, run, watch, watched};
use refused::{golden, with, with_fault};

/// What nodes were when they started: `1s n2 slow: true`.
fn starts(seen: &[Seen]) -> Vec<String> {
    let start = |one: &Seen| match one {
        Seen::Step { at, node, what: Happening::Start { settings, .. }, .. } => {
            Some(format!("{at} {node} {}", settings.as_deref().unwrap_or("as all")))
        }
        _ => None,
    };
    seen.iter().filter_map(start).collect()
}

#[test]
fn nodes_differ_and_start_again_with_other_settings() {
    let loaded = pinging(
        "nodes: {0: (patience: \"20ms\"), 3: (slow: true)}, \
         network: Datagram(delay: Constant(\"15ms\")), \
         faults: [\
             At(\"1s\", Crash(who: Nodes([2, 3]), down: \"100ms\", settings: (slow: true))), \
             At(\"2s\", Crash(who: Nodes([2, 3]), down: \"100ms\")), \
             At(\"3s\", Crash(who: Node(3), down: \"100ms\", settings: (patience: \"60ms\"))), \
             At(\"4s\", Crash(who: Node(2))), \
             At(\"5s\", Restart(Node(2), settings: ())), \
         ],",
    );
    let seen = watched(&loaded);
    assert_eq!(
        starts(&seen)[5..],
        [
            "1.1s n2 slow: true",
            "1.1s n3 slow: true",
            "2.1s n2 slow: true",
            "2.1s n3 slow: true",
            "3.1s n3 slow: true, patience: \"60ms\"",
            "5s n2 as all",
        ]
    );
    assert_eq!(starts(&seen)[0], "0s n0 patience: \"20ms\"");
    // A pong is back after 30 ms. Node 0 waits 20 and sends each of its four pings twice; the
    // others wait for at least 50, as the protocol says.
    let again = |loaded: &Loaded| run(loaded, 0).messages.retransmission;
    assert_eq!(again(&loaded), 4);
    let alike = pinging("network: Datagram(delay: Constant(\"15ms\")),");
    assert_eq!(again(&alike), 0);
}

#[test]
fn settings_of_nodes_that_say_what_is_so_anyway_change_nothing() {
    let plain = pinging("faults: [At(\"1s\", Crash(who: Node(1), down: \"1s\"))],");
    let spelt = pinging(
        "nodes: {1: (slow: false), 2: ()}, \
         faults: [At(\"1s\", Crash(who: Node(1), down: \"1s\", settings: (slow: false)))],",
    );
    assert_eq!(spelt.warnings.len(), 3);
    for seed in 0..5 {
        assert_eq!(run(&plain, seed).digest, run(&spelt, seed).digest);
    }
}

#[test]
fn a_fault_that_is_left_out_leaves_the_settings_of_others() {
    let loaded = pinging(
        "faults: [\
             At(\"1s\", Crash(who: Node(1), down: \"100ms\", settings: (slow: true))), \
             At(\"2s\", Crash(who: Node(2), down: \"100ms\", settings: (patience: \"60ms\"))), \
         ],",
    );
    let options = RunOptions { without: [0].into(), ..RunOptions::default() };
    let (_, seen) = watch(&*loaded.prepared, 0, &options);
    assert_eq!(starts(&seen)[5..], ["2.1s n2 patience: \"60ms\""]);
}

#[test]
fn settings_of_nodes() {
    let of_nodes = |nodes: &str| with(&format!("nodes: {nodes}"));
    let of_fault = |settings: &str| {
        with_fault(&format!("At(\"1s\", Crash(who: Leader, down: \"1s\", settings: {settings}))"))
    };
    let many: Vec<String> = (0..201)
        .map(|node| {
            let settings = format!("(patience: \"{}ms\")", node + 1);
            format!("Between(\"1s\", \"2s\", Restart(Node(0), settings: {settings}))")
        })
        .collect();
    golden(
        "settings_of_nodes",
        [
            ("a node that does not exist", of_nodes("{5: (patience: \"20ms\")}")),
            (
                "a node that is no server",
                of_nodes("{6: (patience: \"20ms\")}").replace("nodes: 5)", "nodes: 5, clients: 2)"),
            ),
            ("a node that is no number", of_nodes("{n1: (patience: \"20ms\")}")),
            ("a node twice", of_nodes("{1: (slow: true), 0x1: (slow: true)}")),
            ("how many nodes there are", of_nodes("5")),
            ("a field of the settings", of_nodes("{1: (patient: \"20ms\")}")),
            ("a field that is given twice", of_nodes("{1: (slow: true, slow: true)}")),
            ("a setting that cannot differ", of_nodes("{1: (slow: true, nodes: 3)}")),
            ("a value without its unit", of_nodes("{1: (patience: 20)}")),
            ("a value that is out of range", of_nodes("{1: (rest: \"2s\")}")),
            ("a value that is no group", of_nodes("{1: true}")),
            (
                "a value that does not fit the others",
                of_nodes("{1: (slow: true)}").replace("nodes: 5)", "nodes: 5, rest: \"1s\")"),
            ),
            ("a fault: a field of the settings", of_fault("(patient: \"20ms\")")),
            ("a fault: a setting that cannot differ", of_fault("(nodes: 3)")),
            ("a fault: a value that is out of range", of_fault("(rest: \"2s\")")),
            ("a fault: a value that is no group", of_fault("true")),
            (
                "a fault: a value that does not fit those of a node",
                of_fault("(rest: \"1s\")")
                    .replace("    faults", "    nodes: {1: (slow: true)},\n    faults"),
            ),
            ("another fault", with_fault("At(\"1s\", Pause(Leader, settings: (slow: true)))")),
            ("too many of them", with(&format!("faults: [{}]", many.join(", ")))),
        ],
    );
}
