//! What a scenario can set, and the protocol as the tools see it.

use failure_detectors::OmegaConfig;
use serde::Deserialize;
use service::{ClientConfig, KeyValue, Routing};
use sim_node::{Duration, NodeId, Parties, Role, Span};
use sim_protocol::{Ask, Core, Field, MUTANT, Mutant as _, Protocol, SettingsError, Setup};

use super::{Admin, Config, Leader, Members, Mutant, Party, Reads, Suite};
use crate::Quorums;

/// Multi-Paxos.
#[derive(Clone, Copy, Debug)]
pub enum MultiPaxos {}

/// The fields of `MultiPaxos(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "`MultiPaxos::FIELDS` says what each is")]
pub struct Settings {
    pub nodes: u32,
    #[serde(default)]
    pub members: Option<Vec<u32>>,
    #[serde(default)]
    pub quorums: Quorums,
    #[serde(default = "yes")]
    pub quorums_meet: bool,
    #[serde(default)]
    pub leader: Leader,
    #[serde(default = "heartbeat")]
    pub heartbeat: Duration,
    #[serde(default = "timeout")]
    pub timeout: Duration,
    #[serde(default = "increase")]
    pub increase: Duration,
    #[serde(default = "backoff")]
    pub backoff: Span,
    #[serde(default = "retry")]
    pub retry: Duration,
    #[serde(default = "alpha")]
    pub alpha: u32,
    #[serde(default = "batch")]
    pub batch: u32,
    #[serde(default)]
    pub reads: Reads,
    #[serde(default)]
    pub snapshot_every: u32,
    #[serde(default)]
    pub snapshot_keep: u32,
    #[serde(default = "snapshot_chunk")]
    pub snapshot_chunk: u32,
    #[serde(default = "yes")]
    pub barrier: bool,
    #[serde(default)]
    pub mutant: Option<String>,
}

fn heartbeat() -> Duration {
    Duration::from_millis(100)
}

fn timeout() -> Duration {
    Duration::from_millis(250)
}

fn increase() -> Duration {
    Duration::from_millis(100)
}

fn backoff() -> Span {
    Span::between(Duration::from_millis(20), Duration::from_millis(80))
}

fn retry() -> Duration {
    Duration::from_millis(100)
}

fn alpha() -> u32 {
    16
}

fn batch() -> u32 {
    8
}

fn snapshot_chunk() -> u32 {
    64
}

fn yes() -> bool {
    true
}

impl Settings {
    /// The most slots that may be under way at once.
    const ALPHA_MAX: u32 = 1_000;
}

