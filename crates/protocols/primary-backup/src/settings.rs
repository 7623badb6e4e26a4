//! What a scenario can set, and the protocol as the tools see it.

use serde::Deserialize;
use service::{ClientConfig, KeyValue, Routing};
use sim_node::{Duration, Never, Ratio, Role, Share};
use sim_protocol::{Core, Field, MUTANT, Mutant as _, Protocol, SettingsError, Setup};

use crate::{Config, Mutant, Party, PartyConfig, Reads, Suite};

/// Primary-backup replication.
#[derive(Clone, Copy, Debug)]
pub enum PrimaryBackup {}

/// The fields of `PrimaryBackup(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "`PrimaryBackup::FIELDS` says what each is")]
pub struct Settings {
    pub nodes: u32,
    #[serde(default)]
    pub backups: Option<u32>,
    #[serde(default = "ping")]
    pub ping: Duration,
    #[serde(default = "timeout")]
    pub timeout: Duration,
    #[serde(default = "retry")]
    pub retry: Duration,
    #[serde(default)]
    pub drop_after: Option<Duration>,
    #[serde(default)]
    pub reads: Reads,
    #[serde(default = "lease")]
    pub lease: Duration,
    #[serde(default = "lease_drift")]
    pub lease_drift: Ratio,
    #[serde(default = "many")]
    pub chunk: u32,
    #[serde(default = "many")]
    pub batch: u32,
    #[serde(default = "yes")]
    pub disks: bool,
    #[serde(default)]
    pub bound: Option<Duration>,
    #[serde(default)]
    pub mutant: Option<String>,
}

fn ping() -> Duration {
    Duration::from_millis(30)
}

fn timeout() -> Duration {
    Duration::from_millis(150)
}

fn retry() -> Duration {
    Duration::from_millis(40)
}

fn lease() -> Duration {
    Duration::from_millis(200)
}

fn lease_drift() -> Ratio {
    Ratio::from_percent(1)
}

fn many() -> u32 {
    64
}

fn yes() -> bool {
    true
}

impl Settings {
    /// The longest that a timeout, a retry or a lease may be set to.
    pub const LONGEST: Duration = Duration::from_secs(24 * 3_600);
    /// The shortest time between two pings, or before something is sent again: with less, a run
    /// would be made of nothing else.
    pub const SHORTEST: Duration = Duration::from_micros(100);
}

impl Protocol for PrimaryBackup {
    const NAME: &'static str = "PrimaryBackup";
    const FAMILY: &'static str = "primary-backup";
    const SUMMARY: &'static str =
        "One replica serves and all others hold copies; a view service replaces who is suspected.";
    const SOURCE: &'static str = "Alsberg and Day 1976; Budhiraja, Marzullo, Schneider and Toueg \
                                  1993; van Renesse and Schneider 2004, section 4; MIT 6.824, lab 2";
    const MODEL: &'static str = "asynchronous for safety (Local reads: fail-stop), partially \
                                 synchronous for liveness; crash-recovery with disks, lossy links";
    const ROLES: &'static [&'static str] =
        &[Role::LEADER, "backup", "recruit", "suspended", "idle", "view-service"];
    const MARKS: &'static [&'static str] = &[
        "view taken up",
        "in service",
        "stepped down",
        "suspended",
        "refused",
        "read confirmed",
        "state installed",
        "suspected",
        "memory lost",
        "not reached",
        "nobody to succeed",
        "new epoch",
        "new view",
        "view acknowledged",
    ];
    const SERVERS_MAX: u32 = 99;
    const FIELDS: &'static [Field] = &[
        Field {
            name: "nodes",
            kind: "number",
            default: None,
            meaning: "how many replicas, 1 to 99; the view service is the node after them. Replica 0 \
                      is the first primary",
        },
        Field {
            name: "backups",
            kind: "number",
            default: Some("all others"),
            meaning: "how many backups a view has while enough replicas live; the others are idle and \
                      are recruited when one is missing",
        },
        Field {
            name: "ping",
            kind: "duration",
            default: Some("\"30ms\""),
            meaning: "how often a replica shows the view service that it lives; at least 100us",
        },
        Field {
            name: "timeout",
            kind: "duration",
            default: Some("\"150ms\""),
            meaning: "how long the view service hears nothing of a replica before it suspects it; \
                      longer than `ping`, at most a day",
        },
        Field {
            name: "retry",
            kind: "duration",
            default: Some("\"40ms\""),
            meaning: "after how long what was not answered is sent again; 100us to a day",
        },
        Field {
            name: "drop_after",
            kind: "duration",
            default: Some("none"),
            meaning: "how long a backup answers the primary nothing, though the view service hears \
                      both, before it is dropped; longer than `retry`, at most a day. Without, \
                      updates wait as long as that lasts",
        },
        Field {
            name: "reads",
            kind: "Local, Forward or Lease",
            default: Some("Forward"),
            meaning: "how a primary reads: alone, which assumes that whoever is suspected has \
                      crashed; after its backups have confirmed its epoch; or alone while it \
                      has a lease of the view service",
        },
        Field {
            name: "lease",
            kind: "duration",
            default: Some("\"200ms\""),
            meaning: "how long the view service waits after it has last heard the primary before it \
                      names another, with leases; at most a day",
        },
        Field {
            name: "lease_drift",
            kind: "ratio",
            default: Some("\"1%\""),
            meaning: "how much two clocks may drift apart, below 100%; the primary's lease is shorter \
                      by it",
        },
        Field {
            name: "chunk",
            kind: "number",
            default: Some("64"),
            meaning: "how many items of the state one message to a recruit carries, at least 1",
        },
        Field {
            name: "batch",
            kind: "number",
            default: Some("64"),
            meaning: "the most updates in one message, where several are missing; at least 1",
        },
        Field {
            name: "disks",
            kind: "true or false",
            default: Some("true"),
            meaning: "whether replicas keep their state on disks; without, a replica that crashes has \
                      lost it, and one of each view must not crash. The view service always has \
                      one",
        },
        Field {
            name: "bound",
            kind: "duration",
            default: Some("none"),
            meaning: "relies on messages that take at most so long, and on nothing but crashes: then \
                      there is one primary at a time (PB5). The scenario must promise it in its \
                      `model`, and the timeout must be long enough for it",
        },
        MUTANT,
    ];

    type Settings = Settings;
    type Workload = KeyValue;
    type Node = Party;
    type Request = Never;
    type Properties = Suite;

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn setup(
        settings: &Settings,
        workload: Option<&KeyValue>,
    ) -> Result<Setup<Party>, SettingsError> {
        let config = config(settings)?;
        let first = settings.nodes + 1;
        let client = ClientConfig::new(workload, first, Routing::Single);
        let config = PartyConfig {
            replica: Share { count: settings.nodes, config: config.clone() },
            view_service: Share { count: 1, config },
            client: Share { count: client.clients(), config: client },
        };
        // The dead may hold what nobody else has, and whoever lives may be the primary.
        Ok(Setup { others: config.nodes() - settings.nodes, config, core: Core::All })
    }

    fn relies_on(settings: &Settings) -> Option<(&'static str, Duration)> {
        settings.bound.map(|bound| ("bound", bound))
    }

    fn history(properties: &Suite) -> Option<String> {
        Some(properties.6.property().lines())
    }
}

