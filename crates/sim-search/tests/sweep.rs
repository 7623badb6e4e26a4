//! Sweeps over invented reports.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

use sim_check::{Found, Verdict};
use sim_scenario::{Expectation, Messages, Reached, Report, UnmetReport, ViolationReport};
use sim_search::{Answer, Sweep, sweep};

fn report(seed: u64, violated: &[&'static str], verdict: Verdict) -> Report {
    let violation = |code: &&'static str| ViolationReport {
        code,
        at_ns: 1,
        node: None,
        detail: "it was violated".to_owned(),
        step: Some(0),
        found: Found::AtStep,
        witnesses: vec![],
    };
    Report {
        title: "invented".to_owned(),
        protocol: "Hand".to_owned(),
        seed,
        verdict,
        as_expected: violated.is_empty(),
        digest: seed.wrapping_mul(0x5851_f42d_4c95_7f2d),
        steps: 1,
        ended_at_ns: 1,
        messages: Messages::default(),
        properties: vec![],
        violations: violated.iter().map(violation).collect(),
        warnings: vec![],
        reproduce: String::new(),
        undecided: None,
        assumption_broken: None,
        faults: vec![],
        crashes: vec![],
        byzantine: vec![],
        requests: vec![],
        marks: vec![],
        reaches: vec![],
        costs: vec![],
        unmet: vec![],
        timeline: None,
        history: None,
    }
}

/// Every third seed breaks A, every fifth B; seed 7 is undecided.
fn run(seed: u64) -> Report {
    match (seed % 3, seed % 5) {
        (0, 0) => report(seed, &["A", "B"], Verdict::Violated),
        (0, _) => report(seed, &["A"], Verdict::Violated),
        (_, 0) => report(seed, &["B"], Verdict::Violated),
        _ if seed == 7 => report(seed, &[], Verdict::Unknown),
        _ => report(seed, &[], Verdict::Held),
    }
}

fn swept(from: u64, to: u64, jobs: usize) -> Sweep {
    sweep(from..=to - 1, NonZeroUsize::new(jobs), &run, &|_| {}).expect("threads")
}

#[test]
fn counts_are_those_of_the_runs() {
    let sweep = swept(0, 16, 1);
    assert_eq!((sweep.held, sweep.violated, sweep.unknown), (7, 8, 1));
    assert_eq!(sweep.steps, 16);
    assert_eq!(sweep.violated_seeds, [0, 3, 5, 6, 9, 10, 12, 15]);
    assert_eq!(sweep.by_property, [("A", 6), ("B", 4)].into());
}

#[test]
fn one_job_and_three_give_the_same() {
    // More than a batch, so that the seam between two batches is crossed.
    assert_eq!(swept(1, 10_001, 1), swept(1, 10_001, 3));
}

#[test]
fn the_digest_knows_seeds_digests_and_their_order() {
    let base = swept(1, 9, 1).digest;
    assert_ne!(base, swept(1, 8, 1).digest);
    assert_ne!(base, swept(2, 9, 1).digest);
    let changed = |seed| {
        let mut report = run(seed);
        report.digest ^= u64::from(seed == 4);
        report
    };
    let other = sweep(1..=8, None, &changed, &|_| {}).expect("threads");
    assert_ne!(base, other.digest);
    let swapped = |seed| {
        let mut report = run(seed);
        report.digest = run(if seed == 4 {
            5
        } else if seed == 5 {
            4
        } else {
            seed
        })
        .digest;
        report
    };
    let other = sweep(1..=8, None, &swapped, &|_| {}).expect("threads");
    assert_ne!(base, other.digest);
}

#[test]
fn every_run_is_told_once() {
    let told = AtomicU64::new(0);
    let count = |report: &Report| {
        told.fetch_add(report.seed, Ordering::Relaxed);
    };
    sweep(0..=4_999, NonZeroUsize::new(2), &run, &count).expect("threads");
    assert_eq!(told.into_inner(), (0..5_000).sum::<u64>());
}

#[test]
fn the_last_seeds_there_are_can_be_swept() {
    let last = sweep(u64::MAX - 3..=u64::MAX, NonZeroUsize::new(2), &run, &|_| {});
    let last = last.expect("threads");
    assert_eq!(last.runs(), 4);
    assert_eq!(last.held + last.violated + last.unknown, 4);
}

