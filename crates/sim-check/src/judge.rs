//! [`Judge`]: where a property speaks its judgement.

use sim_node::NodeId;

/// A property fell: where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The node at fault, when there is one.
    pub node: Option<NodeId>,
    /// What happened, in one sentence with the values that show it.
    pub detail: String,
    /// Earlier steps that the claim is broken with, such as the first of two decisions. The step
    /// that broke it need not be named.
    pub witnesses: Vec<u64>,
}

/// Something good that is still owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// To or by whom, when it is about one node.
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
    /// Says that there was something to judge; without it the property is vacuous.
    pub fn judged(&mut self) {
        self.judged += 1;
    }

    /// Says that the property fell. The first violation stands. Name earlier steps that belong to
    /// the story with `witnesses`.
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

    /// Says that the property cannot be told in this run, such as when a budget has run out: unless
    /// it falls, its verdict is unknown. The first reason stands.
    pub fn undecided(&mut self, reason: impl Into<String>) {
        self.undecided.get_or_insert_with(|| reason.into());
    }

    /// Why the property cannot be told, when it cannot.
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
