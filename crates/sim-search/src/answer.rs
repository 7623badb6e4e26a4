//! [`Answer`]: whether what many seeds did is what the scenario expects.

use sim_scenario::Expectation;

use crate::Sweep;

/// Whether what many seeds did is what the scenario expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is.
    Expected,
    /// It is not.
    Unexpected,
    /// It cannot be told: runs are undecided, or there were too few seeds.
    Undecided,
}

impl Answer {
    /// Holds the sweep against what the scenario expects.
    ///
    /// Of a scenario that says `Sometimes`, and with which nothing fell, nothing can be told with
    /// fewer seeds than it names.
    #[must_use]
    pub fn of(sweep: &Sweep, expect: &Expectation) -> Self {
        let others = |code: &str| sweep.by_property.keys().any(|other| *other != code);
        let fell = |code: &str| sweep.by_property.contains_key(code);
        let (unexpected, open) = match expect {
            Expectation::Holds => (sweep.violated > 0, sweep.unknown > 0),
            Expectation::Violates(code) => (sweep.held > 0 || others(code), sweep.unknown > 0),
            Expectation::Sometimes { code, .. } if fell(code) => (others(code), false),
            Expectation::Sometimes { code, of } => {
                // It may be an undecided run, or one more, in which it would have fallen.
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
