//! [`hunt`]: the first storm that finds a known bug.

use std::num::NonZeroUsize;
use std::ops::Range;

use sim_scenario::Catalogue;
use sim_search::SweepError;

use crate::{Family, Finding, Mutant, soak};

/// What storms have found of a known bug.
#[derive(Clone, Debug)]
pub struct Catch {
    /// The bug, and the properties that it violates.
    pub mutant: Mutant,
    /// The first storm in which one of these properties was violated.
    pub named: Option<Finding>,
    /// The first storm in which any property was violated.
    pub any: Option<Finding>,
    /// How many storms were run.
    pub storms: u64,
}

/// How many storms run before the search checks whether one of them found the bug.
const ROUND: u64 = 64;

/// Runs storms over a protocol with a known bug until one of the properties that it violates is
/// violated.
///
/// # Errors
/// When the threads cannot be started.
pub fn hunt(
    family: &Family,
    mutant: Mutant,
    catalogue: &Catalogue,
    seeds: Range<u64>,
    jobs: Option<NonZeroUsize>,
) -> Result<Catch, SweepError> {
    let mut found = Catch { mutant, named: None, any: None, storms: 0 };
    let mut from = seeds.start;
    while from < seeds.end && found.named.is_none() {
        let to = seeds.end.min(from.saturating_add(ROUND));
        let round = soak(family, Some(mutant.code), catalogue, from..to, jobs, &|_| ())?;
        for finding in round.findings.into_values().filter(|finding| !finding.violated.is_empty()) {
            if found.named.is_none()
                && finding.violated.iter().any(|code| mutant.violates.contains(code))
            {
                found.named = Some(finding.clone());
            }
            found.any.get_or_insert(finding);
        }
        found.storms += to - from;
        from = to;
    }
    Ok(found)
}
