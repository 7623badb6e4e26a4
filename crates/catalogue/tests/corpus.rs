//! The corpus: every scenario loads, and does what it says it does.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sim_check::Verdict;
use sim_scenario::{Expectation, Loaded, Report, RunOptions};

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
    // Tables of latencies stand beside them.
    files.retain(|file| file.extension().is_some_and(|extension| extension == "ron"));
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
    let scenarios = corpus();
    let next = AtomicUsize::new(0);
    // On all cores: each takes the next scenario.
    let work = || {
        while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
            assert_as_expected(scenario, 0..3);
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
}

/// A scenario that its author was warned of is not one to learn from.
#[test]
fn no_scenario_is_loaded_with_a_warning() {
    for scenario in corpus() {
        assert!(scenario.warnings.is_empty(), "{}", scenario.render_warnings(false));
    }
}
