//! What a protocol shows to the tools.
//!
//! Implement [`Protocol`] on an empty type; a line in the catalogue then gives it scenarios,
//! sweeps, pictures and the whole command line.

mod mutant;

use std::fmt::Debug;

pub use mutant::{MUTANT, Mutant};
use serde::Serialize;
use serde::de::DeserializeOwned;
pub use sim_check::Core;
use sim_check::Properties;
use sim_node::{Duration, Node, NodeId};

/// A protocol as the tools see it.
pub trait Protocol: 'static {
    /// The RON variant that names it in a scenario: `ChangRoberts`.
    const NAME: &'static str;
    /// The family, which is also the folder of its scenarios: `election`.
    const FAMILY: &'static str;
    /// What it does, in one sentence.
    const SUMMARY: &'static str;
    /// Paper or book, and section.
    const SOURCE: &'static str;
    /// The model it assumes, in words: `synchronous, crash-stop`.
    const MODEL: &'static str;
    /// The names of the roles that its nodes take, for faults and triggers.
    const ROLES: &'static [&'static str] = &[];
    /// The marks that its nodes emit, for triggers.
    const MARKS: &'static [&'static str] = &[];
    /// What a scenario can ask a node for.
    const REQUESTS: &'static [Ask] = &[];
    /// The least number of servers it runs with.
    const SERVERS_MIN: u32 = 1;
    /// The greatest number of servers it runs with. Checked before anything is made of the
    /// settings.
    const SERVERS_MAX: u32;
    /// What may be set in a scenario, for `docs` and error messages, in order.
    const FIELDS: &'static [Field];

    /// The fields of the scenario's `protocol: Name(...)`. Derive `Deserialize` with
    /// `deny_unknown_fields`, and `default` on each field that has one.
    type Settings: DeserializeOwned + Debug;
    /// The workload that its own clients make, `workload: Name(...)`; `()` when it has no clients.
    type Workload: Workload;
    /// The state machine. Disks can be written in a scenario.
    type Node: Node<
            // One scenario runs on several threads, with several seeds.
            Config: Send + Sync,
            Request: Send + Sync,
            Stable: DeserializeOwned + Send + Sync,
        >;
    /// What a scenario can ask a node for, as it is written there; most often the node's own
    /// requests.
    type Request: DeserializeOwned + Into<<Self::Node as Node>::Request>;
    /// Its claims, in the order of the module box.
    type Properties: Properties<Self::Node>;

    /// How many servers the settings ask for: checked against the limits before
    /// [`Protocol::setup`].
    fn servers(settings: &Self::Settings) -> u32;

    /// Makes a configuration of the settings, and of the workload when the scenario has one.
    ///
    /// # Errors
    /// When a field of the settings makes no sense, with the field's name.
    fn setup(
        settings: &Self::Settings,
        workload: Option<&Self::Workload>,
    ) -> Result<Setup<Self::Node>, SettingsError>;

    /// The field of the settings, and its value, that relies on no message taking longer and on
    /// nothing but crashes happening: a scenario that sets it must assumption as much in its model,
    /// and is then held to that.
    #[must_use]
    fn relies_on(_settings: &Self::Settings) -> Option<(&'static str, Duration)> {
        None
    }

    /// Whether a scenario can ask this node for this. The node is one of the world's.
    ///
    /// # Errors
    /// When it cannot: what is wrong and what would be right, one sentence without a full stop.
    fn may_ask(
        _settings: &Self::Settings,
        _node: NodeId,
        _request: &Self::Request,
    ) -> Result<(), String> {
        Ok(())
    }

    /// What the clients asked and were told in a run, as lines of JSON
    /// ([`sim_check::write_history`]); `None` when the protocol has no clients.
    #[must_use]
    fn history(_properties: &Self::Properties) -> Option<String> {
        None
    }
}

/// A workload that a protocol's own clients make: `workload: KeyValue(clients: 3)`.
pub trait Workload: DeserializeOwned + Debug {
    /// The RON variant that names it in a scenario; `None` when there is no such workload.
    const NAME: Option<&'static str>;
    /// What may be set, in order.
    const FIELDS: &'static [Field];

    /// Whether the values make sense.
    ///
    /// # Errors
    /// With the field that does not.
    fn validate(&self) -> Result<(), SettingsError>;
}

/// No workload but plain requests.
impl Workload for () {
    const NAME: Option<&'static str> = None;
    const FIELDS: &'static [Field] = &[];

    fn validate(&self) -> Result<(), SettingsError> {
        Ok(())
    }
}

/// A field of a protocol's settings, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name in the scenario.
    pub name: &'static str,
    /// What may stand there: `duration`, `number`, `true or false`.
    pub kind: &'static str,
    /// What it is when left out, as it would be written; `None` when it must be given.
    pub default: Option<&'static str>,
    /// What it means, with its range.
    pub meaning: &'static str,
}

/// Something that a scenario can ask a node for: `At("1s", 0, Elect)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// As it is written, with an example of what it names: `Transfer(1)`.
    pub example: &'static str,
    /// What it asks for.
    pub meaning: &'static str,
}

impl Ask {
    /// A request by example.
    #[must_use]
    pub const fn new(example: &'static str, meaning: &'static str) -> Self {
        Self { example, meaning }
    }
}

/// What a world is made of, once the settings are understood.
#[derive(Clone, Debug)]
pub struct Setup<N: Node> {
    /// The configuration of every node.
    pub config: N::Config,
    /// Nodes beyond the servers: clients, a memory, a master. They follow in number; partitions
    /// among servers leave them connected to everybody.
    pub others: u32,
    /// Which nodes the calm brings back.
    pub core: Core,
}

/// A field of the settings makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    /// The field, as it is named in the scenario.
    pub field: &'static str,
    /// What is wrong with it and what would be right, one sentence without a full stop.
    pub message: String,
}

impl SettingsError {
    /// An error about one field.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }
}
