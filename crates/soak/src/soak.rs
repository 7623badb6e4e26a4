//! [`soak`]: every storm of a range of seeds.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use sim_check::Verdict;
use sim_scenario::{Catalogue, Report};
use sim_search::{Sweep, SweepError, sweep};

use crate::{Family, Storm, Tally};

/// The results of every storm of a range. They do not depend on how many ran at a time.
#[derive(Clone, Debug)]
pub struct Soak {
    /// The verdicts, counted, and the digest of all runs.
    pub sweep: Sweep,
    /// What the storms met.
    pub tally: Tally,
    /// The storms that did not hold, by seed.
    pub findings: BTreeMap<u64, Finding>,
}

/// A storm that did not hold: a property was violated, or it is undecided.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The scenario; run it with its seed.
    pub storm: Storm,
    /// Violated or unknown.
    pub verdict: Verdict,
    /// The codes of the violated properties.
    pub violated: Vec<&'static str>,
    /// What happened, a line each.
    pub told: Vec<String>,
}

/// Runs the storms of these seeds, at least one, so many at a time (as many as there are cores when
/// `None`), and tells `done` of each that has ended, in any order: its verdict and its steps.
///
/// # Errors
/// When the threads cannot be started.
///
/// # Panics
/// When a storm is not a scenario: a mistake of the generator.
pub fn soak(
    family: &Family,
    mutant: Option<&str>,
    catalogue: &Catalogue,
    seeds: Range<u64>,
    jobs: Option<NonZeroUsize>,
    done: &(dyn Fn(&Report) + Sync),
) -> Result<Soak, SweepError> {
    let seen = Mutex::new((Tally::default(), BTreeMap::new()));
    let run = |seed| {
        let storm = Storm::of(family, seed, mutant);
        let report = storm.run(catalogue);
        // A thread that panicked elsewhere did not hold a half-updated tally.
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.0.add(&storm, &report);
        if let Some(finding) = Finding::of(storm, &report) {
            seen.1.insert(seed, finding);
        }
        report
    };
    let sweep = sweep(seeds.start..=seeds.end - 1, jobs, &run, done)?;
    let (tally, findings) = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Soak { sweep, tally, findings })
}

impl Finding {
    /// What a storm that did not hold has to tell.
    fn of(storm: Storm, report: &Report) -> Option<Self> {
        if matches!(report.verdict, Verdict::Held | Verdict::Vacuous) {
            return None;
        }
        let violated = report.violations.iter().map(|one| one.code).collect();
        let told = report.violations.iter().map(|one| {
            let at = one.at_ns / 1_000;
            format!("{} at {}.{:06}s: {}", one.code, at / 1_000_000, at % 1_000_000, one.detail)
        });
        let undecided = report.undecided.iter().map(|why| format!("undecided: {why}"));
        let told = told.chain(undecided).collect();
        Some(Self { storm, verdict: report.verdict, violated, told })
    }
}
