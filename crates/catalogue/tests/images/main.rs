//! Images of disks: the examples show the form of all of them, and what no run leaves behind is an
//! error of the scenario with its place, and no violation of the protocol.

mod held;
mod impossible;

use std::fmt::Write;

use impossible::IMPOSSIBLE;
use sim_scenario::{ImageExample, ProtocolFacts, RunOptions, load_text};

/// A scenario with these images. Protocols with clients have some.
fn scenario(facts: &ProtocolFacts, protocol: &str, images: &str) -> String {
    let workload = match facts.workload {
        Some(workload) => format!("    workload: {}(),\n", workload.name),
        None => String::new(),
    };
    format!(
        "Scenario(\n    title: \"images\",\n    protocol: {protocol},\n{workload}    images: \
         {images},\n    deadline: \"5s\",\n    expect: Holds,\n)\n"
    )
}

#[test]
fn every_protocol_with_disks_shows_how_they_are_written() {
    let catalogue = catalogue::catalogue();
    let mut with_disks = 0;
    for facts in catalogue.protocols() {
        let shows = !facts.images.is_empty();
        assert_eq!(shows, facts.has_disks, "{}", facts.name);
        with_disks += usize::from(shows);
    }
    assert!(with_disks >= 9, "only {with_disks} protocols have disks");
}

#[test]
fn every_example_loads_and_runs() {
    let catalogue = catalogue::catalogue();
    for facts in catalogue.protocols() {
        for ImageExample { protocol, images, .. } in facts.images {
            let text = scenario(facts, protocol, images);
            let loaded = load_text("images.ron", &text, &catalogue);
            let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(loaded.render_warnings(false), "");
            for seed in 0..5 {
                let report = loaded.prepared.run(seed, &RunOptions::default());
                let panics = report.violations.iter().find(|one| one.code == "PANIC");
                assert!(panics.is_none(), "{protocol}: {panics:?}\n{images}");
            }
        }
    }
}

/// Places and counters at their bounds: no run hangs over what is before the first entry.
#[test]
fn the_farthest_places_run() {
    let catalogue = catalogue::catalogue();
    let raft = "{0: (server: (term: 3, log: (base: (1000000, 2), noops: [3]), snapshot: (index: \
                1000000, term: 2, configuration: (incoming: [0, 1, 2]), store: ())))}";
    let slot = "{0: (server: (promised: (round: 1000000000000000, proposer: 0), log: (base: \
                999997, entries: {1000000: (ballot: (round: 1, proposer: 0), value: Noop, chosen: \
                true)}), snapshot: (slot: 999997, configurations: (effective: {0: [0, 1, 2]}), \
                store: ())))}";
    let snapshot = "{0: (server: (log: (base: 1000000), snapshot: (slot: 1000000, configurations: \
                    (effective: {0: [0, 1, 2]}), store: ())))}";
    let base = "{0: (replica: (starts: 1000000000, epoch: 1, log: (base: 1000000)))}";
    for (protocol, images) in [
        ("Raft(nodes: 3)", raft),
        ("MultiPaxos(nodes: 3)", slot),
        ("MultiPaxos(nodes: 3)", snapshot),
        ("PrimaryBackup(nodes: 3, disks: true)", base),
    ] {
        let name = protocol.split('(').next().expect("a name");
        let facts = catalogue.find(name).expect("it is in the catalogue");
        let text = scenario(facts, protocol, images)
            .replace("\n    deadline", "\n    budget: 3000,\n    deadline");
        let loaded = load_text("images.ron", &text, &catalogue);
        let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
        let report = loaded.prepared.run(0, &RunOptions::default());
        assert!(report.steps > 100, "{protocol}: {} steps", report.steps);
        let panics = report.violations.iter().find(|one| one.code == "PANIC");
        assert!(panics.is_none(), "{protocol}: {panics:?}");
    }
}

/// What an example does not show, nobody would know how to write.
#[test]
fn the_examples_show_every_field_and_every_variant() {
    let catalogue = catalogue::catalogue();
    // Operations and their outcomes are those of the service, which all replicated protocols have;
    // one example of each is enough in all images together.
    let of_service = ["of Command", "of Output"];
    for entry in catalogue.entries() {
        let unshown = entry.unshown_in_images();
        let unshown: Vec<_> = unshown
            .iter()
            .filter(|one| !of_service.iter().any(|family| one.ends_with(family)))
            .collect();
        assert!(unshown.is_empty(), "{}: {unshown:?}", entry.facts().name);
    }
}

/// The reference has them as they are.
#[test]
fn the_reference_shows_every_example() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/IMAGES.md");
    let page = std::fs::read_to_string(path).expect("the reference is there");
    for facts in catalogue::catalogue().protocols() {
        for ImageExample { meaning, protocol, images } in facts.images {
            let workload = facts.workload.map(|one| format!("workload: {}(),\n", one.name));
            let workload = workload.unwrap_or_default();
            let shown = format!("```ron fields {protocol}\n{workload}images: {images},\n```\n");
            assert!(page.contains(&shown), "docs/IMAGES.md lacks\n{meaning}\n{shown}");
        }
    }
}

/// Every case is refused with its place, before anything runs.
#[test]
fn impossible_images_are_errors_of_the_scenario() {
    let catalogue = catalogue::catalogue();
    let mut told = String::new();
    for (protocol, cases) in IMPOSSIBLE {
        let name = protocol.split('(').next().expect("a name");
        let facts = catalogue.find(name).expect("it is in the catalogue");
        for (what, images) in *cases {
            let text = scenario(facts, protocol, images);
            let error = load_text("images.ron", &text, &catalogue);
            let error = error.err().unwrap_or_else(|| panic!("this should not load:\n{text}"));
            let rendered = error.render(false);
            assert!(rendered.contains("--> images.ron:"), "{rendered}");
            writeln!(told, "# {name}: {what}\n{rendered}\n").expect("it is a text");
        }
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("impossible_images", told);
    });
}

/// A single node with a known bug may have left behind what the others never do.
#[test]
fn images_are_possible_where_the_settings_of_a_node_allow_them() {
    let catalogue = catalogue::catalogue();
    let facts = catalogue.find("Paxos").expect("it is in the catalogue");
    let images = "{0: (accepted: (ballot: (round: 3, proposer: 0), value: 10)), 1: (accepted: \
                  (ballot: (round: 3, proposer: 0), value: 10)), 2: (accepted: (ballot: (round: 4, \
                  proposer: 0), value: 11))}";
    let usual = scenario(facts, "Paxos(nodes: 3)", images);
    assert!(load_text("images.ron", &usual, &catalogue).is_err());
    for (own, loads) in [("mutant: \"P-anyval\"", true), ("resend: \"1s\"", false)] {
        let text = usual.replace("    images", &format!("    nodes: {{0: ({own})}},\n    images"));
        let loaded = load_text("images.ron", &text, &catalogue);
        assert_eq!(loaded.is_ok(), loads, "{own}: {:?}", loaded.err().map(|one| one.render(false)));
    }
}
