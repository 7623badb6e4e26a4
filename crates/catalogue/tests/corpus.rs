//! The corpus: every scenario loads, and does what it says it does.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use sim_check::Verdict;
use sim_scenario::{Expectation, Loaded, Report, RunOptions};
use sim_search::Answer;

/// Every scenario of the corpus, in order of path.
fn corpus() -> Vec<Loaded> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios"));
    let catalogue = catalogue::catalogue();
    let mut files = Vec::new();
    for family in std::fs::read_dir(&root).expect("the corpus is there") {
        let family = family.expect("a readable folder").path();
        for file in std::fs::read_dir(&family).expect("families are folders") {
            files.push(file.expect("a readable file").path());
        }
    }
    files.sort();
    assert!(!files.is_empty(), "the corpus is empty");
    let load = |file: &PathBuf| {
        sim_scenario::load_file(file, &catalogue).unwrap_or_else(|why| panic!("{why}"))
    };
    files.iter().map(load).collect()
}

/// Runs a scenario with every seed and compares with what it expects of all of them.
fn assert_as_expected(scenario: &Loaded, seeds: Range<u64>) {
    let name = &scenario.name;
    let run = |seed| scenario.prepared.run(seed, &RunOptions::default());
    let told = |report: &Report| {
        let violated = report.violations.iter().map(|one| format!("{}: {}", one.code, one.detail));
        format!(
            "{} {:?} {:?}",
            report.verdict.as_str(),
            violated.collect::<Vec<_>>(),
            report.undecided
        )
    };
    for report in seeds.map(run) {
        assert!(report.as_expected, "{name}, seed {}: {}", report.seed, told(&report));
    }
    if let Expectation::Sometimes { of, .. } = scenario.prepared.facts().expect {
        let violated = (0..of).map(run).any(|report| report.verdict == Verdict::Violated);
        assert!(violated, "{name}: nothing was violated in {of} seeds");
    }
}

#[test]
fn every_scenario_does_what_it_expects() {
    for scenario in corpus() {
        assert_as_expected(&scenario, 0..3);
    }
}

/// A scenario that its author was warned of is not one to learn from.
#[test]
fn no_scenario_is_loaded_with_a_warning() {
    for scenario in corpus() {
        assert!(scenario.warnings.is_empty(), "{}", scenario.render_warnings(false));
    }
}

/// The most steps that the whole corpus may take with 200 seeds: about a minute and a half on two
/// cores. Steps are the same on every machine; seconds are not.
const STEPS_MAX: u64 = 400_000_000;

/// On all cores, and in release: `cargo xtask check corpus` runs it so.
#[test]
#[ignore = "minutes in debug; `cargo xtask check corpus` runs it in release"]
fn every_scenario_does_what_it_expects_with_200_seeds() {
    let mut costs = Vec::new();
    for scenario in corpus() {
        let steps = AtomicU64::new(0);
        let expect = &scenario.prepared.facts().expect;
        let seeds = match expect {
            Expectation::Sometimes { of, .. } => 200.max(*of),
            _ => 200,
        };
        let run = |seed| scenario.prepared.run(seed, &RunOptions::default());
        let done = |report: &Report| {
            steps.fetch_add(report.events, Ordering::Relaxed);
        };
        let sweep = sim_search::sweep(0..=seeds - 1, None, &run, &done).expect("threads");
        let answer = Answer::of(&sweep, expect);
        assert_eq!(answer, Answer::Expected, "{}: {sweep:?}", scenario.name);
        costs.push((steps.into_inner(), scenario.name));
    }
    let total: u64 = costs.iter().map(|(steps, _)| steps).sum();
    costs.sort_unstable_by(|one, other| other.cmp(one));
    println!(
        "{} of {} million steps; the longest scenarios:",
        total / 1_000_000,
        STEPS_MAX / 1_000_000
    );
    for (steps, name) in costs.iter().take(10) {
        let name = name.rsplit_once("scenarios/").map_or(name.as_str(), |(_, name)| name);
        println!("{:>8} thousand  {name}", steps / 1_000);
    }
    assert!(total <= STEPS_MAX, "the corpus takes {total} steps; at most {STEPS_MAX}");
}
