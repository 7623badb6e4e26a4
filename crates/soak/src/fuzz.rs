//! `fuzz`: damaged files on all cores, and what is printed of them.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use soak::damage::{Damaged, Fate, Fault, Originals, judge};

use crate::args::FuzzArguments;
use crate::run::{Stopwatch, progress};

/// A file that takes longer than this hangs.
const HANGS_AFTER: Duration = Duration::from_secs(120);

/// At most so many findings are printed; all are written to files.
const TOLD: usize = 20;

/// What the files came to.
#[derive(Default)]
struct Found {
    fates: BTreeMap<Fate, u64>,
    faults: BTreeMap<u64, (Damaged, Fault)>,
}

pub(crate) fn fuzz(arguments: &FuzzArguments) -> Result<ExitCode, String> {
    let originals = Originals::read(&arguments.scenarios)?;
    if let Some(seed) = arguments.show {
        print!("{}", originals.damaged(seed).text);
        return Ok(ExitCode::SUCCESS);
    }
    let clock = Stopwatch::start();
    let found = on_all_cores(arguments, &originals);
    let files = arguments.files.end - arguments.files.start;
    let fate = |fate| found.fates.get(&fate).copied().unwrap_or(0);
    println!(
        "{files} damaged files, seeds {}..{}: {} refused, {} run, {} of them into a handler's \
         panic, {} loaded only; {} findings",
        arguments.files.start,
        arguments.files.end,
        fate(Fate::Refused),
        fate(Fate::Ran) + fate(Fate::Panicked),
        fate(Fate::Panicked),
        fate(Fate::Loaded),
        found.faults.len(),
    );
    let seconds = clock.seconds();
    println!("  {seconds:.1} s, {:.0} files a second", files as f64 / seconds);
    for (place, (damaged, Fault(why))) in found.faults.values().enumerate() {
        let path = arguments.keep.join(format!("{}.ron", damaged.seed));
        let written = fs::create_dir_all(&arguments.keep)
            .and_then(|()| fs::write(&path, damaged.text.as_bytes()));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
        if place < TOLD {
            println!("\nseed {}: {why}\n  {}", damaged.seed, path.display());
        }
    }
    Ok(if found.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn on_all_cores(arguments: &FuzzArguments, originals: &Originals) -> Found {
    let seeds = &arguments.files;
    let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let jobs = arguments.jobs.map_or_else(cores, NonZeroUsize::get);
    let next = AtomicU64::new(seeds.start);
    let under_way: Vec<AtomicU64> = (0..jobs).map(|_| AtomicU64::new(u64::MAX)).collect();
    let is_done = AtomicBool::new(false);
    let bar = progress(seeds.end - seeds.start, "files");
    let all = Mutex::new(Found::default());
    thread::scope(|scope| {
        let workers: Vec<_> = under_way
            .iter()
            .map(|own| {
                scope.spawn(|| {
                    let catalogue = catalogue::catalogue();
                    let mut found = Found::default();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= seeds.end {
                            break;
                        }
                        own.store(seed, Ordering::Relaxed);
                        let damaged = originals.damaged(seed);
                        match judge(&damaged, &catalogue) {
                            Ok(fate) => *found.fates.entry(fate).or_default() += 1,
                            Err(fault) => drop(found.faults.insert(seed, (damaged, fault))),
                        }
                        bar.inc(1);
                    }
                    own.store(u64::MAX, Ordering::Relaxed);
                    let mut all = all.lock().expect("no worker panics");
                    for (fate, files) in found.fates {
                        *all.fates.entry(fate).or_default() += files;
                    }
                    all.faults.extend(found.faults);
                })
            })
            .collect();
        scope.spawn(|| watch(&under_way, &is_done));
        for worker in workers {
            worker.join().expect("a panic is a finding, and no worker's");
        }
        is_done.store(true, Ordering::Relaxed);
    });
    bar.finish_and_clear();
    all.into_inner().expect("no worker panics")
}

/// Ends the program when a file hangs: nothing else can.
fn watch(under_way: &[AtomicU64], is_done: &AtomicBool) {
    let mut since: Vec<(u64, Stopwatch)> =
        under_way.iter().map(|_| (u64::MAX, Stopwatch::start())).collect();
    while !is_done.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(200));
        for (own, (seed, clock)) in under_way.iter().zip(&mut since) {
            let now = own.load(Ordering::Relaxed);
            if now != *seed {
                (*seed, *clock) = (now, Stopwatch::start());
            } else if now != u64::MAX && clock.seconds() > HANGS_AFTER.as_secs_f64() {
                println!("seed {seed} hangs: `cargo xtask fuzz --show {seed}` prints the file");
                std::process::exit(1);
            }
        }
    }
}
