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
    /// Undecided runs stand between the sweep and an answer.
    Undecided,
}

impl Answer {
    /// Holds the sweep against what the scenario expects.
    ///
    /// A scenario that says `Sometimes` and was swept with fewer seeds than it names is as expected
    /// even when nothing fell, for no more can be told.
    #[must_use]
    pub fn of(sweep: &Sweep, expect: &Expectation) -> Self {
        let others = |code: &str| sweep.by_property.keys().any(|other| *other != code);
        let unexpected = match expect {
            Expectation::Holds => sweep.violated > 0,
            Expectation::Violates(code) => sweep.held > 0 || others(code),
            Expectation::Sometimes { code, of } => {
                let fell = sweep.by_property.contains_key(code);
                // An undecided run may be the one in which it would have fallen.
                let none = !fell && sweep.unknown == 0 && sweep.runs() >= *of;
                others(code) || none
            }
        };
        let open = match expect {
            Expectation::Holds | Expectation::Violates(_) => sweep.unknown > 0,
            Expectation::Sometimes { code, of } => {
                sweep.unknown > 0 && !sweep.by_property.contains_key(code) && sweep.runs() >= *of
            }
        };
        match (unexpected, open) {
            (true, _) => Self::Unexpected,
            (false, true) => Self::Undecided,
            (false, false) => Self::Expected,
        }
    }
}
