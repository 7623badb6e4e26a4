//! What a property says of itself, and what becomes of it.

use serde::Serialize;

/// Safety or liveness (Lamport 1977; Alpern and Schneider 1985).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Nothing bad ever happens; broken at one step, for good.
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
    /// One sentence that says what holds.
    pub meaning: &'static str,
    /// Paper or book, and section.
    pub source: &'static str,
}

/// What became of a property, or of all of them, in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It was judged and stood.
    Held,
    /// There was nothing to judge.
    Vacuous,
    /// It cannot be told: a budget ran out, an obligation was paid late, an assumed model was broken.
    Unknown,
    /// It fell.
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
