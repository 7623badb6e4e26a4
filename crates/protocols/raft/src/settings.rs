//! What a scenario can set, and the protocol as the tools see it.

use serde::Deserialize;
use service::{ClientConfig, KeyValue, Routing};
use sim_node::{Duration, NodeId, Parties, Ratio, Role, Span};
use sim_protocol::{Ask, Core, Field, MUTANT, Mutant as _, Protocol, SettingsError, Setup};

use crate::{Admin, Config, Mutant, Party, Reads, Suite};

/// Raft.
#[derive(Clone, Copy, Debug)]
pub enum Raft {}

/// The fields of `Raft(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "`Raft::FIELDS` says what each is")]
pub struct Settings {
    pub nodes: u32,
    #[serde(default)]
    pub members: Option<Vec<u32>>,
    #[serde(default = "election_timeout")]
    pub election_timeout: Span,
    #[serde(default = "heartbeat")]
    pub heartbeat: Duration,
    #[serde(default = "entries_per_append")]
    pub entries_per_append: u32,
    #[serde(default = "in_flight")]
    pub in_flight: u32,
    #[serde(default = "yes")]
    pub noop: bool,
    #[serde(default)]
    pub pre_vote: bool,
    #[serde(default)]
    pub check_quorum: bool,
    #[serde(default)]
    pub reads: Reads,
    #[serde(default = "lease_drift")]
    pub lease_drift: Ratio,
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

fn election_timeout() -> Span {
    Span::between(Duration::from_millis(150), Duration::from_millis(300))
}

fn heartbeat() -> Duration {
    Duration::from_millis(50)
}

fn entries_per_append() -> u32 {
    64
}

fn in_flight() -> u32 {
    8
}

fn lease_drift() -> Ratio {
    Ratio::from_percent(1)
}

fn snapshot_chunk() -> u32 {
    64
}

fn yes() -> bool {
    true
}

impl Settings {
    /// The longest that an election timeout may be set to.
    pub const LONGEST: Duration = Duration::from_secs(24 * 3_600);
}

impl Protocol for Raft {
    const NAME: &'static str = "Raft";
    const FAMILY: &'static str = "raft";
    const SUMMARY: &'static str =
        "Replicates a log by a leader; a majority elects it and commits its entries.";
    const SOURCE: &'static str = "Ongaro and Ousterhout 2014; Ongaro's thesis 2014";
    const MODEL: &'static str =
        "asynchronous for safety, partially synchronous for liveness; crash-recovery, lossy links";
    const ROLES: &'static [&'static str] = &[Role::LEADER, "candidate", "precandidate", "follower"];
    const MARKS: &'static [&'static str] = &[
        "election won",
        "stepped down",
        "vote withheld",
        "snapshot taken",
        "snapshot installed",
        "configuration committed",
        "change refused",
        "learner too slow",
        "read confirmed",
        "transfer begun",
        "transfer aborted",
    ];
    const REQUESTS: &'static [Ask] = &[
        Ask::new("AddVoter(3)", "one server more with a vote, once it has caught up"),
        Ask::new("AddLearner(4)", "one server more without a vote; a voter loses its vote"),
        Ask::new("Remove(1)", "one server less"),
        Ask::new(
            "Joint([AddVoter(4), AddLearner(0), Remove(1)])",
            "several changes at once, by joint consensus",
        ),
        Ask::new("Transfer(2)", "leadership goes to this server"),
    ];
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
            meaning: "the voters of the first configuration. The other servers wait to be added. \
                      Give it when the membership changes: then the calm brings back all servers, \
                      and not a majority of them only",
        },
        Field {
            name: "election_timeout",
            kind: "span",
            default: Some("\"150ms..300ms\""),
            meaning: "how long a follower waits for its leader before it campaigns (section 5.2), at \
                      most a day",
        },
        Field {
            name: "heartbeat",
            kind: "duration",
            default: Some("\"50ms\""),
            meaning: "how often a leader shows that it lives; less than the shortest election timeout",
        },
        Field {
            name: "entries_per_append",
            kind: "number",
            default: Some("64"),
            meaning: "the most entries in one append, at least 1",
        },
        Field {
            name: "in_flight",
            kind: "number",
            default: Some("8"),
            meaning: "the most appends with entries under way to one follower, at least 1",
        },
        Field {
            name: "noop",
            kind: "true or false",
            default: Some("true"),
            meaning: "whether a new leader begins with an empty entry (section 8)",
        },
        Field {
            name: "pre_vote",
            kind: "true or false",
            default: Some("false"),
            meaning: "whether a candidate asks before it begins a term (thesis, 9.6)",
        },
        Field {
            name: "check_quorum",
            kind: "true or false",
            default: Some("false"),
            meaning: "whether a leader that no majority answers steps down (thesis, 6.2), and voters \
                      withhold their votes while they hear a leader (thesis, 4.2.3)",
        },
        Field {
            name: "reads",
            kind: "Log, ReadIndex or Lease",
            default: Some("Log"),
            meaning: "how reads are served: as entries, after a round of heartbeats, or by a lease \
                      (thesis, 6.4)",
        },
        Field {
            name: "lease_drift",
            kind: "ratio",
            default: Some("\"1%\""),
            meaning: "how much two clocks may drift apart, below 100%; leases are shorter by it",
        },
        Field {
            name: "snapshot_every",
            kind: "number",
            default: Some("0"),
            meaning: "how many applied entries a snapshot is taken after (section 7); 0: never",
        },
        Field {
            name: "snapshot_keep",
            kind: "number",
            default: Some("0"),
            meaning: "how many entries stay in the log behind a snapshot, for slow followers",
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
        let core = if settings.members.is_some() { Core::All } else { Core::Majority };
        let client = ClientConfig::new(workload, settings.nodes, Routing::Single);
        let others = client.clients();
        Ok(Setup { config: Parties { servers: settings.nodes, server, client }, others, core })
    }

    fn may_ask(settings: &Settings, node: NodeId, wish: &Admin) -> Result<(), String> {
        let last = settings.nodes - 1;
        if node.number() > last {
            return Err(format!("{node} is a client; servers 0 to {last} can be asked"));
        }
        let stranger = wish.names().into_iter().find(|one| one.number() > last);
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
    let timeout = settings.election_timeout;
    if timeout.longest() > Settings::LONGEST {
        return wrong("election_timeout", "it is longer than a day; give less");
    }
    if timeout.shortest().is_zero() {
        return wrong("election_timeout", "it must be more than nothing");
    }
    if settings.heartbeat.is_zero() {
        return wrong("heartbeat", "it must be more than nothing");
    }
    if settings.heartbeat >= timeout.shortest() {
        let message = "a leader that is silent for an election timeout is deposed; give less than the \
                       shortest";
        return wrong("heartbeat", message);
    }
    if settings.lease_drift >= Ratio::ONE {
        return wrong("lease_drift", "it must be less than 100%");
    }
    let at_least_one = [
        ("entries_per_append", settings.entries_per_append),
        ("in_flight", settings.in_flight),
        ("snapshot_chunk", settings.snapshot_chunk),
    ];
    if let Some((field, _)) = at_least_one.into_iter().find(|(_, value)| *value == 0) {
        return wrong(field, "it must be at least 1");
    }
    Ok(Config {
        members,
        election_timeout: timeout,
        heartbeat: settings.heartbeat,
        entries_per_append: settings.entries_per_append as usize,
        in_flight: settings.in_flight as usize,
        noop: settings.noop,
        pre_vote: settings.pre_vote,
        check_quorum: settings.check_quorum,
        reads: settings.reads,
        lease_drift: settings.lease_drift,
        snapshot_every: u64::from(settings.snapshot_every),
        snapshot_keep: u64::from(settings.snapshot_keep),
        snapshot_chunk: settings.snapshot_chunk as usize,
        barrier: settings.barrier,
        mutant: Mutant::of_setting(settings.mutant.as_deref(), cfg!(feature = "mutants"))?,
    })
}

fn members(settings: &Settings) -> Result<Vec<NodeId>, SettingsError> {
    let Some(members) = &settings.members else {
        return Ok((0..settings.nodes).map(NodeId::new).collect());
    };
    let wrong = |message: String| Err(SettingsError::new("members", message));
    if members.is_empty() {
        return wrong("somebody must have a vote".to_owned());
    }
    if let Some(stranger) = members.iter().find(|member| **member >= settings.nodes) {
        let last = settings.nodes - 1;
        return wrong(format!("there is no server {stranger}; they are 0 to {last}"));
    }
    let mut sorted = members.clone();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return wrong(format!("server {} is named twice, and has one vote", pair[0]));
    }
    Ok(members.iter().copied().map(NodeId::new).collect())
}
