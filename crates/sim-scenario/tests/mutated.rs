//! Files that went wrong by chance: no panic, no hang, no memory without a bound, and a place to
//! look at.

mod toy;

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use sim_check::SimTime;
use sim_scenario::{Level, LoadError, Loaded, RunOptions, load_text, vocabulary, with_files};

/// Valid scenarios that between them use every construct.
const SEEDS: [&str; 9] = [
    include_str!("scenarios/storm.ron"),
    include_str!("scenarios/sets.ron"),
    include_str!("scenarios/drawn.ron"),
    include_str!("scenarios/assumption.ron"),
    include_str!("scenarios/small.ron"),
    "Scenario(title: \"w\", protocol: Ping(nodes: 5), sets: {\"eu\": Nodes([0, 1]), \"us\": \
     Nodes([2, 3, 4])}, network: Datagram(delay: Constant(\"1ms\"), latency: Csv(file: \
     \"wan.csv\", round_trip: true)), deadline: \"20s\", expect: Holds)",
    "Scenario(title: \"c\", protocol: Mute, model: (failures: CrashStop), deadline: \"1s\", \
     expect: Holds)",
    "Scenario(title: \"b\", protocol: Mute, model: (failures: Byzantine), deadline: \"1s\", \
     expect: Holds)",
    "Scenario(title: \"o\", protocol: Mute, model: (failures: Omission), deadline: \"1s\", \
     expect: Holds)",
];

/// Where the file is that a seed names.
const BESIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");

fn load(name: &str, text: &str, folder: &Path) -> Result<Loaded, LoadError> {
    load_text(name, &with_files(name, text, folder)?, &toy::catalogue())
}

