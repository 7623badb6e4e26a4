//! What a scenario can set, and the protocol as the tools see it.

use service::{ClientConfig, KeyValue, Routing};
use sim_node::{Duration, NodeId, Parties, Span};
use sim_protocol::{Ask, Core, Protocol, SettingsError, Setup};

use super::{Admin, Config, Leader, Mark, Mutant, Party, Reads, RoleName, Suite};
use crate::Quorums;

/// Multi-Paxos.
#[derive(Clone, Copy, Debug)]
pub enum MultiPaxos {}

/// The fields of `MultiPaxos(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// How many servers.
    #[setting(range = 1..=99)]
    pub nodes: u32,
    /// The acceptors of the first slots. The other servers learn, and wait to become members. Give
    /// it when the members change: then the calm brings back all servers.
    #[setting(none = "all servers")]
    pub members: Option<Vec<NodeId>>,
    /// How many members each phase needs. Those of different phases must meet: prepare + accept is
    /// more than there are members (Howard, Malkhi, Spiegelman 2016).
    #[setting(default = Quorums::Majority)]
    pub quorums: Quorums,
    /// Whether members whose quorums do not meet are refused; without it nothing is safe.
    #[setting(default = true)]
    pub quorums_meet: bool,
    /// Who leads: the lowest member that the failure detector does not suspect, or everybody who is
    /// asked by a client, which may never end (Lamport 2001, 2.4).
    #[setting(default = Leader::Omega)]
    pub leader: Leader,
    /// How often a leader tells what is chosen, and a detector that it is alive.
    #[setting(default = "100ms", positive)]
    pub heartbeat: Duration,
    /// How long a server may be silent at first before the detector suspects it; more than the
    /// heartbeat.
    #[setting(default = "250ms")]
    pub timeout: Duration,
    /// A server's timeout grows by so much with every mistake about it.
    #[setting(default = "100ms")]
    pub increase: Duration,
    /// How long a proposer that was outbid waits before it tries again.
    #[setting(default = "20ms..80ms")]
    pub backoff: Span,
    /// How long an answer may take before the question is sent again.
    #[setting(default = "100ms", positive)]
    pub retry: Duration,
    /// How many slots are under way at once; new members are members from so many slots later on
    /// (Lamport 2001, section 3).
    ///
    /// A slot is proposed in only when all but so many before it are executed.
    #[setting(default = 16, range = 1..=1_000)]
    pub alpha: u64,
    /// The most operations in one slot, for when the window is full.
    #[setting(default = 8, range = 1..)]
    pub batch: usize,
    /// How reads are served: in slots, or after a phase-2 quorum has confirmed the leader.
    #[setting(default = Reads::Log)]
    pub reads: Reads,
    /// How many executed slots a snapshot is taken after; 0: never.
    #[setting(default = 0)]
    pub snapshot_every: u64,
    /// How many executed slots stay in the log behind a snapshot, for slow replicas.
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
        let wrong = |field, message: String| Err(SettingsError::new(field, message));
        let members = self.first_members();
        if members.is_empty() {
            return wrong("members", "somebody must accept".to_owned());
        }
        if let Some(stranger) = members.iter().find(|member| member.number() >= self.nodes) {
            let (stranger, last) = (stranger.number(), self.nodes - 1);
            return wrong(
                "members",
                format!("there is no server {stranger}; they are 0 to {last}"),
            );
        }
        if self.members.as_ref().is_some_and(|given| given.len() > members.len()) {
            let message = "a server is named twice, and has one vote";
            return wrong("members", message.to_owned());
        }
        let count = u32::try_from(members.len()).expect("fewer than servers");
        let (prepare, accept) = (self.quorums.prepare(count), self.quorums.accept(count));
        let possible = 1..=count;
        if !possible.contains(&prepare) || !possible.contains(&accept) {
            return wrong("quorums", format!("each phase needs 1 to {count} of {count} members"));
        }
        if self.quorums_meet && !self.quorums.are_safe(count) {
            let message = format!(
                "{prepare} and {accept} of {count} members need not meet; give more than {count} \
                 together, or `quorums_meet: false` to see what happens"
            );
            return wrong("quorums", message);
        }
        if self.timeout <= self.heartbeat {
            let message = "a server is heard once a heartbeat; give more than that";
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
        let core = match settings.quorums {
            _ if settings.members.is_some() => Core::All,
            Quorums::Majority => Core::Majority,
            Quorums::Flexible { prepare, accept } => Core::AtLeast(prepare.max(accept)),
        };
        let client = ClientConfig::new(workload, settings.nodes, Routing::Single);
        let others = client.clients();
        let server = Config::from(settings.clone());
        let config = Parties { servers: settings.nodes, server, client };
        Ok(Setup::new(config, core).with_others(others))
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
        if let Some(pair) = members.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("server {} is named twice, and has one vote", pair[0].number()));
        }
        let stranger = members.iter().find(|member| member.number() > last);
        stranger.map_or(Ok(()), |stranger| {
            Err(format!("there is no server {}; they are 0 to {last}", stranger.number()))
        })
    }
}
