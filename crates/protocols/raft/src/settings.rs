//! What a scenario can set, and the protocol as the tools see it.

use std::collections::BTreeMap;

use service::{ClientConfig, KeyValue, Routing, check_images_of_servers};
use sim_node::{Duration, Node, NodeId, Parties, Ratio, Span};
use sim_protocol::{Ask, Core, ImageExample, Protocol, SettingsError, Setup, WrongImage};

use crate::image::{IMAGES, check_together};
use crate::{Admin, LeaseClock, Mark, Mutant, Party, Reads, RoleName, Suite};

/// Raft.
#[derive(Clone, Copy, Debug)]
pub enum Raft {}

/// The fields of `Raft(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// Number of servers.
    #[setting(range = 1..=99)]
    pub nodes: u32,
    /// The voters of the first configuration; the other servers start outside the cluster. Set it
    /// whenever the scenario changes the membership: then all servers are up after `calm`,
    /// otherwise only some majority.
    #[setting(none = "all servers")]
    pub members: Option<Vec<NodeId>>,
    /// The election timeout: how long a follower receives nothing from a leader before it starts an
    /// election (section 5.2).
    #[setting(default = "150ms..300ms", positive, range = ..="24h")]
    pub election_timeout: Span,
    /// How often a leader sends heartbeats; less than the minimum election timeout.
    #[setting(default = "50ms", positive, per_node)]
    pub heartbeat: Duration,
    /// Whether heartbeats leave while the leader waits for its disk, as where a thread of their own
    /// sends them; otherwise they wait like all that it sends. With `true`, a leader whose disk
    /// hangs stays the leader.
    #[setting(default = false, per_node)]
    pub heartbeats_pass_disk: bool,
    /// Maximum number of entries in one AppendEntries.
    #[setting(default = 64, range = 1.., per_node)]
    pub entries_per_append: usize,
    /// Maximum number of unacknowledged AppendEntries with entries per follower.
    #[setting(default = 8, range = 1.., per_node)]
    pub in_flight: usize,
    /// Whether a new leader appends a no-op entry (section 8).
    #[setting(default = true, per_node)]
    pub noop: bool,
    /// Whether a server runs a pre-vote before it starts an election (thesis, 9.6).
    #[setting(default = false, per_node)]
    pub pre_vote: bool,
    /// Whether a leader that no majority answers steps down (thesis, 6.2), and voters disregard
    /// candidates while they receive messages from a leader (thesis, 4.2.3); `reads: Lease` implies
    /// it.
    #[setting(default = false, per_node)]
    pub check_quorum: bool,
    /// How reads are served: as entries, after a round of heartbeats, or by a lease (thesis, 6.4).
    #[setting(default = Reads::Log, per_node)]
    pub reads: Reads,
    /// Bound on the relative clock drift; leases are shortened by it.
    #[setting(default = "1%", range = .."100%", needs(reads = Reads::Lease), per_node)]
    pub lease_drift: Ratio,
    /// The clock that leases are measured by; the wall clock is unsafe, as it jumps.
    #[setting(default = LeaseClock::Monotonic, needs(reads = Reads::Lease), per_node)]
    pub lease_clock: LeaseClock,
    /// Take a snapshot after this many applied entries (section 7); 0: never.
    #[setting(default = 0, per_node)]
    pub snapshot_every: u64,
    /// Number of entries before the snapshot that stay in the log, for slow followers.
    #[setting(default = 0, needs(snapshot_every), per_node)]
    pub snapshot_keep: u64,
    /// Number of items per InstallSnapshot chunk.
    #[setting(default = 64, range = 1.., per_node)]
    pub snapshot_chunk: usize,
    /// Whether a server makes its writes durable before it sends messages that depend on them;
    /// false is unsafe.
    #[setting(default = true, per_node)]
    pub barrier: bool,
    /// The mutant to run.
    #[setting(mutant, per_node)]
    pub mutant: Option<Mutant>,
}

impl Settings {
    fn validate(&self) -> Result<(), SettingsError> {
        if self.heartbeat >= self.election_timeout.shortest() {
            let message = "must be less than the minimum election timeout, or followers depose a \
                           healthy leader";
            return Err(SettingsError::new("heartbeat", message));
        }
        let Some(members) = &self.members else { return Ok(()) };
        let wrong = |message: String| Err(SettingsError::new("members", message));
        if members.is_empty() {
            return wrong("at least one server must be a voter".to_owned());
        }
        let mut sorted: Vec<u32> = members.iter().map(|member| member.number()).collect();
        sorted.sort_unstable();
        if let Some(unknown) = sorted.iter().find(|member| **member >= self.nodes) {
            let last = self.nodes - 1;
            return wrong(format!("there is no server {unknown}; servers are 0 to {last}"));
        }
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return wrong(format!("server {} is listed twice", pair[0]));
        }
        Ok(())
    }
}

impl Protocol for Raft {
    const NAME: &'static str = "Raft";
    const FAMILY: &'static str = "raft";
    const SUMMARY: &'static str =
        "Replicates a log through an elected leader; a majority elects it and commits entries.";
    const SOURCE: &'static str =
        "Ongaro and Ousterhout 2014 (extended version); Ongaro's thesis 2014";
    const MODEL: &'static str = "asynchronous for safety, partially synchronous for liveness; crash-recovery, fair-loss links";
    const ROLES: &'static [&'static str] = RoleName::ALL;
    const HEADLINE: Option<&'static str> = Some(RoleName::Leader.name());
    const RESTING: Option<&'static str> = Some(RoleName::Follower.name());
    const RANK: Option<&'static str> = Some("term");
    const MARKS: &'static [&'static str] = Mark::ALL;
    const REQUESTS: &'static [Ask] = Admin::ASKS;
    const IMAGES: &'static [ImageExample] = IMAGES;

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
        let clients = client.clients();
        let config = Parties { servers: settings.nodes, server: settings.clone(), client };
        Ok(Setup::new(config, core).with_others("client", clients))
    }

    fn check_images(
        images: &BTreeMap<NodeId, <Party as Node>::Stable>,
        config: &<Party as Node>::Config,
    ) -> Result<(), WrongImage> {
        check_images_of_servers(images, config, |disks| check_together(disks, &config.server))
    }

    fn may_ask(settings: &Settings, node: NodeId, command: &Admin) -> Result<(), String> {
        let last = settings.nodes - 1;
        if node.number() > last {
            return Err(format!("{node} is a client; only servers 0 to {last} take requests"));
        }
        match command.servers().into_iter().find(|one| one.number() > last) {
            Some(one) => {
                Err(format!("there is no server {}; servers are 0 to {last}", one.number()))
            }
            None => command.validate(),
        }
    }
}
