//! A fault draws by what it means: rewriting it moves nothing, and changing how long or how strong
//! it is neither moves it in time nor to another victim.

mod toy;

use std::collections::BTreeSet;

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Loaded, RunOptions, Seen, load_text};

const SEEDS: std::ops::Range<u64> = 0..12;

const FAULTS: &str = r#"
    Between("1s", "5s", Crash(who: Random(1), down: "1s")),
    At("2s", Pause(And([Node(1), Node(2)])), for: "200ms"),
    Between("2500ms", "9s", OmitSends(Random(2), "40%")),
    Between("4s", "6s", Partition([Node(0), Nodes([3, 4])])),
    Every("3s", SlowDisk(Set("rack"), Constant("5ms")), for: "1s"),
    Between("3500ms", "7s", Slow(OneOf(["rack", "rest"]), Uniform("1ms", "20ms"))),
    Between("1500ms", "8s", Links(from: Random(1), loss: "20%")),
    When((on: Send("Pong"), at: 3, nth: 2), Bridge(Leader), for: "500ms"),
    Between("6s", "9s", Tamper(who: Not(Leader), share: "10%")),
    Every("1s..2s", Crash(who: And([Random(1), Leader]), down: "100ms", disk: Subset)),
"#;

fn load(faults: &str) -> Loaded {
    let asks = (1..40).map(|n| format!("At(\"{}ms\", {}, Everybody)", 250 * n, n % 5));
    let asks = asks.collect::<Vec<_>>().join(", ");
    let text = format!(
        "Scenario(title: \"t\", protocol: Ping(nodes: 5), network: Datagram(loss: \"1%\"), \
         sets: {{\"rack\": Nodes([1, 2]), \"rest\": Nodes([0, 3, 4])}}, \
         disks: [(sync: Uniform(\"1ms\", \"30ms\"))], workload: Requests([{asks}]), \
         faults: [{faults}], deadline: \"10s\", expect: Safe)"
    );
    load_text("toy.ron", &text, &toy::catalogue()).unwrap_or_else(|error| panic!("{error}"))
}

fn digests(faults: &str) -> Vec<u64> {
    let loaded = load(faults);
    SEEDS.map(|seed| loaded.prepared.run(seed, &RunOptions::default()).digest).collect()
}

/// When each strike of the fault at this place was, and whom it struck.
fn strikes(faults: &str, place: usize, seed: u64) -> Vec<(SimTime, Vec<NodeId>)> {
    let mut seen: Vec<Seen> = Vec::new();
    load(faults).prepared.watch(seed, &RunOptions::default(), &mut seen);
    let strikes = seen.into_iter().filter_map(|one| match one {
        Seen::Fault { at, fault, begins: true, victims, .. } if fault == place => {
            Some((at, victims))
        }
        _ => None,
    });
    strikes.collect()
}

/// The same list with the first of these words in the place of the second.
fn with(faults: &str, old: &str, new: &str) -> String {
    assert_eq!(faults.matches(old).count(), 1, "{old}");
    faults.replace(old, new)
}

#[test]
fn a_fault_that_is_written_in_another_way_draws_the_same() {
    let expected = digests(FAULTS);
    assert_eq!(BTreeSet::from_iter(&expected).len(), expected.len(), "seeds differ");
    for (old, new) in [
        // Units.
        ("Random(1), down: \"1s\"", "Random(1), down: \"1000ms\""),
        ("Every(\"3s\"", "Every(\"3s..3000ms\""),
        ("\"40%\"", "\"0.4\""),
        // Defaults.
        ("down: \"1s\"", "down: \"1s\", disk: Prefix"),
        ("Nodes([3, 4])]", "Nodes([3, 4])], cut: AtSend"),
        ("Links(from: Random(1)", "Links(to: All, both: false, from: Random(1)"),
        ("at: 3, nth: 2", "at: 3, after: \"0s\", nth: 2, every: false"),
        // The order of fields.
        ("who: Random(1), down: \"1s\"", "down: \"1s\", who: Random(1)"),
        ("at: 3, nth: 2", "nth: 2, at: 3"),
        // Blanks, comments, commas.
        ("Random(1), down: \"1s\")", "Random( 1 ) /* any */,\n // a second\n down: \"1s\", )"),
        // The same nodes.
        ("[Node(0),", "[Nodes([0]),"),
        ("Nodes([3, 4])", "Nodes([4, 3])"),
        ("And([Node(1), Node(2)])", "Nodes([1, 2])"),
        ("And([Node(1), Node(2)])", "And([And([Node(2)]), Set(\"rack\")])"),
        ("SlowDisk(Set(\"rack\")", "SlowDisk(Nodes([2, 1])"),
        ("[\"rack\", \"rest\"]", "[\"rest\", \"rack\"]"),
        ("Not(Leader)", "Not(Role(\"leader\"))"),
        ("And([Random(1), Leader])", "And([And([Leader]), Random(1)])"),
        ("[Node(0), Nodes([3, 4])]", "[Nodes([3, 4]), Node(0)]"),
        // The same occasion.
        ("at: 3, nth", "from: 3, nth"),
    ] {
        assert_eq!(digests(&with(FAULTS, old, new)), expected, "`{new}` for `{old}`");
    }
    let backwards: Vec<&str> = FAULTS.lines().rev().collect();
    assert_eq!(digests(&backwards.join("\n")), expected, "the list in another order");
}

