//! OptFloodSet: FloodSet that says at most two values.
//!
//! | module | OptFloodSet |
//! |---|---|
//! | requests, indications, properties, model | those of [`FloodSet`](crate::FloodSet), with Lynch's rule: the only value, or the default v0 |
//! | cost | f+1 rounds, at most 2n(n-1) messages |
//! | source | Lynch 1996, section 6.2.2 |
//!
//! To decide by that rule a process only has to know whether there are several values. So it sends
//! its own input in round 1, and once more in the run: one value that differs from its input, in
//! the round after it first learnt of one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sim_node::{Message, NodeId, RoundContext, RoundNode};

use crate::{Config, Decide, Value, config};

/// One value that the sender knows.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Message,
)]
#[message(name = "Value")]
pub struct OneValue(pub Value);

/// A process of OptFloodSet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OptFloodSet {
    input: Value,
    /// The first value learnt that differs from the input, and at the end of which round.
    other: Option<(u32, Value)>,
    decision: Option<Value>,
}

impl OptFloodSet {
    /// What the process started with.
    #[must_use]
    pub fn input(&self) -> Value {
        self.input
    }

    /// The decision, once there is one.
    #[must_use]
    pub fn decision(&self) -> Option<Value> {
        self.decision
    }
}

impl RoundNode for OptFloodSet {
    type Config = Config;
    type Message = OneValue;
    type Indication = Decide;

    fn start(cx: &mut RoundContext<'_, '_, Self>) -> Self {
        Self { input: config::input(cx), other: None, decision: None }
    }

    fn send(&self, round: u32, cx: &mut RoundContext<'_, '_, Self>) {
        match self.other {
            _ if round == 1 => cx.broadcast(&OneValue(self.input)),
            Some((learnt, other)) if learnt + 1 == round => cx.broadcast(&OneValue(other)),
            _ => {}
        }
    }

    fn receive(
        &mut self,
        round: u32,
        messages: BTreeMap<NodeId, OneValue>,
        cx: &mut RoundContext<'_, '_, Self>,
    ) -> bool {
        let mut news = messages.into_values().map(|OneValue(value)| value);
        if self.other.is_none() {
            self.other = news.find(|value| *value != self.input).map(|value| (round, value));
        }
        if round < cx.config().rounds {
            return true;
        }
        let known: BTreeSet<Value> =
            self.other.iter().map(|(_, value)| *value).chain([self.input]).collect();
        let decision = cx.config().rule.decide(&known);
        self.decision = Some(decision);
        cx.indicate(Decide(decision));
        false
    }

    fn check(&self, _: &Config) {
        if let Some((_, other)) = self.other {
            assert_ne!(other, self.input, "the other value is the input");
        }
    }
}
