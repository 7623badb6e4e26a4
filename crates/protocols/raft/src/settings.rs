//! What a scenario can set, and the protocol as the tools see it.

use service::{ClientConfig, KeyValue, Routing};
use sim_node::{Duration, NodeId, Parties, Ratio, Span};
use sim_protocol::{Ask, Core, Protocol, SettingsError, Setup};

use crate::{Admin, Mark, Mutant, Party, Reads, RoleName, Suite};

/// Raft.
#[derive(Clone, Copy, Debug)]
pub enum Raft {}

/// The fields of `Raft(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// How many servers.
    #[setting(range = 1..=99)]
    pub nodes: u32,
    /// The voters of the first configuration. The other servers wait to be added. Give it when the
    /// membership changes: then the calm brings back all servers, and not a majority of them only.
    #[setting(none = "all servers")]
    pub members: Option<Vec<NodeId>>,
    /// How long a follower waits for its leader before it campaigns (section 5.2).
    #[setting(default = "150ms..300ms", positive, range = ..="24h")]
    pub election_timeout: Span,
    /// How often a leader sends heartbeats; less than the shortest election timeout.
    #[setting(default = "50ms", positive)]
    pub heartbeat: Duration,
    /// The most entries in one append.
    #[setting(default = 64, range = 1..)]
    pub entries_per_append: usize,
    /// The most appends with entries under way to one follower.
    #[setting(default = 8, range = 1..)]
    pub in_flight: usize,
    /// Whether a new leader begins with an empty entry (section 8).
    #[setting(default = true)]
    pub noop: bool,
    /// Whether a candidate asks before it begins a term (thesis, 9.6).
    #[setting(default = false)]
    pub pre_vote: bool,
    /// Whether a leader that no majority answers steps down (thesis, 6.2), and voters withhold
    /// their votes while they receive messages of a leader (thesis, 4.2.3).
    #[setting(default = false)]
    pub check_quorum: bool,
    /// How reads are served: as entries, after a round of heartbeats, or by a lease (thesis, 6.4).
    #[setting(default = Reads::Log)]
    pub reads: Reads,
    /// How much two clocks may drift apart; leases are shorter by it.
    #[setting(default = "1%", range = .."100%")]
    pub lease_drift: Ratio,
    /// How many applied entries a snapshot is taken after (section 7); 0: never.
    #[setting(default = 0)]
    pub snapshot_every: u64,
    /// How many entries stay in the log behind a snapshot, for slow followers.
    #[setting(default = 0)]
    pub snapshot_keep: u64,
    /// How many items of the store one message of a snapshot carries.
    #[setting(default = 64, range = 1..)]
    pub snapshot_chunk: usize,
    /// Whether a server makes its writes durable before it speaks; without it nothing is safe.
    #[setting(default = true)]
    pub barrier: bool,
    /// The bug to have.
    #[setting(mutant)]
    pub mutant: Option<Mutant>,
}

impl Settings {
    fn validate(&self) -> Result<(), SettingsError> {
        if self.heartbeat >= self.election_timeout.shortest() {
            let message = "a leader that is silent for an election timeout is deposed; give less \
                           than the shortest";
            return Err(SettingsError::new("heartbeat", message));
        }
        let Some(members) = &self.members else { return Ok(()) };
        let wrong = |message: String| Err(SettingsError::new("members", message));
        if members.is_empty() {
            return wrong("somebody must have a vote".to_owned());
        }
        let mut sorted: Vec<u32> = members.iter().map(|member| member.number()).collect();
        sorted.sort_unstable();
        if let Some(stranger) = sorted.iter().find(|member| **member >= self.nodes) {
            let last = self.nodes - 1;
            return wrong(format!("there is no server {stranger}; they are 0 to {last}"));
        }
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return wrong(format!("server {} is named twice, and has one vote", pair[0]));
        }
        Ok(())
    }
}

impl Protocol for Raft {
    const NAME: &'static str = "Raft";
    const FAMILY: &'static str = "raft";
    const SUMMARY: &'static str =
        "Replicates a log by a leader; a majority elects it and commits its entries.";
    const SOURCE: &'static str = "Ongaro and Ousterhout 2014; Ongaro's thesis 2014";
    const MODEL: &'static str =
        "asynchronous for safety, partially synchronous for liveness; crash-recovery, lossy links";
    const ROLES: &'static [&'static str] = RoleName::ALL;
    const MARKS: &'static [&'static str] = Mark::ALL;
    const REQUESTS: &'static [Ask] = Admin::ASKS;

    type Settings = Settings;
    type Workload = KeyValue;
    type Node = Party;
    type Request = Admin;
    type Properties = Suite;

    fn configure(
        settings: &Settings,
        workload: Option<&KeyValue>,
    ) -> Result<Setup<Party>, SettingsError> {
        settings.validate()?;
        let core = if settings.members.is_some() { Core::All } else { Core::Majority };
        let client = ClientConfig::new(workload, settings.nodes, Routing::Single);
        let others = client.clients();
        let config = Parties { servers: settings.nodes, server: settings.clone(), client };
        Ok(Setup::new(config, core).with_others(others))
    }

    fn may_ask(settings: &Settings, node: NodeId, command: &Admin) -> Result<(), String> {
        let last = settings.nodes - 1;
        if node.number() > last {
            return Err(format!("{node} is a client; servers 0 to {last} can be asked"));
        }
        let stranger = command.servers().into_iter().find(|one| one.number() > last);
        stranger.map_or(Ok(()), |stranger| {
            Err(format!("there is no server {}; they are 0 to {last}", stranger.number()))
        })
    }
}
