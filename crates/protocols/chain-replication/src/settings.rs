//! What a scenario can set, and the protocols as the tools see them.

use serde::Deserialize;
use service::{ClientConfig, KeyValue, Routing};
use sim_node::{Duration, Never, Ratio, Share};
use sim_protocol::{Core, Field, MUTANT, Mutant as _, Protocol, SettingsError, Setup};

use crate::{Config, Consistency, CraqSuite, Mutant, Party, PartyConfig, Reads, Suite};

/// Chain replication.
#[derive(Clone, Copy, Debug)]
pub enum ChainReplication {}

/// Chain replication with apportioned queries.
#[derive(Clone, Copy, Debug)]
pub enum Craq {}

/// Declares the fields of a protocol's settings, which the two share but for one.
macro_rules! settings {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(missing_docs, reason = "`FIELDS` says what each is")]
        pub struct $name {
            pub nodes: u32,
            #[serde(default)]
            pub length: Option<u32>,
            $(#[serde(default)] pub $field: $type,)*
            #[serde(default = "heartbeat")]
            pub heartbeat: Duration,
            #[serde(default = "timeout")]
            pub timeout: Duration,
            #[serde(default)]
            pub lease: Option<Duration>,
            #[serde(default = "lease_drift")]
            pub lease_drift: Ratio,
            #[serde(default)]
            pub disks: bool,
            #[serde(default = "retry")]
            pub retry: Duration,
            #[serde(default = "chunk")]
            pub chunk: u32,
            #[serde(default)]
            pub mutant: Option<String>,
        }

        impl $name {
            fn shared(&self) -> Settings {
                Settings {
                    nodes: self.nodes,
                    length: self.length,
                    heartbeat: self.heartbeat,
                    timeout: self.timeout,
                    lease: self.lease,
                    lease_drift: self.lease_drift,
                    disks: self.disks,
                    retry: self.retry,
                    chunk: self.chunk,
                    mutant: self.mutant.clone(),
                }
            }
        }
    };
}

settings! {
    /// The fields of `ChainReplication(...)` in a scenario.
    ChainSettings {}
}
settings! {
    /// The fields of `Craq(...)` in a scenario.
    CraqSettings { reads: Consistency }
}

/// The settings that the two protocols share.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "`FIELDS` says what each is")]
pub struct Settings {
    pub nodes: u32,
    pub length: Option<u32>,
    pub heartbeat: Duration,
    pub timeout: Duration,
    pub lease: Option<Duration>,
    pub lease_drift: Ratio,
    pub disks: bool,
    pub retry: Duration,
    pub chunk: u32,
    pub mutant: Option<String>,
}

fn heartbeat() -> Duration {
    Duration::from_millis(50)
}

fn timeout() -> Duration {
    Duration::from_millis(200)
}

fn lease_drift() -> Ratio {
    Ratio::from_percent(1)
}

fn retry() -> Duration {
    Duration::from_millis(100)
}

fn chunk() -> u32 {
    64
}

const NODES: Field = Field {
    name: "nodes",
    kind: "number",
    default: None,
    meaning: "how many replicas, 1 to 99; the master is the node after the last of them",
};
const LENGTH: Field = Field {
    name: "length",
    kind: "number",
    default: Some("all replicas"),
    meaning: "how long the chain is to be; the other replicas are spares",
};
const READS: Field = Field {
    name: "reads",
    kind: "Strong, Eventual or Bounded(n)",
    default: Some("Strong"),
    meaning: "what a read may return (section 2.2): the last committed version, the newest one, or \
              the newest one as long as at most n versions of the key are not committed",
};
const HEARTBEAT: Field = Field {
    name: "heartbeat",
    kind: "duration",
    default: Some("\"50ms\""),
    meaning: "how often a replica shows the master that it lives; less than the timeout",
};
const TIMEOUT: Field = Field {
    name: "timeout",
    kind: "duration",
    default: Some("\"200ms\""),
    meaning: "how long a replica may be silent before the master takes it for failed",
};
const LEASE: Field = Field {
    name: "lease",
    kind: "duration",
    default: Some("none"),
    meaning: "how long a replica answers reads after a sign of life that the master has heard; the \
              master waits it out before it goes on without the replica. Less the drift, longer \
              than the heartbeat. Without one: for ever, which is safe where the master is never \
              wrong (fail-stop)",
};
const LEASE_DRIFT: Field = Field {
    name: "lease_drift",
    kind: "ratio",
    default: Some("\"1%\""),
    meaning: "how much two clocks may drift apart, below 100%; leases are shorter by it",
};
const DISKS: Field = Field {
    name: "disks",
    kind: "true or false",
    default: Some("false"),
    meaning: "whether a history survives a crash, so that a replica takes its place again. If not, \
              whoever returns begins anew, and liveness is owed among those who are up at the calm",
};
const RETRY: Field = Field {
    name: "retry",
    kind: "duration",
    default: Some("\"100ms\""),
    meaning: "how long something may be unacknowledged before it is sent again",
};
const CHUNK: Field = Field {
    name: "chunk",
    kind: "number",
    default: Some("64"),
    meaning: "how many items of the store one message of a history carries, at least 1",
};

