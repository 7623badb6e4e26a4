//! Images of disks: the examples show the form of all of them, and what no run leaves behind is an
//! error of the scenario with its place, and no violation of the protocol.

use std::fmt::Write;

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
    let slot = "{0: (server: (promised: (round: 1000000000000000, proposer: 0), log: (entries: \
                {1000000: (ballot: (round: 1, proposer: 0), value: Noop, chosen: true)})))}";
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
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/SCENARIOS.md");
    let page = std::fs::read_to_string(path).expect("the reference is there");
    for facts in catalogue::catalogue().protocols() {
        for ImageExample { meaning, protocol, images } in facts.images {
            let workload = facts.workload.map(|one| format!("workload: {}(),\n", one.name));
            let workload = workload.unwrap_or_default();
            let shown = format!("```ron fields {protocol}\n{workload}images: {images},\n```\n");
            assert!(page.contains(&shown), "docs/SCENARIOS.md lacks\n{meaning}\n{shown}");
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

type Cases = &'static [(&'static str, &'static str)];

const IMPOSSIBLE: &[(&str, Cases)] = &[
    ("Raft(nodes: 3)", RAFT),
    ("MultiPaxos(nodes: 3)", MULTI_PAXOS),
    ("Paxos(nodes: 3, proposers: Separate(1))", PAXOS),
    ("ChainReplication(nodes: 3, length: 2, disks: true)", CHAIN),
    (
        "ChainReplication(nodes: 3)",
        &[("a history without disks", "{0: (replica: (incarnation: 1, origin: 1, epoch: 1))}")],
    ),
    ("Craq(nodes: 3, disks: true)", &[("a misspelt field", "{0: (replica: (orign: 1))}")]),
    ("PrimaryBackup(nodes: 3, backups: 1, disks: true)", PRIMARY_BACKUP),
    (
        "Invitation(nodes: 3)",
        &[
            ("a counter at the top", "{0: (18446744073709551615)}"),
            ("a counter near the top", "{0: (1000000000000001)}"),
        ],
    ),
    ("ChangRoberts(nodes: 3)", &[("an identifier that is given", "{0: (Some(10))}")]),
    ("PetersonRing(nodes: 3)", &[("an identifier that is given", "{0: (Some(10))}")]),
    ("HirschbergSinclair(nodes: 3)", &[("an identifier that is given", "{0: (Some(10))}")]),
    ("Bully(nodes: 3)", &[("a disk of who has none", "{0: (10)}")]),
];

const RAFT: Cases = &[
    ("a misspelt field", "{0: (server: (terms: 3))}"),
    ("a field of another level", "{0: (term: 3)}"),
    ("a misspelt field of a log", "{0: (server: (log: (noop: [1])))}"),
    ("a misspelt field of an entry", {
        "{0: (server: (term: 1, log: (entries: [(terms: 1, payload: Noop)])))}"
    }),
    ("a misspelt field of a configuration", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Configuration((voters: [0])))])))}"
    }),
    ("a term at the top", "{0: (server: (term: 18446744073709551615))}"),
    ("a term near the top", "{0: (server: (term: 1000000000000001))}"),
    ("a vote for nobody", "{0: (server: (term: 3, vote: 3))}"),
    ("a vote before all elections", "{0: (server: (vote: 1))}"),
    ("terms that fall", "{0: (server: (term: 4, log: (noops: [1, 3, 2])))}"),
    ("an entry of term 0", "{0: (server: (term: 4, log: (noops: [0, 3])))}"),
    ("an entry of a later term", "{0: (server: (term: 2, log: (noops: [1, 3])))}"),
    ("a log that begins later", "{0: (server: (term: 2, log: (base: (4, 2))))}"),
    ("a log that begins too far", "{0: (server: (term: 2, log: (base: (1000001, 2))))}"),
    ("a base of another term", "{0: (server: (term: 2, log: (base: (0, 2))))}"),
    ("a snapshot that is newer than the log", {
        "{0: (server: (term: 2, log: (noops: [1]), snapshot: (index: 3, term: 2, \
         configuration: (incoming: [0, 1, 2]), store: ()))),}"
    }),
    ("a snapshot of another term", {
        "{0: (server: (term: 2, log: (noops: [1, 2]), snapshot: (index: 2, term: 1, \
         configuration: (incoming: [0, 1, 2]), store: ()))),}"
    }),
    ("a snapshot of nothing", {
        "{0: (server: (term: 2, snapshot: (index: 0, term: 0, \
         configuration: (incoming: [0, 1, 2]), store: ()))),}"
    }),
    ("a configuration of nobody", {
        "{0: (server: (term: 2, log: (base: (2, 2)), snapshot: (index: 2, term: 2, \
         configuration: (), store: ()))),}"
    }),
    ("a member that does not exist", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Configuration((incoming: \
         [0, 5])))])))}"
    }),
    ("a learner with a vote", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Configuration((incoming: \
         [0, 1], learners: [1])))])))}"
    }),
    ("a server's part of a client", "{3: (server: (term: 1))}"),
    ("a client's part of a server", "{0: (client: (starts: 1))}"),
    ("operations of a client that never started", "{3: (client: (begun: 1))}"),
    ("a client that started too often", "{3: (client: (starts: 4294967295))}"),
    ("a node that does not exist", "{9: (server: (term: 1))}"),
];

