//! [`Judge`]: where a property reports its judgement.

use serde::Serialize;
use sim_node::NodeId;

/// When a violation was found, in relation to a step. Only the first kind blames the step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// After the step: by its effects, or by the states that it and what followed it have left.
    #[default]
    AtStep,
    /// Just before the step ([`Property::before`](crate::Property::before)): by the states that had
    /// lasted until then. The step itself is no part of it.
    BeforeStep,
    /// Between the step and the next one: when a node crashes or restarts, or the calm begins; by
    /// the states that had lasted until then.
    BetweenSteps,
    /// At the end of the run, after the step: by the states that have lasted until then.
    AtEnd,
}

/// A property was violated: where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The node at fault, when there is one.
    pub node: Option<NodeId>,
    /// What happened, in one sentence with the values that show it.
    pub detail: String,
    /// When it was found.
    pub found: Found,
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
    /// Whether there is something that is judged at the end of the run only.
    due_at_end: bool,
    /// What a violation that is reported now is found by.
    finding: Found,
}

impl Judge {
    /// From now on violations are found so.
    #[inline]
    pub(crate) fn find(&mut self, found: Found) {
        self.finding = found;
    }

    /// Reports that there was something to judge; without it the property is vacuous.
    pub fn judged(&mut self) {
        self.judged += 1;
    }

    /// Reports that there is something to judge, and that it is judged at the end of the run: where
    /// a run does not get there, the verdict is `unknown`.
    pub fn judged_at_end(&mut self) {
        self.judged += 1;
        self.due_at_end = true;
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
                found: self.finding,
                witnesses: witnesses.to_vec(),
            }));
        }
    }

    /// Reports that the property is undecided in this run, such as when a budget has run out:
    /// unless it is violated, its verdict is `unknown`. The first reason counts.
    pub fn undecided(&mut self, reason: impl Into<String>) {
        self.undecided.get_or_insert_with(|| reason.into());
    }

    /// Why the property is undecided, when it is.
    #[must_use]
    pub fn why_undecided(&self) -> Option<&str> {
        self.undecided.as_deref()
    }

    /// Whether there is something that is judged at the end of the run only.
    #[must_use]
    pub fn is_due_at_end(&self) -> bool {
        self.due_at_end
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