const ROLES: &[&str] = &["head", "middle", "tail", "joining", "spare", "master"];
const MARKS: &[&str] = &[
    "suspected",
    "reconfigured",
    "configuration installed",
    "head",
    "tail",
    "deposed",
    "joining",
    "joining given up",
    "transfer begun",
    "history received",
    "chain extended",
    "caught up",
    "taken back",
    "nobody else left",
];
const MODEL: &str = "fail-stop, a master that never fails; with leases asynchronous for safety, \
                     with disks crash-recovery; lossy links";

/// What the two protocols have in common.
macro_rules! common {
    ($settings:ident) => {
        const FAMILY: &'static str = "chain-replication";
        const MODEL: &'static str = MODEL;
        const ROLES: &'static [&'static str] = ROLES;
        const MARKS: &'static [&'static str] = MARKS;
        const SERVERS_MAX: u32 = 99;

        type Settings = $settings;
        type Workload = KeyValue;
        type Node = Party;
        // Nobody is asked for anything but by the clients.
        type Request = Never;

        fn servers(settings: &$settings) -> u32 {
            settings.nodes
        }
    };
}

impl Protocol for ChainReplication {
    const NAME: &'static str = "ChainReplication";
    const SUMMARY: &'static str =
        "Passes updates from head to tail; the tail answers, and reads are served there.";
    const SOURCE: &'static str = "van Renesse and Schneider 2004";
    const FIELDS: &'static [Field] =
        &[NODES, LENGTH, HEARTBEAT, TIMEOUT, LEASE, LEASE_DRIFT, DISKS, RETRY, CHUNK, MUTANT];
    common!(ChainSettings);
    type Properties = Suite;

    fn setup(
        settings: &ChainSettings,
        workload: Option<&KeyValue>,
    ) -> Result<Setup<Party>, SettingsError> {
        setup(&settings.shared(), Reads::Tail, workload)
    }

    fn history(properties: &Suite) -> Option<String> {
        Some(properties.4.property().lines())
    }
}

impl Protocol for Craq {
    const NAME: &'static str = "Craq";
    const SUMMARY: &'static str = "A chain in which every replica answers reads: clean versions \
                                   at once, dirty ones with the tail.";
    const SOURCE: &'static str = "Terrace and Freedman 2009";
    const FIELDS: &'static [Field] = &[
        NODES,
        LENGTH,
        READS,
        HEARTBEAT,
        TIMEOUT,
        LEASE,
        LEASE_DRIFT,
        DISKS,
        RETRY,
        CHUNK,
        MUTANT,
    ];
    common!(CraqSettings);
    type Properties = CraqSuite;

    fn setup(
        settings: &CraqSettings,
        workload: Option<&KeyValue>,
    ) -> Result<Setup<Party>, SettingsError> {
        setup(&settings.shared(), Reads::Any(settings.reads), workload)
    }

    fn history(properties: &CraqSuite) -> Option<String> {
        Some(properties.6.property().lines())
    }
}

fn setup(
    settings: &Settings,
    reads: Reads,
    workload: Option<&KeyValue>,
) -> Result<Setup<Party>, SettingsError> {
    let first = settings.nodes + 1;
    let client = ClientConfig::new(workload, first, Routing::Split);
    let clients = first..first + client.clients();
    let config = Config { clients, reads, ..config(settings)? };
    let core = if settings.disks { Core::All } else { Core::Live };
    let config = PartyConfig {
        replica: Share { count: settings.nodes, config: config.clone() },
        master: Share { count: 1, config },
        client: Share { count: client.clients(), config: client },
    };
    Ok(Setup { others: config.nodes() - settings.nodes, config, core })
}

/// What replicas and master know, but for the clients.
fn config(settings: &Settings) -> Result<Config, SettingsError> {
    let wrong = |field, message: &str| Err(SettingsError::new(field, message));
    let length = settings.length.unwrap_or(settings.nodes);
    if !(1..=settings.nodes).contains(&length) {
        return wrong("length", "the chain has at least 1 replica, and at most all");
    }
    if settings.heartbeat.is_zero() {
        return wrong("heartbeat", "it must be more than nothing");
    }
    if settings.timeout <= settings.heartbeat {
        return wrong("timeout", "it must be longer than the heartbeat");
    }
    if settings.lease_drift >= Ratio::ONE {
        return wrong("lease_drift", "it must be less than 100%");
    }
    if settings.retry.is_zero() {
        return wrong("retry", "it must be more than nothing");
    }
    if settings.chunk == 0 {
        return wrong("chunk", "it must be at least 1");
    }
    let config = Config {
        replicas: settings.nodes,
        length,
        clients: 0..0,
        heartbeat: settings.heartbeat,
        timeout: settings.timeout,
        lease: settings.lease,
        lease_drift: settings.lease_drift,
        disks: settings.disks,
        retry: settings.retry,
        chunk: settings.chunk as usize,
        reads: Reads::Tail,
        mutant: Mutant::of_setting(settings.mutant.as_deref(), cfg!(feature = "mutants"))?,
    };
    if settings.lease.is_some_and(|lease| config.trusted(lease) <= settings.heartbeat) {
        return wrong("lease", "less the drift, it must be longer than the heartbeat");
    }
    Ok(config)
}
