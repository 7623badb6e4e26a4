//! [`Answer`]: whether a sweep came out as the scenario expects.

use sim_scenario::Expectation;

use crate::Sweep;

/// Whether a sweep came out as the scenario expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It did.
    Expected,
    /// It did not.
    Unexpected,
    /// Undecided: some runs are undecided, or there were too few seeds.
    Undecided,
}

impl Answer {
    /// Compares the sweep with what the scenario expects.
    ///
    /// A scenario that says `Sometimes`, and in which nothing was violated, is undecided when the
    /// sweep has fewer seeds than the scenario names.
    #[must_use]
    pub fn of(sweep: &Sweep, expect: &Expectation) -> Self {
        let others = |code: &str| sweep.by_property.keys().any(|other| *other != code);
        let violated = |code: &str| sweep.by_property.contains_key(code);
        let (unexpected, open) = match expect {
            Expectation::Holds | Expectation::Safe => (sweep.violated > 0, sweep.unknown > 0),
            Expectation::Violates(code) => (sweep.held > 0 || others(code), sweep.unknown > 0),
            Expectation::Sometimes { code, .. } if violated(code) => (others(code), false),
            Expectation::Sometimes { code, of } => {
                // It may be violated in a run that is undecided, or with one more seed.
                let open = sweep.unknown > 0 || sweep.runs() < *of;
                (others(code) || !open, open)
            }
        };
        match (unexpected, open) {
            (true, _) => Self::Unexpected,
            (false, true) => Self::Undecided,
            (false, false) => Self::Expected,
        }
    }
}
