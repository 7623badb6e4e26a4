//! FloodSet: consensus by flooding, on synchronous rounds.
//!
//! | module | FloodSet |
//! |---|---|
//! | requests | none: every process starts with an input |
//! | indications | [`Decide(v)`](crate::Decide) |
//! | FS1 validity | if all start with one value, nothing else is decided; by the rule `Least`, only inputs are |
//! | FS2 integrity | no process decides twice |
//! | FS3 agreement | no two processes decide on different values, those that crash later included |
//! | FS4 termination | every correct process decides |
//! | model | synchronous rounds, at most f crash-stop failures, f < n |
//! | cost | f+1 rounds, (f+1)n(n-1) messages |
//! | source | Lynch 1996, section 6.2.1; the properties from section 6.1, their names from Cachin, Guerraoui, Rodrigues 2011, module 5.2 |
//!
//! A process keeps the set W of all values it has ever seen, at first its own input. In each of f+1
//! rounds it sends W to all and adds what it receives. Among f+1 rounds there is one in which
//! nobody crashes, and after it all W are equal and stay so (Lynch, lemmas 6.2 to 6.4). Stopping
//! after f rounds is too early: let one process a round crash in the middle of its sending, each
//! handing a value that nobody else has seen to just one other.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sim_node::{Message, NodeId, RoundContext, RoundNode};

use crate::{Config, Decide, Value, config};

/// The set W of a process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Message)]
pub struct Values(pub BTreeSet<Value>);

/// A process of FloodSet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FloodSet {
    input: Value,
    /// W: every value seen so far, the input among them.
    known: BTreeSet<Value>,
    decision: Option<Value>,
}

impl FloodSet {
    /// What the process started with.
    #[must_use]
    pub fn input(&self) -> Value {
        self.input
    }

    /// W: every value seen so far.
    #[must_use]
    pub fn known(&self) -> &BTreeSet<Value> {
        &self.known
    }

    /// The decision, once there is one.
    #[must_use]
    pub fn decision(&self) -> Option<Value> {
        self.decision
    }
}

impl RoundNode for FloodSet {
    type Config = Config;
    type Message = Values;
    type Indication = Decide;

    fn start(cx: &mut RoundContext<'_, '_, Self>) -> Self {
        let input = config::input(cx);
        Self { input, known: BTreeSet::from([input]), decision: None }
    }

    fn send(&self, _: u32, cx: &mut RoundContext<'_, '_, Self>) {
        cx.broadcast(&Values(self.known.clone()));
    }

    fn receive(
        &mut self,
        round: u32,
        messages: BTreeMap<NodeId, Values>,
        cx: &mut RoundContext<'_, '_, Self>,
    ) -> bool {
        for (_, Values(values)) in messages {
            self.known.extend(values);
        }
        if round < cx.config().rounds {
            return true;
        }
        let decision = cx.config().rule.decide(&self.known);
        self.decision = Some(decision);
        cx.indicate(Decide(decision));
        false
    }

    fn check(&self, _: &Config) {
        assert!(self.known.contains(&self.input), "a process forgot its own input");
    }
}
