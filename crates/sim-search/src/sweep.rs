//! [`sweep`]: one scenario with every seed of a range.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use sim_check::Verdict;
use sim_scenario::Report;

/// How many runs are under way or waiting to be counted at a time: a bound on memory.
const BATCH: u64 = 4_096;

/// The outcome of a scenario with every seed of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// The seeds, the last included: no seed comes after the greatest.
    pub seeds: RangeInclusive<u64>,
    /// How many runs held.
    pub held: u64,
    /// In how many runs a property was violated.
    pub violated: u64,
    /// How many runs are undecided.
    pub unknown: u64,
    /// The seeds with which a property was violated, in order.
    pub violated_seeds: Vec<u64>,
    /// In how many runs each property was violated, by its code.
    pub by_property: BTreeMap<&'static str, u64>,
    /// In how many runs obligations of each property were unmet that the scenario does not demand,
    /// by its code.
    pub unmet_by_property: BTreeMap<&'static str, u64>,
    /// How many runs got to each situation that the scenario demands to be reached, in its order.
    pub reaches: Vec<u64>,
    /// How many runs got to all of them.
    pub reached: u64,
    /// Events that nodes handled, in all runs.
    pub steps: u64,
    /// The digest of all seeds and the digests of their runs, in order of the seeds.
    pub digest: u64,
}

impl Sweep {
    /// How many runs there were.
    #[must_use]
    pub fn runs(&self) -> u64 {
        let (from, to) = (*self.seeds.start(), *self.seeds.end());
        if from > to { 0 } else { (to - from).saturating_add(1) }
    }

    fn none(seeds: RangeInclusive<u64>) -> Self {
        Self {
            seeds,
            held: 0,
            violated: 0,
            unknown: 0,
            violated_seeds: Vec::new(),
            by_property: BTreeMap::new(),
            unmet_by_property: BTreeMap::new(),
            reaches: Vec::new(),
            reached: 0,
            steps: 0,
            digest: 0,
        }
    }

    fn count(&mut self, run: &Run) {
        match run.verdict {
            Verdict::Held | Verdict::Vacuous => self.held += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::Violated => {
                self.violated += 1;
                self.violated_seeds.push(run.seed);
            }
        }
        for code in &run.violated_codes {
            *self.by_property.entry(code).or_default() += 1;
        }
        for code in &run.unmet_codes {
            *self.unmet_by_property.entry(code).or_default() += 1;
        }
        self.reaches.resize(run.reached.len(), 0);
        for (runs, got_there) in self.reaches.iter_mut().zip(&run.reached) {
            *runs += u64::from(*got_there);
        }
        self.reached += u64::from(run.reached.iter().all(|got_there| *got_there));
        self.steps += run.steps;
        self.digest = fold(fold(self.digest, run.seed), run.digest);
    }
}

/// Why a sweep did not begin: the threads could not be started.
#[derive(Debug)]
pub struct SweepError(ThreadPoolBuildError);

impl std::fmt::Display for SweepError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the threads could not be started: {}", self.0)
    }
}

impl std::error::Error for SweepError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Runs every seed of the range, `jobs` at a time (as many as there are cores when `None`), and
/// calls `done` with the report of each run that has ended, in any order and from any thread.
///
/// # Errors
/// When the threads cannot be started.
pub fn sweep(
    seeds: RangeInclusive<u64>,
    jobs: Option<NonZeroUsize>,
    run: &(dyn Fn(u64) -> Report + Sync),
    done: &(dyn Fn(&Report) + Sync),
) -> Result<Sweep, SweepError> {
    let pool = ThreadPoolBuilder::new().num_threads(jobs.map_or(0, NonZeroUsize::get)).build();
    let pool = pool.map_err(SweepError)?;
    let mut sweep = Sweep::none(seeds.clone());
    let mut next = (!seeds.is_empty()).then_some(*seeds.start());
    while let Some(from) = next {
        let to = from.saturating_add(BATCH - 1).min(*seeds.end());
        for ended in batch(&pool, from..=to, run, done) {
            sweep.count(&ended);
        }
        next = to.checked_add(1).filter(|next| seeds.contains(next));
    }
    Ok(sweep)
}

/// What is kept of a run until it is counted.
struct Run {
    seed: u64,
    verdict: Verdict,
    digest: u64,
    steps: u64,
    violated_codes: Vec<&'static str>,
    unmet_codes: Vec<&'static str>,
    /// By what the scenario demands.
    reached: Vec<bool>,
}

/// The runs of a batch, in order of their seeds.
fn batch(
    pool: &ThreadPool,
    seeds: RangeInclusive<u64>,
    run: &(dyn Fn(u64) -> Report + Sync),
    done: &(dyn Fn(&Report) + Sync),
) -> Vec<Run> {
    let one = |seed| {
        let report = run(seed);
        done(&report);
        let violated_codes = once_each(report.violations.iter().map(|violation| violation.code));
        let unmet_codes = once_each(report.unmet.iter().map(|obligation| obligation.code));
        let reached = report.reaches.iter().map(|reach| reach.at_ns.is_some()).collect();
        let Report { verdict, digest, steps, .. } = report;
        Run { seed, verdict, digest, steps, violated_codes, unmet_codes, reached }
    };
    let mut runs: Vec<Run> = pool.install(|| seeds.into_par_iter().map(one).collect());
    runs.sort_unstable_by_key(|run| run.seed);
    runs
}

/// Each of the codes once, in order.
fn once_each(codes: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    codes.collect::<BTreeSet<_>>().into_iter().collect()
}

/// A word more in a digest; the order counts.
fn fold(digest: u64, word: u64) -> u64 {
    // The mixing of SplitMix64, so that every bit of both reaches every bit of the result.
    let mut mixed = digest.rotate_left(23) ^ word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