#[test]
fn the_runs_that_got_there_are_counted_for_each_situation_and_for_all() {
    // Every second seed gets to the first, every third to the second.
    let reaching = |seed: u64| {
        let reach = |every: u64| Reached {
            label: format!("every {every}"),
            wanted: 1,
            times: u64::from(seed.is_multiple_of(every)),
            at_ns: seed.is_multiple_of(every).then_some(1),
        };
        Report { reaches: vec![reach(2), reach(3)], ..report(seed, &[], Verdict::Held) }
    };
    let swept = sweep(0..=11, None, &reaching, &|_| {}).expect("threads");
    assert_eq!((swept.reaches, swept.reached), (vec![6, 4], 2));
}

#[test]
fn obligations_that_are_not_demanded_are_counted_beside_the_violations() {
    // Every second seed leaves two obligations of one property unmet.
    let one = |seed: u64| {
        let unmet = UnmetReport { code: "L", at_ns: 1, node: None, detail: "unmet".to_owned() };
        let unmet = if seed.is_multiple_of(2) { vec![unmet.clone(), unmet] } else { vec![] };
        Report { unmet, ..report(seed, &[], Verdict::Held) }
    };
    let mut swept = sweep(0..=8, None, &one, &|_| {}).expect("threads");
    assert_eq!((swept.held, swept.by_property.len()), (9, 0));
    assert_eq!(swept.unmet_by_property, [("L", 5)].into());
    assert_eq!(Answer::of(&swept, &Expectation::Safe), Answer::Expected);
    swept.unknown = 1;
    assert_eq!(Answer::of(&swept, &Expectation::Safe), Answer::Undecided);
    let violated = sweep(0..=8, None, &run, &|_| {}).expect("threads");
    assert_eq!(Answer::of(&violated, &Expectation::Safe), Answer::Unexpected);
}

fn counted(held: u64, unknown: u64, by_property: &[(&'static str, u64)]) -> Sweep {
    let violated = by_property.iter().map(|(_, number)| number).sum::<u64>();
    Sweep {
        seeds: 0..=held + unknown + violated - 1,
        held,
        violated,
        unknown,
        violated_seeds: (0..violated).collect(),
        by_property: by_property.iter().copied().collect(),
        unmet_by_property: [].into(),
        reaches: vec![],
        reached: held + unknown + violated,
        steps: held + unknown + violated,
        digest: 0,
    }
}

#[test]
fn what_holds_must_hold_with_every_seed() {
    let answer = |sweep: Sweep| Answer::of(&sweep, &Expectation::Holds);
    assert_eq!(answer(counted(10, 0, &[])), Answer::Expected);
    assert_eq!(answer(counted(9, 1, &[])), Answer::Undecided);
    assert_eq!(answer(counted(8, 1, &[("A", 1)])), Answer::Unexpected);
}

#[test]
fn a_property_that_must_be_violated_is_violated_with_every_seed_and_alone() {
    let answer = |sweep: Sweep| Answer::of(&sweep, &Expectation::Violates("A"));
    assert_eq!(answer(counted(0, 0, &[("A", 10)])), Answer::Expected);
    assert_eq!(answer(counted(1, 0, &[("A", 9)])), Answer::Unexpected);
    assert_eq!(answer(counted(0, 1, &[("A", 9)])), Answer::Undecided);
    assert_eq!(answer(counted(0, 0, &[("A", 9), ("B", 1)])), Answer::Unexpected);
}

#[test]
fn a_property_that_is_violated_sometimes_is_violated_once_among_enough_seeds() {
    let expect = Expectation::Sometimes { code: "A", of: 10 };
    let answer = |sweep: Sweep| Answer::of(&sweep, &expect);
    assert_eq!(answer(counted(9, 0, &[("A", 1)])), Answer::Expected);
    assert_eq!(answer(counted(8, 1, &[("A", 1)])), Answer::Expected);
    assert_eq!(answer(counted(10, 0, &[])), Answer::Unexpected);
    assert_eq!(answer(counted(9, 1, &[])), Answer::Undecided);
    assert_eq!(answer(counted(9, 0, &[])), Answer::Undecided, "too few seeds to tell");
    assert_eq!(answer(counted(8, 0, &[("B", 1)])), Answer::Unexpected);
    assert_eq!(answer(counted(8, 0, &[("A", 1), ("B", 1)])), Answer::Unexpected);
}