impl Protocol for MultiPaxos {
    const NAME: &'static str = "MultiPaxos";
    const FAMILY: &'static str = "paxos";
    const SUMMARY: &'static str =
        "Replicates a log, each of whose slots is an instance of Paxos, by a stable leader.";
    const SOURCE: &'static str =
        "Lamport 2001, section 3; Lamport 1998; van Renesse and Altinbuken 2015";
    const MODEL: &'static str =
        "asynchronous for safety, partially synchronous for liveness; crash-recovery, lossy links";
    const ROLES: &'static [&'static str] = &[Role::LEADER, "candidate", "follower"];
    const MARKS: &'static [&'static str] = &[
        "campaign",
        "leading",
        "outbid",
        "stepped down",
        "no-op proposed",
        "reconfigured",
        "reconfiguration refused",
        "read confirmed",
        "snapshot taken",
        "snapshot installed",
    ];
    const REQUESTS: &'static [Ask] =
        &[Ask::new("Reconfigure([2, 3, 4])", "these are the members, from `alpha` slots later on")];
    const SERVERS_MAX: u32 = 99;
    const FIELDS: &'static [Field] = &[
        Field {
            name: "nodes",
            kind: "number",
            default: None,
            meaning: "how many servers, 1 to 99",
        },
        Field {
            name: "members",
            kind: "list of numbers",
            default: Some("all servers"),
            meaning: "the acceptors of the first slots. The other servers learn, and wait to become \
                      members. Give it when the members change: then the calm brings back all servers",
        },
        Field {
            name: "quorums",
            kind: "Majority or Flexible(prepare:, accept:)",
            default: Some("Majority"),
            meaning: "how many members each phase needs. Those of different phases must meet: prepare \
                      + accept is more than there are members (Howard, Malkhi, Spiegelman 2016)",
        },
        Field {
            name: "quorums_meet",
            kind: "true or false",
            default: Some("true"),
            meaning: "whether members whose quorums do not meet are refused; without it nothing is safe",
        },
        Field {
            name: "leader",
            kind: "Omega or Everybody",
            default: Some("Omega"),
            meaning: "who leads: the lowest member that the failure detector does not suspect, or \
                      whoever is asked by a client, which may never end (Lamport 2001, 2.4)",
        },
        Field {
            name: "heartbeat",
            kind: "duration",
            default: Some("\"100ms\""),
            meaning: "how often a leader tells what is chosen, and a detector that it is alive",
        },
        Field {
            name: "timeout",
            kind: "duration",
            default: Some("\"250ms\""),
            meaning: "how long a server may be silent at first before the detector suspects it; more \
                      than the heartbeat",
        },
        Field {
            name: "increase",
            kind: "duration",
            default: Some("\"100ms\""),
            meaning: "a server's timeout grows by so much with every mistake about it",
        },
        Field {
            name: "backoff",
            kind: "span",
            default: Some("\"20ms..80ms\""),
            meaning: "how long a proposer that was outbid waits before it tries again",
        },
        Field {
            name: "retry",
            kind: "duration",
            default: Some("\"100ms\""),
            meaning: "how long an answer may take before the question is sent again",
        },
        Field {
            name: "alpha",
            kind: "number",
            default: Some("16"),
            meaning: "how many slots are under way at once, 1 to 1,000; new members are members from \
                      so many slots later on (Lamport 2001, section 3)",
        },
        Field {
            name: "batch",
            kind: "number",
            default: Some("8"),
            meaning: "the most operations in one slot, at least 1, for when the window is full",
        },
        Field {
            name: "reads",
            kind: "Log or Quorum",
            default: Some("Log"),
            meaning: "how reads are served: in slots, or after a phase-2 quorum has confirmed the leader",
        },
        Field {
            name: "snapshot_every",
            kind: "number",
            default: Some("0"),
            meaning: "how many executed slots a snapshot is taken after; 0: never",
        },
        Field {
            name: "snapshot_keep",
            kind: "number",
            default: Some("0"),
            meaning: "how many executed slots stay in the log behind a snapshot, for slow replicas",
        },
        Field {
            name: "snapshot_chunk",
            kind: "number",
            default: Some("64"),
            meaning: "how many items of the store one message of a snapshot carries, at least 1",
        },
        Field {
            name: "barrier",
            kind: "true or false",
            default: Some("true"),
            meaning: "whether a server makes its writes durable before it speaks; without it nothing \
                      is safe",
        },
        MUTANT,
    ];

    type Settings = Settings;
    type Workload = KeyValue;
    type Node = Party;
    type Request = Admin;
    type Properties = Suite;

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn setup(
        settings: &Settings,
        workload: Option<&KeyValue>,
    ) -> Result<Setup<Party>, SettingsError> {
        let server = config(settings)?;
        let core = match settings.quorums {
            _ if settings.members.is_some() => Core::All,
            Quorums::Majority => Core::Majority,
            Quorums::Flexible { prepare, accept } => Core::AtLeast(prepare.max(accept)),
        };
        let client = ClientConfig::new(workload, settings.nodes, Routing::Single);
        let others = client.clients();
        Ok(Setup { config: Parties { servers: settings.nodes, server, client }, others, core })
    }

    fn may_ask(settings: &Settings, node: NodeId, request: &Admin) -> Result<(), String> {
        let last = settings.nodes - 1;
        if node.number() > last {
            return Err(format!("{node} is a client; servers 0 to {last} can be asked"));
        }
        if settings.members.is_none() {
            let message = "give `members` to `MultiPaxos`, even if all are: members that change are \
                           all brought back by the calm, and not a majority of the servers";
            return Err(message.to_owned());
        }
        let Admin::Reconfigure(members) = request;
        if members.is_empty() {
            return Err("somebody must accept; name at least one member".to_owned());
        }
        let stranger = members.iter().find(|member| member.number() > last);
        stranger.map_or(Ok(()), |stranger| {
            Err(format!("there is no server {}; they are 0 to {last}", stranger.number()))
        })
    }

    fn history(properties: &Suite) -> Option<String> {
        Some(properties.6.property().lines())
    }
}

