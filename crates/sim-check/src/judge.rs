//! [`Judge`]: where a property reports its judgement.

use sim_node::NodeId;

/// A property was violated: where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The node at fault, when there is one.
    pub node: Option<NodeId>,
    /// What happened, in one sentence with the values that show it.
    pub detail: String,
    /// Earlier steps that are part of the violation, such as the first of two decisions. The step
    /// that violates the property need not be named.
    pub witnesses: Vec<u64>,
}

/// An instance of a liveness property that is not met yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// The node that it is about, when it is about one node.
    pub node: Option<NodeId>,
    /// What is missing, in one sentence.
    pub detail: String,
}

/// One property's judgement so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judge {
    judged: u64,
    violation: Option<Box<Violation>>,
    undecided: Option<String>,
}

impl Judge {
    /// Reports that there was something to judge; without it the property is vacuous.
    pub fn judged(&mut self) {
        self.judged += 1;
    }

    /// Reports that the property was violated. The first violation counts. `witnesses` names the
    /// earlier steps that are part of it.
    pub fn violate(
        &mut self,
        node: impl Into<Option<NodeId>>,
        detail: impl Into<String>,
        witnesses: &[u64],
    ) {
        self.judged += 1;
        if self.violation.is_none() {
            self.violation = Some(Box::new(Violation {
                node: node.into(),
                detail: detail.into(),
                witnesses: witnesses.to_vec(),
            }));
        }
    }

    /// Reports that the property is undecided in this run, such as when a budget has run out:
    /// unless it is violated, its verdict is unknown. The first reason counts.
    pub fn undecided(&mut self, reason: impl Into<String>) {
        self.undecided.get_or_insert_with(|| reason.into());
    }

    /// Why the property is undecided, when it is.
    #[must_use]
    pub fn why_undecided(&self) -> Option<&str> {
        self.undecided.as_deref()
    }

    /// How often there was something to judge.
    #[must_use]
    pub fn times_judged(&self) -> u64 {
        self.judged
    }

    /// The violation, once there is one.
    #[must_use]
    pub fn violation(&self) -> Option<&Violation> {
        self.violation.as_deref()
    }
}
