//! Damaged scenario files in the ordinary test run: fewer than `cargo xtask fuzz`, from the same
//! generator.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use sim_scenario::{RunOptions, load_text, vocabulary};
use soak::damage::{Damaged, Fate, Gauge, Originals, RARE, judge, most_held};

#[global_allocator]
static ALLOCATOR: Gauge = Gauge;

const FILES: u64 = 3_000;
const JOBS: u64 = 2;

fn originals() -> Originals {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    Originals::read(&folder).expect("the corpus is there")
}

/// No panic, no hang, no memory without a bound; and all fates are met, for files that are all
/// refused at their first word would show nothing.
#[test]
fn whatever_stands_in_a_file_it_is_refused_or_runs() {
    let originals = originals();
    let fates = Mutex::new(BTreeMap::<Fate, u64>::new());
    thread::scope(|scope| {
        for job in 0..JOBS {
            let (originals, fates) = (&originals, &fates);
            scope.spawn(move || {
                let catalogue = catalogue::catalogue();
                for seed in (job..FILES).step_by(usize::try_from(JOBS).expect("few")) {
                    let damaged = originals.damaged(seed);
                    let fate = judge(&damaged, &catalogue).unwrap_or_else(|fault| {
                        panic!("seed {seed}: {}\n{}", fault.0, damaged.text)
                    });
                    *fates.lock().expect("no panic").entry(fate).or_default() += 1;
                }
            });
        }
    });
    let fates = fates.into_inner().expect("no panic");
    eprintln!("{fates:?}");
    for fate in [Fate::Refused, Fate::Ran] {
        let files = fates.get(&fate).copied().unwrap_or(0);
        assert!(files > FILES / 20, "only {files} files were {fate:?}");
    }
}

/// What never stands in a file is never damaged.
#[test]
fn every_name_of_the_language_stands_in_some_file() {
    let originals = originals();
    let stands = |name: &str| originals.words().iter().any(|word| word == name);
    let names = vocabulary().into_iter().flat_map(|one| one.name.into_iter().chain(one.fields));
    let missing: BTreeSet<&str> = names.filter(|name| !stands(name)).collect();
    assert!(missing.is_empty(), "no file has {missing:?}");
}

#[test]
fn the_file_of_rare_names_loads_and_runs() {
    let loaded = load_text("rare.ron", RARE, &catalogue::catalogue());
    let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(loaded.render_warnings(false), "");
    let report = loaded.prepared.run(0, &RunOptions::default());
    assert!(report.as_expected, "{:?} {:?}", report.violations, report.undecided);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

/// A seed is a file, on every machine.
#[test]
fn a_seed_is_a_file() {
    let of = || Originals::of(vec!["Scenario(title: \"t\", budget: 5)".to_owned()]);
    let (one, other) = (of().expect("a text"), of().expect("a text"));
    let files: Vec<Damaged> = (0..200).map(|seed| one.damaged(seed)).collect();
    assert!(files.iter().enumerate().all(|(seed, file)| *file == other.damaged(seed as u64)));
    let mut texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert!(texts.len() > 150, "only {} different files", texts.len());
}

/// The gauge sees what is taken, and takes off what is given back.
#[test]
fn the_gauge_counts_what_a_thread_holds() {
    let ((), held) = most_held(|| {
        for _ in 0..100 {
            drop(std::hint::black_box(vec![1_u8; 1 << 20]));
        }
    });
    assert!((1 << 20..3 << 20).contains(&held), "{held}");
    let (kept, held) = most_held(|| (0..10).map(|_| vec![1_u8; 1 << 20]).collect::<Vec<_>>());
    assert!(held >= 10 << 20, "{held} with {} kept", kept.len());
}
