//! [`Claim`]: a property in words; [`Verdict`]: the result of judging it.

use serde::Serialize;

/// Safety or liveness (Lamport 1977; Alpern and Schneider 1985).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Nothing bad ever happens; one step violates it, for good.
    Safety,
    /// Something good happens by the deadline after the calm.
    Liveness,
}

/// A claim in words: what a property's verdict is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Claim {
    /// A short code, unique within the protocol: `LE1`.
    pub code: &'static str,
    /// Its kebab-case name, unique within the protocol: `agreement`.
    pub name: &'static str,
    /// Safety or liveness.
    pub kind: Kind,
    /// One sentence in the present tense that says what holds: who does what.
    pub meaning: &'static str,
    /// Paper or book, and section.
    pub source: &'static str,
}

/// The result of judging a property, or all properties, in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It was judged, and was never violated.
    Held,
    /// The run contained nothing to judge.
    Vacuous,
    /// It is undecided: a budget ran out, the run ended before the end at which it is judged, an
    /// obligation was met late, or the run broke an assumption of the model.
    Unknown,
    /// It was violated.
    Violated,
}

impl Verdict {
    /// The verdict as scenarios and JSON spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Vacuous => "vacuous",
            Self::Unknown => "unknown",
            Self::Violated => "violated",
        }
    }
}