/// What replicas and the view service know.
fn config(settings: &Settings) -> Result<Config, SettingsError> {
    let wrong = |field, message: &str| Err(SettingsError::new(field, message));
    let most = settings.nodes - 1;
    let backups = settings.backups.unwrap_or(most);
    if backups > most {
        return wrong("backups", "there are fewer replicas than this; one is the primary");
    }
    for (field, value) in [
        ("ping", settings.ping),
        ("timeout", settings.timeout),
        ("retry", settings.retry),
        ("lease", settings.lease),
        ("drop_after", settings.drop_after.unwrap_or(Settings::LONGEST)),
    ] {
        if value.is_zero() {
            return wrong(field, "it must be more than nothing");
        }
        if value > Settings::LONGEST {
            return wrong(field, "it is longer than a day; give less");
        }
    }
    for (field, value) in [("ping", settings.ping), ("retry", settings.retry)] {
        if value < Settings::SHORTEST {
            return wrong(field, "a run would be made of nothing else; give at least 100us");
        }
    }
    if settings.ping >= settings.timeout {
        let message = "who is silent for the timeout is suspected; give less than that";
        return wrong("ping", message);
    }
    if let Some(bound) = settings.bound
        && settings.ping.saturating_add(bound) >= settings.timeout
    {
        let message = "a ping may come this much later than the one before it; give less than the \
                       timeout without the time between two pings";
        return wrong("bound", message);
    }
    if settings.drop_after.is_some_and(|drop_after| drop_after <= settings.retry) {
        let message = "whoever is sent the same again has not had the time to answer; give more \
                       than `retry`";
        return wrong("drop_after", message);
    }
    if settings.lease_drift >= Ratio::ONE {
        return wrong("lease_drift", "it must be less than 100%");
    }
    let at_least_one = [("chunk", settings.chunk), ("batch", settings.batch)];
    if let Some((field, _)) = at_least_one.into_iter().find(|(_, value)| *value == 0) {
        return wrong(field, "it must be at least 1");
    }
    Ok(Config {
        replicas: settings.nodes,
        backups,
        ping: settings.ping,
        timeout: settings.timeout,
        retry: settings.retry,
        drop_after: settings.drop_after,
        reads: settings.reads,
        lease: settings.lease,
        lease_drift: settings.lease_drift,
        chunk: settings.chunk as usize,
        batch: settings.batch as usize,
        disks: settings.disks,
        bound: settings.bound,
        mutant: Mutant::of_setting(settings.mutant.as_deref(), cfg!(feature = "mutants"))?,
    })
}
