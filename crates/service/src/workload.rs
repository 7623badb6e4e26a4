//! [`KeyValue`]: what clients ask for, and how often.

use serde::{Deserialize, Serialize};
use sim_node::{Duration, Ratio, Span};
use sim_protocol::{SettingValue, Settings, SettingsError, Workload};

/// The shared workload, `workload: KeyValue(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Settings)]
pub struct KeyValue {
    /// How many clients; they are the last nodes in number.
    #[setting(default = 3, range = 1..=1_000)]
    pub clients: u32,
    /// How many operations they make together.
    #[setting(default = 100, range = ..=10_000_000)]
    pub operations: u32,
    /// How many keys there are.
    #[setting(default = 4, range = 1..=1_000_000)]
    pub keys: u32,
    /// How operations are mixed, by weight; what is left out keeps its weight.
    #[setting(kind = "weights", default = Mix { get: 50, put: 25, append: 15, cas: 5, delete: 5 })]
    pub mix: Mix,
    /// Whether the first so many keys get this share of the operations.
    #[setting(default = Skew::Uniform)]
    pub skew: Skew,
    /// When a client makes its next operation: so long after the last answer, or so long after the
    /// last one began, answered or not.
    #[setting(default = Loop::Closed { think: "50ms" })]
    pub arrivals: Loop,
    /// How long a client waits for an answer before it asks the next server; a retry is the same
    /// operation.
    #[setting(default = "500ms", positive)]
    pub timeout: Duration,
    /// How often a client asks before it gives an operation up and goes on under a new identity; 0:
    /// it never does.
    #[setting(default = 0)]
    pub attempts: u32,
    /// Whom a client asks first for an operation: who answered last, or a server drawn anew each
    /// time.
    #[setting(default = Contact::Last)]
    pub contact: Contact,
}

/// Whom a client asks first for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Contact {
    /// The server that its experience speaks for: who answered last.
    Last,
    /// A server drawn anew for each operation, as behind a load balancer.
    Any,
}

/// Weights of the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "each is the weight of the operation of its name")]
pub struct Mix {
    pub get: u32,
    pub put: u32,
    pub append: u32,
    pub cas: u32,
    pub delete: u32,
}

/// Which keys are preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
#[serde(deny_unknown_fields)]
pub enum Skew {
    /// None.
    Uniform,
    /// The first so many keys get this share of the operations.
    Hot {
        /// How many keys are hot.
        keys: u32,
        /// Their share.
        share: Ratio,
    },
}

/// When a client makes its next operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
#[serde(deny_unknown_fields)]
pub enum Loop {
    /// So long after the answer to the last one: one at a time.
    Closed {
        /// How long it thinks.
        think: Span,
    },
    /// So long after the last one began, answered or not.
    Open {
        /// The time between two beginnings; at least a microsecond.
        every: Span,
    },
}

impl Default for Mix {
    fn default() -> Self {
        KeyValue::default().mix
    }
}

impl Mix {
    /// The sum of the weights.
    #[must_use]
    pub fn total(&self) -> u64 {
        [self.get, self.put, self.append, self.cas, self.delete].into_iter().map(u64::from).sum()
    }
}

impl KeyValue {
    /// How many operations are this client's share; `place` counts clients from 0.
    #[must_use]
    pub fn share(&self, place: u32) -> u32 {
        let rest = self.operations % self.clients.max(1);
        self.operations / self.clients.max(1) + u32::from(place < rest)
    }
}

impl Workload for KeyValue {
    const NAME: Option<&'static str> = Some("KeyValue");

    fn validate(&self) -> Result<(), SettingsError> {
        let wrong = |field, message: &str| Err(SettingsError::new(field, message));
        if self.mix.total() == 0 {
            return wrong("mix", "at least one weight is above 0");
        }
        if let Skew::Hot { keys, .. } = self.skew
            && !(1..=self.keys).contains(&keys)
        {
            return wrong("skew", "at least one key is hot, and at most all are");
        }
        if let Loop::Open { every } = self.arrivals
            && every.shortest() < Duration::from_micros(1)
        {
            return wrong("arrivals", "two operations begin at least 1us apart");
        }
        Ok(())
    }
}