/// One thing that may go wrong with a text. Places and lengths are taken modulo what there is.
#[derive(Clone, Debug)]
enum Mishap {
    Flip { at: usize, byte: u8 },
    Delete { at: usize, length: usize },
    Double { at: usize, length: usize },
    Truncate { at: usize },
    Number { at: usize, number: &'static str },
    Nest { at: usize, bracket: &'static str, depth: usize },
    Insert { at: usize, text: &'static str },
}

fn mishap() -> impl Strategy<Value = Mishap> {
    let at = 0..100_000_usize;
    let length = 1..60_usize;
    let number = prop::sample::select(vec![
        "0",
        "-1",
        "99999999999999999999999999",
        "4294967296",
        "18446744073709551615",
        "1e400",
        "NaN",
        "inf",
        "0x10",
        "1_000",
        "0.1",
        "-0",
        "1..2",
        "00",
        "+",
        "5ms",
        "1%",
    ]);
    let bracket =
        prop::sample::select(vec!["(", "[", "{", "Some(", "Mixture([(1,", "/*", "\"", "r#\""]);
    let text = prop::sample::select(vec![
        ",",
        ":",
        "\u{feff}",
        "\u{0}",
        "\u{1b}[31m",
        "é",
        "𝕊",
        "\\",
        "'",
        "#",
        "//",
        "*/",
        "Node(0)",
        "Trigger",
        "Random(2)",
        "\"1ns\"",
        "\"8760h\"",
        "\"100%\"",
        "None",
        "()",
        "cut: AtDelivery",
        "of: 3",
        "broken: true,",
        "Others",
        "\r",
        "\u{2028}",
        "r#type",
        "b'x'",
    ]);
    prop_oneof![
        (at.clone(), any::<u8>()).prop_map(|(at, byte)| Mishap::Flip { at, byte }),
        (at.clone(), length.clone()).prop_map(|(at, length)| Mishap::Delete { at, length }),
        (at.clone(), length).prop_map(|(at, length)| Mishap::Double { at, length }),
        at.clone().prop_map(|at| Mishap::Truncate { at }),
        (at.clone(), number).prop_map(|(at, number)| Mishap::Number { at, number }),
        (at.clone(), bracket, 1..300_usize).prop_map(|(at, bracket, depth)| Mishap::Nest {
            at,
            bracket,
            depth
        }),
        (at, text).prop_map(|(at, text)| Mishap::Insert { at, text }),
    ]
}

impl Mishap {
    fn befall(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let size = bytes.len();
        match *self {
            Self::Flip { at, byte } => bytes[at % size] = byte,
            Self::Delete { at, length } => {
                let at = at % size;
                bytes.drain(at..(at + length).min(size));
            }
            Self::Double { at, length } => {
                let at = at % size;
                let copy = bytes[at..(at + length).min(size)].to_vec();
                bytes.splice(at..at, copy);
            }
            Self::Truncate { at } => bytes.truncate(at % size),
            Self::Number { at, number } => {
                // In the place of a number that stands in the text.
                let is_digit = |place: &usize| bytes[*place].is_ascii_digit();
                let digits: Vec<usize> = (0..size).filter(is_digit).collect();
                if let Some(start) = digits.get(at % digits.len().max(1)) {
                    let end = (*start..size).find(|place| !is_digit(place)).unwrap_or(size);
                    bytes.splice(*start..end, number.bytes());
                }
            }
            Self::Nest { at, bracket, depth } => {
                let at = at % size;
                bytes.splice(at..at, bracket.repeat(depth).into_bytes());
            }
            Self::Insert { at, text } => {
                let at = at % size;
                bytes.splice(at..at, text.bytes());
            }
        }
    }
}

/// A refusal names a place inside the file and can be shown, plain and coloured.
fn check_refusal(error: &LoadError, text: &str) {
    assert!(error.diagnostics.iter().any(|d| d.level == Level::Error), "{error:?}");
    for diagnostic in &error.diagnostics {
        assert!(!diagnostic.message.is_empty());
        let span = diagnostic.span.clone().unwrap_or_else(|| panic!("no place: {diagnostic:?}"));
        let places = diagnostic.context.iter().map(|(span, _)| span).chain([&span]);
        for place in places {
            assert!(
                place.start <= place.end && place.end <= text.len(),
                "{place:?} in {diagnostic:?}"
            );
            assert!(text.is_char_boundary(place.start) && text.is_char_boundary(place.end));
        }
    }
    let plain = error.render(false);
    assert!(plain.contains(&format!("--> {}:", error.name)), "{plain}");
    assert!(
        !plain.contains('\u{1b}'),
        "control characters of the file reach the terminal:\n{plain}"
    );
    // The text of the file comes in lines of bounded width.
    assert!(plain.len() < 64 * 1024, "{} bytes of errors", plain.len());
    assert!(error.render(true).contains("\u{1b}["));
}

#[test]
fn the_seeds_are_valid() {
    for seed in SEEDS {
        let loaded = load("seed.ron", seed, BESIDE.as_ref());
        let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(loaded.render_warnings(false), "");
    }
}

/// What never stands in a seed is never damaged.
#[test]
fn every_name_of_the_language_stands_in_some_seed() {
    let is_name = |c: char| c == '_' || c.is_alphanumeric();
    let words: BTreeSet<&str> = SEEDS.iter().flat_map(|seed| seed.split(|c| !is_name(c))).collect();
    let names = vocabulary().into_iter().flat_map(|one| one.name.into_iter().chain(one.fields));
    let missing: BTreeSet<&str> = names.filter(|name| !words.contains(name)).collect();
    assert!(missing.is_empty(), "no seed has {missing:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_mishap_brings_the_loader_down(
        seed in prop::sample::select(SEEDS.to_vec()),
        mishaps in prop::collection::vec(mishap(), 1..6),
    ) {
        let mut bytes = seed.as_bytes().to_vec();
        for mishap in &mishaps {
            mishap.befall(&mut bytes);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match load("mutated.ron", &text, BESIDE.as_ref()) {
            Ok(loaded) => {
                for warning in &loaded.warnings {
                    prop_assert!(warning.span.as_ref().is_some_and(|span| span.end <= text.len()));
                }
                prop_assert!(loaded.render_warnings(true).len() < 64 * 1024);
                let facts = loaded.prepared.facts();
                if facts.servers + facts.others < 20 {
                    // What loads also runs: nothing was let through that the engine cannot take.
                    let until = Some(SimTime::from_nanos(3_000_000_000));
                    loaded.prepared.run(1, &RunOptions { until, ..RunOptions::default() });
                }
            }
            Err(error) => check_refusal(&error, &error.text),
        }
    }

    #[test]
    fn no_mishap_to_a_table_brings_the_loader_down(
        mishaps in prop::collection::vec(mishap(), 1..6),
    ) {
        let mut bytes = include_bytes!("scenarios/wan.csv").to_vec();
        for mishap in &mishaps {
            mishap.befall(&mut bytes);
        }
        let folder = tempfile::tempdir().expect("a folder for the test");
        std::fs::write(folder.path().join("wan.csv"), &bytes).expect("written");
        if let Err(error) = load("seed.ron", SEEDS[5], folder.path()) {
            check_refusal(&error, &error.text);
        }
    }
}

/// Texts of the greatest size, each made to be as hard as possible for one part of the loader.
#[test]
fn large_files_take_bounded_time() {
    let fill = |unit: &str| unit.repeat((sim_scenario::FILE_MAX - 200) / unit.len());
    let inside = |field: &str| {
        format!(
            "Scenario(title: \"t\", protocol: Ping(nodes: 5), {field}, deadline: \"1s\", \
             expect: Holds)"
        )
    };
    let cases = [
        fill("("),
        fill("[[]"),
        fill("1,"),
        fill("\""),
        fill("/*"),
        fill("// x\n"),
        fill("a"),
        fill("'"),
        fill("\n"),
        inside(&format!("faults: [{}]", fill("At(\"1ms\",Heal),"))),
        inside(&format!("faults: [{}]", fill("At(\"1ms\",Isolate(Node(9))),"))),
        inside(&format!("faults: [At(\"1ms\", Pause(Nodes([{}])))]", fill("0,"))),
        inside(&format!("faults: [At(\"1ms\", Partition([{}]))]", fill("Node(0),"))),
        inside(&format!("workload: Requests([{}])", fill("At(\"1ms\",0,Everybody),"))),
        inside(&format!("images: {{{}}}", fill("0:(asked:1),"))),
        inside(&format!("disks: [{}]", fill("(sync:Constant(\"1s\")),"))),
        inside(&format!("network: Datagram(links: [{}])", fill("(from:Servers,loss:\"1%\"),"))),
        inside(&format!("network: Datagram(delay: Mixture([{}]))", fill("(1,Constant(\"1s\")),"))),
        inside(&format!("{}: 1", fill("x"))),
        inside(&format!("ties: {}", fill("x"))),
        inside(&format!("calm: \"{}\"", fill("9"))),
        inside(&format!("budget: {}", fill("9"))),
        inside(&fill("x:1,")),
        inside(&fill("ties:Drawn,")),
    ];
    for case in cases {
        let start = &case[..80.min(case.len())];
        #[expect(clippy::disallowed_methods, reason = "the loader runs before any run")]
        let begun = std::time::Instant::now();
        match load_text("mutated.ron", &case, &toy::catalogue()) {
            Ok(_) => {}
            Err(error) => assert!(error.render(true).len() < 64 * 1024, "{start}"),
        }
        let took = begun.elapsed();
        assert!(took.as_secs() < 20, "{took:?} for {start}");
        eprintln!("{took:?} for {}", start.replace('\n', " "));
    }
}