#[test]
fn a_longer_or_stronger_fault_strikes_whom_it_struck_when_it_did() {
    for (place, old, new) in [
        (0, "down: \"1s\"", "down: \"3s\""),
        (0, ", down: \"1s\"", ""),
        (0, "down: \"1s\"", "down: \"1s\", disk: Unsynced"),
        (0, "down: \"1s\"", "down: \"1s\", disk: Everything"),
        (2, "\"9s\", OmitSends(Random(2), \"40%\")", "\"8s\", OmitSends(Random(2), \"90%\")"),
        (3, "\"6s\", Partition([Node(0), Nodes([3, 4])]", "\"7s\", Partition([Node(0), Minority]"),
        (5, "Uniform(\"1ms\", \"20ms\")", "Constant(\"1ms\")"),
        (6, "\"8s\", Links(from: Random(1), loss", "\"7s\", Links(from: Random(1), duplication"),
        (8, "share: \"10%\"", "share: \"100%\""),
    ] {
        for seed in SEEDS {
            let (before, after) = (FAULTS, with(FAULTS, old, new));
            let (before, after) = (strikes(before, place, seed), strikes(&after, place, seed));
            if place == 3 {
                // Other victims, at the same time.
                assert_eq!(before[0].0, after[0].0);
            } else if place != 8 {
                assert_eq!(before, after, "`{new}` for `{old}`, seed {seed}");
            }
        }
    }
    // Again and again, however much each strike draws besides.
    let crash = |rest: &str| format!("Every(\"500ms\", Crash(who: Random(1), {rest}))");
    for seed in SEEDS {
        let expected = strikes(&crash("down: \"50ms\""), 0, seed);
        assert_eq!(expected.len(), 20);
        for rest in [
            "down: \"60ms\", disk: Subset",
            "down: \"50ms\", disk: Unsynced",
            "down: \"100ms\", disk: OldCopy(\"1s\")",
        ] {
            assert_eq!(strikes(&crash(rest), 0, seed), expected, "{rest}, seed {seed}");
        }
    }
}

#[test]
fn another_fault_added_or_removed_moves_nothing() {
    let crash = "Between(\"1s\", \"5s\", Crash(who: Random(1), down: \"10ms\")),";
    let omits = "Between(\"6s\", \"9s\", OmitSends(Random(2), \"40%\")),";
    let others = [
        // The same at another time, to others, of another kind.
        "Between(\"900ms\", \"5s\", Crash(who: Random(1), down: \"10ms\")),",
        "Between(\"1s\", \"5s\", Crash(who: Nodes([0]), down: \"10ms\")),",
        "Between(\"1s\", \"5s\", Pause(Random(1))),",
        "When((on: Mark(\"pong\")), OmitSends(Random(2), \"40%\")),",
        "Every(\"6s\", OmitSends(Random(2), \"40%\"), for: \"1s\"),",
    ];
    for seed in SEEDS {
        let alone = [strikes(crash, 0, seed)[0].0, strikes(omits, 0, seed)[0].0];
        let victims = strikes(omits, 0, seed)[0].1.clone();
        for other in others {
            for (list, places) in [
                (format!("{other}{crash}{omits}"), [1, 2]),
                (format!("{crash}{other}{omits}"), [0, 2]),
                (format!("{crash}{omits}{other}"), [0, 1]),
            ] {
                let both = places.map(|place| strikes(&list, place, seed)[0].0);
                assert_eq!(both, alone, "{other}, seed {seed}");
                assert_eq!(strikes(&list, places[1], seed)[0].1, victims, "{other}, seed {seed}");
            }
        }
    }
}

#[test]
fn equal_faults_draw_for_themselves() {
    let crash =
        |down: &str| format!("Between(\"1s\", \"5s\", Crash(who: Random(1), down: \"{down}\")),");
    for seed in SEEDS {
        let two = crash("10ms") + &crash("10ms");
        let [first, second] = [0, 1].map(|place| strikes(&two, place, seed));
        assert_ne!(first[0].0, second[0].0);
        // The first of them is the one that is there alone.
        assert_eq!(first, strikes(&crash("10ms"), 0, seed));
        // Which is which their order says, and not how long they are.
        let other = crash("20ms") + &crash("10ms");
        let times = [0, 1].map(|place| strikes(&other, place, seed)[0].0);
        assert_eq!(times, [first[0].0, second[0].0]);
    }
}
