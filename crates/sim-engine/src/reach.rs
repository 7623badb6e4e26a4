//! [`Reach`]: what a run has to reach, so that it shows what it is about.

/// Something that has to happen in a run; a run in which it does not happen is undecided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// As it stands in the scenario, for reports.
    pub label: String,
    /// What.
    pub what: Situation,
    /// Only at this node; at any when `None`.
    pub at: Option<u32>,
    /// How often; at least once.
    pub times: u64,
}

/// What can be demanded of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Situation {
    /// A node emits the mark of this name.
    Mark(String),
    /// A node takes the role of this name.
    Role(String),
    /// A message of the kind of this name leaves a node for another one.
    Sent(String),
    /// One of the faults with these stable numbers strikes.
    Struck(Vec<u64>),
}

impl Situation {
    /// Whether nodes are to be asked for their roles.
    #[must_use]
    pub fn asks_roles(&self) -> bool {
        matches!(self, Self::Role(_))
    }
}