/// What every server knows.
fn config(settings: &Settings) -> Result<Config, SettingsError> {
    let wrong = |field, message: &str| Err(SettingsError::new(field, message));
    let members = members(settings)?;
    for (field, value) in [("heartbeat", settings.heartbeat), ("retry", settings.retry)] {
        if value.is_zero() {
            return wrong(field, "it must be more than nothing");
        }
    }
    if settings.timeout <= settings.heartbeat {
        return wrong("timeout", "a server is heard once a heartbeat; give more than that");
    }
    let at_least_one = [
        ("alpha", settings.alpha),
        ("batch", settings.batch),
        ("snapshot_chunk", settings.snapshot_chunk),
    ];
    if let Some((field, _)) = at_least_one.into_iter().find(|(_, value)| *value == 0) {
        return wrong(field, "it must be at least 1");
    }
    if settings.alpha > Settings::ALPHA_MAX {
        return wrong("alpha", "nobody can use so many slots at once; give at most 1,000");
    }
    let detector = failure_detectors::Config {
        period: settings.heartbeat,
        timeout: settings.timeout,
        increase: settings.increase,
        mutant: None,
    };
    Ok(Config {
        members,
        quorums: settings.quorums,
        quorums_meet: settings.quorums_meet,
        leader: settings.leader,
        omega: OmegaConfig { detector },
        heartbeat: settings.heartbeat,
        backoff: settings.backoff,
        retry: settings.retry,
        alpha: u64::from(settings.alpha),
        batch: settings.batch as usize,
        reads: settings.reads,
        snapshot_every: u64::from(settings.snapshot_every),
        snapshot_keep: u64::from(settings.snapshot_keep),
        snapshot_chunk: settings.snapshot_chunk as usize,
        barrier: settings.barrier,
        mutant: Mutant::of_setting(settings.mutant.as_deref(), cfg!(feature = "mutants"))?,
    })
}

fn members(settings: &Settings) -> Result<Members, SettingsError> {
    let all = || (0..settings.nodes).collect();
    let members: Vec<u32> = settings.members.clone().unwrap_or_else(all);
    let wrong = |field, message: String| Err(SettingsError::new(field, message));
    if members.is_empty() {
        return wrong("members", "somebody must accept".to_owned());
    }
    if let Some(stranger) = members.iter().find(|member| **member >= settings.nodes) {
        let last = settings.nodes - 1;
        return wrong("members", format!("there is no server {stranger}; they are 0 to {last}"));
    }
    let given = members.len();
    let members: Members = members.into_iter().map(NodeId::new).collect();
    if members.len() < given {
        return wrong("members", "a server is named twice, and has one vote".to_owned());
    }
    let count = u32::try_from(members.len()).expect("fewer than servers");
    let (prepare, accept) = (settings.quorums.prepare(count), settings.quorums.accept(count));
    let possible = 1..=count;
    if !possible.contains(&prepare) || !possible.contains(&accept) {
        return wrong("quorums", format!("each phase needs 1 to {count} of {count} members"));
    }
    if settings.quorums_meet && !settings.quorums.are_safe(count) {
        let message = format!(
            "{prepare} and {accept} of {count} members need not meet; give more than {count} together, \
             or `quorums_meet: false` to see what happens"
        );
        return wrong("quorums", message);
    }
    Ok(members)
}
