//! [`KeyValue`]: the operations that clients invoke, and when.

use serde::{Deserialize, Serialize};
use sim_node::{Duration, NodeId, Ratio, Span};
use sim_protocol::{Appointment, SettingValue, Settings, SettingsError, Workload};

use crate::Command;

/// The shared workload, `workload: KeyValue(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Settings)]
pub struct KeyValue {
    /// Number of clients; they have the highest node numbers.
    #[setting(default = 3, range = 1..=1_000)]
    pub clients: u32,
    /// Total number of operations of all clients.
    #[setting(default = 100, range = ..=10_000_000)]
    pub operations: u32,
    /// Number of keys.
    #[setting(default = 4, range = 1..=1_000_000)]
    pub keys: u32,
    /// Relative frequencies of the operations; an operation that is omitted keeps its default.
    #[setting(kind = "weights", default = Mix { get: 50, put: 25, append: 15, cas: 5, delete: 5 })]
    pub mix: Mix,
    /// Distribution of the keys: uniform, or hot: the first `keys` keys get the fraction `share` of
    /// the operations.
    #[setting(default = Skew::Uniform)]
    pub skew: Skew,
    /// Closed loop: `think` time between a response and the next invocation. Open loop: `every`
    /// between two invocations, whether or not there was a response.
    #[setting(default = Loop::Closed { think: "50ms" })]
    pub arrivals: Loop,
    /// How long a client waits for a response before it sends the same operation to the next
    /// server.
    #[setting(default = "500ms", positive)]
    pub timeout: Duration,
    /// Maximum number of sends per operation; after that the client abandons the operation and
    /// continues with a new session; 0: no limit.
    #[setting(default = 0)]
    pub attempts: u32,
    /// The first server that gets an operation: the one that responded last, or a random one each
    /// time.
    #[setting(default = Contact::Last)]
    pub contact: Contact,
    /// Operations at given times, beside the random ones. Each is invoked when its time has come,
    /// whatever else its client waits for; a client that is down then, leaves it out.
    #[setting(kind = "list", default = [])]
    pub script: Vec<Scripted>,
}

/// An operation of the script. Times are those of the run, as the client's clock shows them;
/// clients count from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scripted {
    /// At this time, by this client, to the server that it would ask next.
    At(Duration, u32, Command),
    /// The same, first to this server.
    To(Duration, u32, NodeId, Command),
}

impl Scripted {
    /// When.
    #[must_use]
    pub fn time(&self) -> Duration {
        match self {
            Self::At(time, ..) | Self::To(time, ..) => *time,
        }
    }

    /// By which client, from 0.
    #[must_use]
    pub fn client(&self) -> u32 {
        match self {
            Self::At(_, client, _) | Self::To(_, client, ..) => *client,
        }
    }

    /// What.
    #[must_use]
    pub fn command(&self) -> &Command {
        match self {
            Self::At(_, _, command) | Self::To(_, _, _, command) => command,
        }
    }

    /// Which server is asked first, if it is said.
    #[must_use]
    pub fn server(&self) -> Option<NodeId> {
        match self {
            Self::At(..) => None,
            Self::To(_, _, server, _) => Some(*server),
        }
    }
}

/// The first server that gets an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Contact {
    /// The server that responded last.
    Last,
    /// A random server for each operation, as behind a load balancer.
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

/// Distribution of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
#[serde(deny_unknown_fields)]
pub enum Skew {
    /// All keys equally often.
    Uniform,
    /// The first `keys` keys get the fraction `share` of the operations.
    Hot {
        /// How many keys are hot.
        keys: u32,
        /// Their share.
        share: Ratio,
    },
}

/// When a client invokes its next operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
#[serde(deny_unknown_fields)]
pub enum Loop {
    /// Closed loop: one operation at a time.
    Closed {
        /// Think time between a response and the next invocation.
        think: Span,
    },
    /// Open loop: invocations at fixed or random intervals, whether or not there was a response.
    Open {
        /// Time between two invocations; at least a microsecond.
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
    /// The longest script.
    pub const SCRIPT_MAX: usize = 10_000;

    /// The operations of the script that this client makes, with their places in it.
    pub fn script_of(&self, client: u32) -> impl Iterator<Item = (u32, &Scripted)> {
        (0..).zip(&self.script).filter(move |(_, scripted)| scripted.client() == client)
    }

    fn validate_script(&self, servers: u32) -> Result<(), SettingsError> {
        if self.script.len() > Self::SCRIPT_MAX {
            let message = format!("a script has at most {} operations", Self::SCRIPT_MAX);
            return Err(SettingsError::new("script", message));
        }
        for (place, scripted) in self.script.iter().enumerate() {
            let wrong =
                |message: String| Err(SettingsError::new("script", message).in_entry(place));
            let (client, key) = (scripted.client(), scripted.command().key());
            if client >= self.clients {
                let clients = self.clients;
                return wrong(format!(
                    "there is no client {client}: there are {clients} clients, which count from 0"
                ));
            }
            if key.0 >= self.keys {
                let keys = self.keys;
                return wrong(format!(
                    "there is no key {}: there are {keys} keys, which count from 0",
                    key.0
                ));
            }
            if let Some(server) = scripted.server().filter(|server| server.number() >= servers) {
                return wrong(format!("node {} is no server", server.number()));
            }
        }
        Ok(())
    }

    /// The number of operations of one client; `client` counts from 0.
    #[must_use]
    pub fn share(&self, client: u32) -> u32 {
        let rest = self.operations % self.clients.max(1);
        self.operations / self.clients.max(1) + u32::from(client < rest)
    }
}

impl Workload for KeyValue {
    const NAME: Option<&'static str> = Some("KeyValue");

    fn validate(&self, servers: u32) -> Result<(), SettingsError> {
        let wrong = |field, message: &str| Err(SettingsError::new(field, message));
        if self.mix.total() == 0 {
            return wrong("mix", "at least one weight must be greater than 0");
        }
        if let Skew::Hot { keys, .. } = self.skew
            && !(1..=self.keys).contains(&keys)
        {
            return wrong("skew", "`keys` must be from 1 to the number of keys");
        }
        if let Loop::Open { every } = self.arrivals
            && every.shortest() < Duration::from_micros(1)
        {
            return wrong("arrivals", "`every` must be at least 1us");
        }
        self.validate_script(servers)
    }

    fn appointments(&self) -> Vec<Appointment> {
        let all = self.script.iter().enumerate().map(|(place, scripted)| Appointment {
            entry: ("script", place),
            at: scripted.time(),
            from_last: self.clients - scripted.client(),
        });
        all.collect()
    }
}
