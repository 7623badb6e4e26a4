//! [`KeyValue`]: what clients ask for, and how often.

use serde::{Deserialize, Serialize};
use sim_node::{Duration, Ratio, Span};
use sim_protocol::{Field, SettingsError, Workload};

/// The shared workload, `workload: KeyValue(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeyValue {
    /// How many clients, 1 to 1,000.
    pub clients: u32,
    /// How many operations they make together.
    pub operations: u32,
    /// How many keys there are, 1 to 1,000,000.
    pub keys: u32,
    /// How operations are mixed, by weight.
    pub mix: Mix,
    /// Which keys are preferred.
    pub skew: Skew,
    /// When a client makes its next operation.
    pub arrivals: Loop,
    /// How long a client waits for an answer before it asks again.
    pub timeout: Duration,
    /// How often a client asks before it gives an operation up and goes on under a new identity;
    /// 0: it never does.
    pub attempts: u32,
    /// Whom a client asks first for an operation.
    pub contact: Contact,
}

/// Whom a client asks first for an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contact {
    /// The server that its experience speaks for: who answered last.
    #[default]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Skew {
    /// None.
    #[default]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl Default for KeyValue {
    fn default() -> Self {
        Self {
            clients: 3,
            operations: 100,
            keys: 4,
            mix: Mix::default(),
            skew: Skew::Uniform,
            arrivals: Loop::Closed { think: Span::exactly(Duration::from_millis(50)) },
            timeout: Duration::from_millis(500),
            attempts: 0,
            contact: Contact::Last,
        }
    }
}

impl Default for Mix {
    fn default() -> Self {
        Self { get: 50, put: 25, append: 15, cas: 5, delete: 5 }
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
    const FIELDS: &'static [Field] = &[
        Field {
            name: "clients",
            kind: "number",
            default: Some("3"),
            meaning: "how many clients, 1 to 1,000; they are the last nodes in number",
        },
        Field {
            name: "operations",
            kind: "number",
            default: Some("100"),
            meaning: "how many operations they make together, at most 10,000,000",
        },
        Field {
            name: "keys",
            kind: "number",
            default: Some("4"),
            meaning: "how many keys there are, 1 to 1,000,000",
        },
        Field {
            name: "mix",
            kind: "weights",
            default: Some("(get: 50, put: 25, append: 15, cas: 5, delete: 5)"),
            meaning: "how operations are mixed, by weight; what is left out keeps its weight",
        },
        Field {
            name: "skew",
            kind: "Uniform or Hot(keys:, share:)",
            default: Some("Uniform"),
            meaning: "whether the first so many keys get this share of the operations",
        },
        Field {
            name: "arrivals",
            kind: "Closed(think:) or Open(every:)",
            default: Some("Closed(think: \"50ms\")"),
            meaning: "when a client makes its next operation: so long after the last answer, or so long after the last one began, answered or not",
        },
        Field {
            name: "timeout",
            kind: "duration",
            default: Some("\"500ms\""),
            meaning: "how long a client waits for an answer before it asks the next server; a retry is the same operation",
        },
        Field {
            name: "attempts",
            kind: "number",
            default: Some("0"),
            meaning: "how often a client asks before it gives an operation up and goes on under a new identity; 0: it never does",
        },
        Field {
            name: "contact",
            kind: "Last or Any",
            default: Some("Last"),
            meaning: "whom a client asks first for an operation: who answered last, or a server drawn anew each time",
        },
    ];

    fn validate(&self) -> Result<(), SettingsError> {
        let wrong = |field, message: &str| Err(SettingsError::new(field, message));
        if !(1..=1_000).contains(&self.clients) {
            return wrong("clients", "there are 1 to 1,000 clients");
        }
        if self.operations > 10_000_000 {
            return wrong("operations", "there are at most 10,000,000 operations");
        }
        if !(1..=1_000_000).contains(&self.keys) {
            return wrong("keys", "there are 1 to 1,000,000 keys");
        }
        if self.mix.total() == 0 {
            return wrong("mix", "at least one weight is above 0");
        }
        if self.timeout.is_zero() {
            return wrong("timeout", "a client waits longer than no time");
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
