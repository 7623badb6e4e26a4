//! What a scenario can set, and the protocols as the tools see them.

use std::collections::BTreeMap;

use service::{ClientConfig, KeyValue, Routing, check_images};
use sim_node::{Duration, Never, NodeId, Ratio, Share};
use sim_protocol::{Core, ImageExample, Protocol, SettingsError, Setup, WrongImage};

use crate::image::{IMAGES, IMAGES_OF_CRAQ, check_chain};
use crate::{
    Config, Consistency, CraqSuite, Mark, Mutant, Party, PartyConfig, PartyStable, Reads, RoleName,
    Suite,
};

/// Chain replication.
#[derive(Clone, Copy, Debug)]
pub enum ChainReplication {}

/// Chain replication with apportioned queries.
#[derive(Clone, Copy, Debug)]
pub enum Craq {}

/// The fields of `ChainReplication(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// Number of replicas; the master is the node after the last of them.
    #[setting(range = 1..=99)]
    pub nodes: u32,
    /// How long the chain is to be; the other replicas are spares.
    #[setting(none = "all replicas", range = 1..)]
    pub length: Option<u32>,
    /// Time between two heartbeats of a replica to the master; less than the timeout.
    #[setting(default = "50ms", positive, per_node)]
    pub heartbeat: Duration,
    /// How long the master receives nothing from a replica before it suspects it.
    #[setting(default = "200ms")]
    pub timeout: Duration,
    /// How long after a heartbeat that the master received a replica may answer reads; the master
    /// waits this long before it removes the replica. Less the drift, longer than the heartbeat
    /// interval. Without it: for ever, which is safe only if the master never suspects wrongly
    /// (fail-stop).
    #[setting(none = "none")]
    pub lease: Option<Duration>,
    /// Bound on the relative clock drift; leases are shortened by it.
    #[setting(default = "1%", range = .."100%", needs(lease), per_node)]
    pub lease_drift: Ratio,
    /// Whether a history survives a crash, so that a replica takes its place again. If not, a
    /// replica that returns begins anew, and liveness is due among those that are up at `calm`.
    #[setting(default = false)]
    pub disks: bool,
    /// Time until an unacknowledged message is sent again.
    #[setting(default = "100ms", positive, per_node)]
    pub retry: Duration,
    /// Number of items of the store per message of a history.
    #[setting(default = 64, range = 1.., per_node)]
    pub chunk: usize,
    /// The mutant to run.
    #[setting(mutant)]
    pub mutant: Option<Mutant>,
}

/// The fields of `Craq(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct CraqSettings {
    /// What a read may return (section 2.2): the last committed version, the newest one, or the
    /// newest one as long as at most n versions of the key are not committed.
    #[setting(kind = "Strong, Eventual or Bounded(n)", default = Consistency::Strong)]
    pub reads: Consistency,
    /// The chain.
    #[setting(flatten)]
    pub chain: Settings,
}

impl Settings {
    fn setup(
        &self,
        reads: Reads,
        workload: Option<&KeyValue>,
    ) -> Result<Setup<Party>, SettingsError> {
        self.validate()?;
        let first = self.nodes + 1;
        let client = ClientConfig::new(workload, first, Routing::Split);
        let clients = first..first + client.clients();
        let config = Config { settings: self.clone(), clients, reads };
        let core = if self.disks { Core::All } else { Core::Live };
        let config = PartyConfig {
            replica: Share { count: self.nodes, config: config.clone() },
            master: Share { count: 1, config },
            client: Share { count: client.clients(), config: client },
        };
        let clients = config.client.count;
        Ok(Setup::new(config, core).with_others("master", 1).with_others("client", clients))
    }

    fn validate(&self) -> Result<(), SettingsError> {
        let wrong = |field, message: &str| Err(SettingsError::new(field, message));
        if self.length() > self.nodes {
            return wrong("length", "the chain has at least 1 replica, and at most all");
        }
        if self.timeout <= self.heartbeat {
            return wrong("timeout", "it must be longer than the heartbeat");
        }
        if self.lease.is_some_and(|lease| self.trusted(lease) <= self.heartbeat) {
            return wrong("lease", "less the drift, it must be longer than the heartbeat");
        }
        Ok(())
    }
}

const MODEL: &str = "fail-stop, a master that never fails; with leases asynchronous for safety, \
                     with disks crash-recovery; fair-loss links";

/// What the two protocols have in common.
macro_rules! common {
    ($settings:ident) => {
        const FAMILY: &'static str = "chain-replication";
        const MODEL: &'static str = MODEL;
        const ROLES: &'static [&'static str] = RoleName::ALL;
        const HEADLINE: Option<&'static str> = Some(RoleName::Head.name());
        const RANK: Option<&'static str> = Some("epoch");
        const MARKS: &'static [&'static str] = Mark::ALL;

        type Settings = $settings;
        type Workload = KeyValue;
        type Node = Party;
        // Nobody is asked for anything but by the clients.
        type Request = Never;

        fn check_images(
            images: &BTreeMap<NodeId, PartyStable>,
            config: &PartyConfig,
        ) -> Result<(), WrongImage> {
            let config = &config.replica.config;
            check_chain(images, config)?;
            check_images(images, config.clients.clone())
        }
    };
}

impl Protocol for ChainReplication {
    const NAME: &'static str = "ChainReplication";
    const SUMMARY: &'static str =
        "Passes updates from head to tail; the tail answers, and reads are served there.";
    const SOURCE: &'static str = "van Renesse and Schneider 2004";
    const IMAGES: &'static [ImageExample] = IMAGES;
    common!(Settings);
    type Properties = Suite;

    fn configure(
        settings: &Settings,
        workload: Option<&KeyValue>,
    ) -> Result<Setup<Party>, SettingsError> {
        settings.setup(Reads::Tail, workload)
    }
}

impl Protocol for Craq {
    const NAME: &'static str = "Craq";
    const SUMMARY: &'static str = "A chain in which every replica answers reads: clean versions \
                                   at once, dirty ones with the tail.";
    const SOURCE: &'static str = "Terrace and Freedman 2009";
    const IMAGES: &'static [ImageExample] = IMAGES_OF_CRAQ;
    common!(CraqSettings);
    type Properties = CraqSuite;

    fn configure(
        settings: &CraqSettings,
        workload: Option<&KeyValue>,
    ) -> Result<Setup<Party>, SettingsError> {
        settings.chain.setup(Reads::Any(settings.reads), workload)
    }
}