const MULTI_PAXOS: Cases = &[
    ("a misspelt field", "{0: (server: (promise: (round: 1, proposer: 0)))}"),
    ("a round at the top", {
        "{0: (server: (promised: (round: 18446744073709551615, proposer: 0)))}"
    }),
    ("a round of nobody", "{0: (server: (promised: (round: 1, proposer: 3)))}"),
    ("round 0", "{0: (server: (promised: (round: 0, proposer: 1)))}"),
    ("a ballot of another as its own", "{0: (server: (own: (round: 1, proposer: 1)))}"),
    ("a command that counts from the top", "{0: (server: (numbered: 18446744073709551615))}"),
    ("slot 0", {
        "{0: (server: (log: (entries: {0: (ballot: (round: 1, proposer: 0), value: Noop, \
         chosen: true)})))}"
    }),
    ("a slot at the top", {
        "{0: (server: (log: (entries: {18446744073709551615: (ballot: (round: 1, proposer: 0), \
         value: Noop, chosen: false)})))}"
    }),
    ("a log that begins later", "{0: (server: (log: (base: 4)))}"),
    ("a slot twice", {
        "{0: (server: (log: (entries: {1: (ballot: (round: 1, proposer: 0), value: Noop, \
         chosen: true), 1: (ballot: (round: 1, proposer: 0), value: Noop, chosen: false)})))}"
    }),
    ("a snapshot that ends before the log begins", {
        "{0: (server: (log: (base: 4), snapshot: (slot: 2, configurations: (effective: {0: [0, 1, \
         2]}), store: ()))),}"
    }),
    ("members that do not exist", {
        "{0: (server: (log: (base: 2), snapshot: (slot: 2, configurations: (effective: {0: [0, 1, \
         7]}), store: ()))),}"
    }),
    ("no members", {
        "{0: (server: (log: (base: 2), snapshot: (slot: 2, configurations: (effective: {}), \
         store: ()))),}"
    }),
    ("members that are not decided", {
        "{0: (server: (log: (base: 2), snapshot: (slot: 2, configurations: (effective: {0: [0, 1, \
         2], 900: [0, 1]}), store: ()))),}"
    }),
    ("a command of nobody", {
        "{0: (server: (log: (entries: {1: (ballot: (round: 1, proposer: 0), value: \
         Reconfigure((server: 3, number: 1, members: [0, 1])), chosen: false)})))}"
    }),
];

const PAXOS: Cases = &[
    ("a misspelt field", "{0: (promise: (round: 1, proposer: 3))}"),
    ("a round at the top", "{0: (promised: (round: 18446744073709551615, proposer: 3))}"),
    ("a proposer that is none", "{0: (promised: (round: 1, proposer: 0))}"),
    ("a proposer's part of an acceptor", "{0: (own: 10)}"),
    ("an acceptor's part of a proposer", "{3: (promised: (round: 1, proposer: 3))}"),
    ("a ballot of another", "{3: (ballot: (round: 1, proposer: 2))}"),
    ("a promise below what was accepted", {
        "{0: (promised: (round: 1, proposer: 3), accepted: (ballot: (round: 2, proposer: 3), \
         value: 1))}"
    }),
];

