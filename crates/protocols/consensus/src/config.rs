//! What the processes are told before they start.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sim_node::{RoundContext, RoundNode};
use sim_protocol::SettingValue;

use crate::Value;

/// The configuration of a process, the same for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many rounds pass before the decision; at least 1. Correct with f crashes when it is
    /// f+1.
    pub rounds: u32,
    /// What the processes start with.
    pub inputs: Inputs,
    /// How a decision is made of what is known.
    pub rule: Rule,
}

/// What the processes start with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Inputs {
    /// These values, one for each process in order.
    Given(Vec<Value>),
    /// Each process draws one of `0..k`.
    Drawn(u64),
}

/// How a process decides once it has the set W of all values it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Rule {
    /// The least of W. Lynch 1996, section 6.2.1, names it as the rule with the stronger validity:
    /// a decision is always somebody's input.
    Least,
    /// The only value of W, or this default (Lynch's v0) when there are several.
    OnlyOr(Value),
}

impl Rule {
    /// The decision that the rule makes of the values known, of which there is at least one.
    pub(crate) fn decide(self, known: &BTreeSet<Value>) -> Value {
        let least = *known.first().expect("a process knows its own input");
        match self {
            Self::OnlyOr(default) if known.len() > 1 => default,
            Self::Least | Self::OnlyOr(_) => least,
        }
    }
}

/// The input of the process that is about to start.
pub(crate) fn input<R: RoundNode<Config = Config>>(cx: &mut RoundContext<'_, '_, R>) -> Value {
    match &cx.config().inputs {
        Inputs::Given(values) => values[cx.id().index()],
        Inputs::Drawn(values) => Value(cx.choose(*values)),
    }
}
