//! Storms in the check: fewer than a soak, from the same generator. `cargo xtask check` runs this
//! in the build for release; without optimisation it would take ten times as long.

#![cfg(not(debug_assertions))]

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::Range;

use sim_scenario::load_text;
use soak::{FAMILIES, SECOND_SERIES, Soak, Storm, THIRD_SERIES, soak};

fn storms(seeds: Range<u64>, jobs: usize) -> Vec<Soak> {
    let catalogue = catalogue::catalogue();
    let all = FAMILIES.iter().map(|family| {
        let jobs = NonZeroUsize::new(jobs);
        soak(family, None, &catalogue, seeds.clone(), jobs, &|_| ()).expect("threads")
    });
    all.collect()
}

/// Every claim holds; and every kind of fault strikes and every feature is met, for what is never
/// met finds nothing.
#[test]
fn every_claim_holds_in_storms() {
    for soak in storms(0..200, 0) {
        for finding in soak.findings.values() {
            eprintln!("seed {}: {:?}\n{}", finding.storm.seed, finding.told, finding.storm.text);
        }
        assert_eq!(soak.findings.len(), 0);
        assert_eq!((soak.sweep.held, soak.tally.storms), (200, 200));
        assert_eq!(soak.tally.vacuous().collect::<Vec<_>>(), Vec::<&str>::new());
        let idle = soak.tally.faults.iter().filter(|(_, row)| row.storms > 8 && row.times == 0);
        assert_eq!(idle.collect::<Vec<_>>(), Vec::new());
        let rare = soak.tally.features.iter().filter(|(_, storms)| **storms < 2);
        assert_eq!(rare.collect::<Vec<_>>(), Vec::new());
    }
}

/// The later series have the kinds that were added after the first, and every claim holds there.
#[test]
fn every_claim_holds_in_the_later_series() {
    series(SECOND_SERIES, &["stalled disk", "corrupted messages"]);
    series(
        THIRD_SERIES,
        &[
            "stalled disk",
            "swizzled cuts, AtSend",
            "lost messages of a kind",
            "full disk",
            "pause, timers first",
            "crash of a leader and another server",
            "periodic isolation",
        ],
    );
}

/// Forty storms of a series over each family hold, and meet these kinds of faults.
fn series(first: u64, kinds: &[&str]) {
    let mut met = BTreeSet::new();
    for soak in storms(first..first + 40, 0) {
        for finding in soak.findings.values() {
            eprintln!("seed {}: {:?}\n{}", finding.storm.seed, finding.told, finding.storm.text);
        }
        assert_eq!((soak.findings.len(), soak.sweep.held), (0, 40));
        let struck = soak.tally.faults.into_iter().filter(|(_, row)| row.times > 0);
        met.extend(struck.map(|(row, _)| row));
    }
    for row in kinds {
        assert!(met.contains(*row), "{row} never struck: {met:?}");
    }
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    for (one, two) in storms(0..20, 1).into_iter().zip(storms(0..20, 3)) {
        assert_eq!(one.sweep, two.sweep);
        assert_eq!(one.tally, two.tally);
    }
}

/// What a seed means may not change from one run of the tool to the next, and every storm is a
/// scenario.
#[test]
fn a_storm_is_a_scenario_made_of_its_seed() {
    let catalogue = catalogue::catalogue();
    for family in FAMILIES {
        let mut texts = BTreeSet::new();
        for seed in (0..1_000)
            .chain(SECOND_SERIES..SECOND_SERIES + 200)
            .chain(THIRD_SERIES..THIRD_SERIES + 200)
        {
            let storm = Storm::of(family, seed, None);
            assert_eq!(storm.text, Storm::of(family, seed, None).text);
            let loaded = load_text("storm.ron", &storm.text, &catalogue);
            let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(loaded.prepared.facts().faults.len(), storm.faults.len(), "{}", storm.text);
            assert!(texts.insert(storm.text));
        }
    }
}