const CHAIN: Cases = &[
    ("a misspelt field", "{0: (replica: (incarnations: 1))}"),
    ("a misspelt field of a member", {
        "{3: (master: (configuration: (epoch: 1, chain: [(nod: 0, origin: 1, incarnation: 1, \
         linked: 1)]))),}"
    }),
    ("a misspelt party", "{0: (replicas: (incarnation: 1))}"),
    ("an incarnation at the top", "{0: (replica: (incarnation: 18446744073709551615))}"),
    ("a history before the first start", "{0: (replica: (base: 3))}"),
    ("a history of who has not joined", "{0: (replica: (incarnation: 1, base: 3))}"),
    ("joined in an incarnation to come", "{0: (replica: (incarnation: 1, origin: 2, epoch: 1))}"),
    ("no epoch", "{0: (replica: (incarnation: 1, origin: 1))}"),
    ("a history that begins later", {
        "{0: (replica: (incarnation: 1, origin: 1, epoch: 1, base: 2))}"
    }),
    ("a gap", {
        "{0: (replica: (incarnation: 1, origin: 1, epoch: 1, log: [(position: 2, request: \
         (operation: (client: (node: 4, session: 0), sequence: 1), command: Get(0)))]))}"
    }),
    ("the master's part of a replica", "{0: (master: (configuration: (epoch: 1)))}"),
    ("a replica's part of the master", "{3: (replica: (incarnation: 1))}"),
    ("an empty chain", "{3: (master: (configuration: (epoch: 1, chain: [], joining: None)))}"),
    ("a replica that does not exist", {
        "{3: (master: (configuration: (epoch: 1, chain: [(node: 3, origin: 1, incarnation: 1, \
         linked: 1)], joining: None)))}"
    }),
    ("a replica twice", {
        "{3: (master: (configuration: (epoch: 1, chain: [(node: 1, origin: 1, incarnation: 1, \
         linked: 1), (node: 1, origin: 1, incarnation: 1, linked: 1)], joining: None)))}"
    }),
    ("who joins is a member", {
        "{3: (master: (configuration: (epoch: 1, chain: [(node: 1, origin: 1, incarnation: 1, \
         linked: 1)], joining: (node: 1, origin: 0, incarnation: 1, linked: 1))))}"
    }),
    ("who joins a chain that is whole", {
        "{3: (master: (configuration: (epoch: 1, chain: [(node: 0, origin: 1, incarnation: 1, \
         linked: 1), (node: 1, origin: 1, incarnation: 1, linked: 1)], joining: (node: 2, origin: \
         0, incarnation: 1, linked: 1))))}"
    }),
    ("linked in an epoch to come", {
        "{3: (master: (configuration: (epoch: 1, chain: [(node: 1, origin: 1, incarnation: 1, \
         linked: 2)], joining: None)))}"
    }),
];

const PRIMARY_BACKUP: Cases = &[
    ("a misspelt field", "{0: (replica: (start: 1))}"),
    ("a misspelt field of a view", {
        "{3: (view_service: (view: (numbr: 1, epoch: 1, primary: 0, members: {0: 1}, \
         incarnations: {0: 1})))}"
    }),
    ("too many starts", "{0: (replica: (starts: 4294967295, epoch: 1))}"),
    ("an epoch at the top", "{0: (replica: (starts: 1, epoch: 18446744073709551615))}"),
    ("a state before the first start", "{0: (replica: (epoch: 1))}"),
    ("no epoch", "{0: (replica: (starts: 1))}"),
    ("a log at the top", {
        "{0: (replica: (starts: 1, epoch: 1, log: (base: 18446744073709551615)))}"
    }),
    ("an acknowledgement of no view", "{3: (view_service: (acknowledged: true))}"),
    ("a primary that is no member", {
        "{3: (view_service: (view: (number: 1, epoch: 1, primary: 0, members: {1: 1}, \
         incarnations: {1: 1})))}"
    }),
    ("a member that does not exist", {
        "{3: (view_service: (view: (number: 1, epoch: 1, primary: 0, members: {0: 1, 5: 1}, \
         incarnations: {0: 1, 5: 1})))}"
    }),
    ("an epoch after the view", {
        "{3: (view_service: (view: (number: 1, epoch: 2, primary: 0, members: {0: 1}, \
         incarnations: {0: 1})))}"
    }),
    ("a recruit that is a member", {
        "{3: (view_service: (view: (number: 1, epoch: 1, primary: 0, members: {0: 1}, recruits: \
         {0: 1}, incarnations: {0: 1})))}"
    }),
    ("a member without an incarnation", {
        "{3: (view_service: (view: (number: 1, epoch: 1, primary: 0, members: {0: 1}, \
         incarnations: {})))}"
    }),
    ("more backups than wanted", {
        "{3: (view_service: (view: (number: 1, epoch: 1, primary: 0, members: {0: 1, 1: 1, 2: 1}, \
         incarnations: {0: 1, 1: 1, 2: 1})))}"
    }),
    ("a number that was used before", {
        "{3: (view_service: (view: (number: 3, epoch: 1, primary: 0, members: {0: 1}, \
         incarnations: {0: 1}), highest: 2))}"
    }),
];
