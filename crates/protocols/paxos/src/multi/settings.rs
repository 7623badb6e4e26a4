//! What a scenario can set, and the protocol as the tools see it.

use std::collections::BTreeMap;

use service::{ClientConfig, KeyValue, Routing, check_images_of_servers};
use sim_node::{Duration, Node, NodeId, Parties, Span};
use sim_protocol::{Ask, Core, ImageExample, Protocol, SettingsError, Setup, WrongImage};

use super::image::{IMAGES, check_together};
use super::{Admin, Config, Leader, Mark, Mutant, Party, Reads, RoleName, Suite};
use crate::Quorums;

/// Multi-Paxos.
#[derive(Clone, Copy, Debug)]
pub enum MultiPaxos {}

/// The fields of `MultiPaxos(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// Number of servers.
    #[setting(range = 1..=99)]
    pub nodes: u32,
    /// The acceptors of the first slots; the other servers start outside the cluster, as learners.
    /// Set it whenever the scenario changes the members: then all servers are up after `calm`,
    /// otherwise only some majority.
    #[setting(none = "all servers")]
    pub members: Option<Vec<NodeId>>,
    /// How many members each phase needs. Quorums of different phases must intersect: prepare +
    /// accept is more than there are members (Howard, Malkhi, Spiegelman 2016).
    #[setting(default = Quorums::Majority)]
    pub quorums: Quorums,
    /// Whether members whose quorums do not intersect are refused; false is unsafe.
    #[setting(default = true)]
    pub quorums_intersect: bool,
    /// Who leads: the lowest member that the failure detector does not suspect, or everybody who is
    /// asked by a client, which may never end (Lamport 2001, 2.4).
    #[setting(default = Leader::Omega)]
    pub leader: Leader,
    /// Heartbeat interval of the leader and of the failure detector.
    #[setting(default = "100ms", positive)]
    pub heartbeat: Duration,
    /// Initial timeout of the detector for each server; more than the heartbeat interval.
    #[setting(default = "250ms", needs(leader = Leader::Omega))]
    pub timeout: Duration,
    /// Increase of a server's timeout after each wrong suspicion.
    #[setting(default = "100ms", needs(leader = Leader::Omega))]
    pub increase: Duration,
    /// How long a proposer that was outbid waits before it tries again.
    #[setting(default = "20ms..80ms", per_node)]
    pub backoff: Span,
    /// How long an answer may take before the question is sent again.
    #[setting(default = "100ms", positive, per_node)]
    pub retry: Duration,
    /// How many slots are under way at once; new members are members from so many slots later on
    /// (Lamport 2001, section 3).
    ///
    /// A slot is proposed in only when all but so many before it are executed.
    #[setting(default = 16, range = 1..=1_000)]
    pub alpha: u64,
    /// Maximum number of operations in one slot, for when the window is full.
    #[setting(default = 8, range = 1.., per_node)]
    pub batch: usize,
    /// How reads are served: in slots, or after a phase-2 quorum has confirmed the leader.
    #[setting(default = Reads::Log, per_node)]
    pub reads: Reads,
    /// Take a snapshot after this many executed slots; 0: never.
    #[setting(default = 0, per_node)]
    pub snapshot_every: u64,
    /// Number of slots before the snapshot that stay in the log, for slow replicas.
    #[setting(default = 0, needs(snapshot_every), per_node)]
    pub snapshot_keep: u64,
    /// Number of items per chunk of a snapshot.
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
        let wrong = |field, message: String| Err(SettingsError::new(field, message));
        // Before they become a set, which holds servers only.
        let mut given = self.members.iter().flatten();
        if let Some(unknown) = given.find(|member| member.number() >= self.nodes) {
            let (unknown, last) = (unknown.number(), self.nodes - 1);
            return wrong(
                "members",
                format!("there is no server {unknown}; servers are 0 to {last}"),
            );
        }
        let members = self.first_members();
        if members.is_empty() {
            return wrong("members", "at least one server must be an acceptor".to_owned());
        }
        if self.members.as_ref().is_some_and(|given| given.len() > members.len()) {
            let message = "a server is listed twice";
            return wrong("members", message.to_owned());
        }
        let count = u32::try_from(members.len()).expect("fewer than servers");
        let (prepare, accept) = (self.quorums.prepare(count), self.quorums.accept(count));
        let possible = 1..=count;
        if !possible.contains(&prepare) || !possible.contains(&accept) {
            return wrong("quorums", format!("each phase needs 1 to {count} of {count} members"));
        }
        if self.quorums_intersect && !self.quorums.are_safe(count) {
            let message = format!(
                "{prepare} and {accept} of {count} members need not intersect; give more than {count} \
                 together, or `quorums_intersect: false` to see what happens"
            );
            return wrong("quorums", message);
        }
        if self.leader == Leader::Omega && self.timeout <= self.heartbeat {
            let message = "must be longer than the heartbeat interval";
            return wrong("timeout", message.to_owned());
        }
        Ok(())
    }
}

impl Protocol for MultiPaxos {
    const NAME: &'static str = "MultiPaxos";
    const FAMILY: &'static str = "paxos";
    const SUMMARY: &'static str =
        "Replicates a log, each of whose slots is an instance of Paxos, by a stable leader.";
    const SOURCE: &'static str =
        "Lamport 2001, section 3; Lamport 1998; van Renesse and Altinbuken 2015";
    const MODEL: &'static str = "asynchronous for safety, partially synchronous for liveness; crash-recovery, fair-loss links";
    const ROLES: &'static [&'static str] = RoleName::ALL;
    const HEADLINE: Option<&'static str> = Some(RoleName::Leader.name());
    const RESTING: Option<&'static str> = Some(RoleName::Follower.name());
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
        let core = match settings.quorums {
            _ if settings.members.is_some() => Core::All,
            Quorums::Majority => Core::Majority,
            Quorums::Flexible { prepare, accept } => Core::AtLeast(prepare.max(accept)),
        };
        let client = ClientConfig::new(workload, settings.nodes, Routing::Single);
        let clients = client.clients();
        let server = Config::from(settings.clone());
        let config = Parties { servers: settings.nodes, server, client };
        Ok(Setup::new(config, core).with_others("client", clients))
    }

    fn check_images(
        images: &BTreeMap<NodeId, <Party as Node>::Stable>,
        config: &<Party as Node>::Config,
    ) -> Result<(), WrongImage> {
        check_images_of_servers(images, config, |disks| check_together(disks, &config.server))
    }

    fn may_ask(settings: &Settings, node: NodeId, request: &Admin) -> Result<(), String> {
        let last = settings.nodes - 1;
        if node.number() > last {
            return Err(format!("{node} is a client; only servers 0 to {last} take requests"));
        }
        if settings.members.is_none() {
            let message = "give `members` to `MultiPaxos`, even if all are: members that change are \
                           all up after `calm`, and not only a majority of the servers";
            return Err(message.to_owned());
        }
        let Admin::Reconfigure(members) = request;
        if members.is_empty() {
            return Err("at least one server must be an acceptor".to_owned());
        }
        if let Some(pair) = members.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("server {} is listed twice", pair[0].number()));
        }
        let unknown = members.iter().find(|member| member.number() > last);
        unknown.map_or(Ok(()), |unknown| {
            Err(format!("there is no server {}; servers are 0 to {last}", unknown.number()))
        })
    }
}
