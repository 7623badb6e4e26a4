//! What a scenario can set, and the protocol as the tools see it.

use std::collections::BTreeMap;

use service::{ClientConfig, KeyValue, Routing, check_images};
use sim_node::{Duration, Never, NodeId, Ratio, Share};
use sim_protocol::{Core, ImageExample, Protocol, SettingsError, Setup, WrongImage};

use crate::image::{IMAGES, check_members};
use crate::{Mark, Mutant, Party, PartyConfig, PartyStable, Reads, RoleName, Suite};

/// Primary-backup replication.
#[derive(Clone, Copy, Debug)]
pub enum PrimaryBackup {}

/// The fields of `PrimaryBackup(...)` in a scenario.
///
/// With less than 100us between two pings, or before something is sent again, a run would be made
/// of nothing else.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// Number of replicas; the view service is the node after them. Replica 0 is the first primary.
    #[setting(range = 1..=99)]
    pub nodes: u32,
    /// How many backups a view has, if enough replicas are up; the others are idle and are
    /// recruited when one is missing.
    #[setting(none = "all others")]
    pub backups: Option<u32>,
    /// Time between two pings of a replica to the view service.
    #[setting(default = "30ms", range = "100us"..="24h", per_node)]
    pub ping: Duration,
    /// How long the view service receives nothing from a replica before it suspects it; longer than
    /// `ping`.
    #[setting(default = "150ms", positive, range = ..="24h")]
    pub timeout: Duration,
    /// Time until an unanswered message is sent again.
    #[setting(default = "40ms", range = "100us"..="24h")]
    pub retry: Duration,
    /// How long the primary waits for a backup that the view service still receives pings from,
    /// before it drops that backup; longer than `retry`. Without it, updates wait for the backup.
    #[setting(none = "none", positive, range = ..="24h", per_node)]
    pub drop_after: Option<Duration>,
    /// How a primary reads: alone, which assumes that who is suspected has crashed; after its
    /// backups have confirmed its epoch; or alone while it has a lease of the view service.
    #[setting(default = Reads::Forward)]
    pub reads: Reads,
    /// How long after the last message from the primary the view service waits before
    /// it names another primary.
    #[setting(default = "200ms", positive, range = ..="24h", needs(reads = Reads::Lease))]
    pub lease: Duration,
    /// Bound on the relative clock drift; the primary's lease is shortened by it.
    #[setting(default = "1%", range = .."100%", needs(reads = Reads::Lease), per_node)]
    pub lease_drift: Ratio,
    /// Number of items of the state per message to a recruit.
    #[setting(default = 64, range = 1.., per_node)]
    pub chunk: usize,
    /// Maximum number of updates in one message, where several are missing.
    #[setting(default = 64, range = 1.., per_node)]
    pub batch: usize,
    /// Whether replicas keep their state on disks; without, a replica that crashes has lost it, and
    /// one of each view must not crash. The view service always has one.
    #[setting(default = true)]
    pub disks: bool,
    /// Relies on messages that take at most so long, and on nothing but crashes: then there is one
    /// primary at a time (PB5). The scenario must assume it in its `model`, and the timeout must be
    /// long enough for it.
    #[setting(none = "none")]
    pub bound: Option<Duration>,
    /// The mutant to run.
    #[setting(mutant)]
    pub mutant: Option<Mutant>,
}

impl Settings {
    fn validate(&self) -> Result<(), SettingsError> {
        let wrong = |field, message: &str| Err(SettingsError::new(field, message));
        if self.backups() > self.nodes - 1 {
            return wrong("backups", "there are fewer replicas than this; one is the primary");
        }
        if self.ping >= self.timeout {
            let message =
                "must be less than the timeout, or the view service suspects a healthy replica";
            return wrong("ping", message);
        }
        if self.bound.is_some_and(|bound| self.ping.saturating_add(bound) >= self.timeout) {
            let message = "a ping may come this much later than the one before it; give less than \
                           the timeout without the time between two pings";
            return wrong("bound", message);
        }
        if self.drop_after.is_some_and(|drop_after| drop_after <= self.retry) {
            let message = "who is sent the same again has not had the time to answer; give more \
                           than `retry`";
            return wrong("drop_after", message);
        }
        Ok(())
    }
}

impl Protocol for PrimaryBackup {
    const NAME: &'static str = "PrimaryBackup";
    const FAMILY: &'static str = "primary-backup";
    const SUMMARY: &'static str =
        "One replica serves and all others hold copies; a view service replaces who is suspected.";
    const SOURCE: &'static str = "Alsberg and Day 1976; Budhiraja, Marzullo, Schneider and Toueg \
                                  1993; van Renesse and Schneider 2004, section 4; MIT 6.824, lab 2";
    const MODEL: &'static str = "asynchronous for safety (Local reads: fail-stop), partially \
                                 synchronous for liveness; crash-recovery with disks, fair-loss links";
    const ROLES: &'static [&'static str] = RoleName::ALL;
    const HEADLINE: Option<&'static str> = Some(RoleName::Leader.name());
    const RESTING: Option<&'static str> = Some(RoleName::Backup.name());
    const RANK: Option<&'static str> = Some("epoch");
    const MARKS: &'static [&'static str] = Mark::ALL;
    const IMAGES: &'static [ImageExample] = IMAGES;

    type Settings = Settings;
    type Workload = KeyValue;
    type Node = Party;
    type Request = Never;
    type Properties = Suite;

    fn configure(
        settings: &Settings,
        workload: Option<&KeyValue>,
    ) -> Result<Setup<Party>, SettingsError> {
        settings.validate()?;
        let config = settings.clone();
        let first = settings.nodes + 1;
        let client = ClientConfig::new(workload, first, Routing::Single);
        let config = PartyConfig {
            replica: Share { count: settings.nodes, config: config.clone() },
            view_service: Share { count: 1, config },
            client: Share { count: client.clients(), config: client },
        };
        // A crashed replica may hold what no other has, and any that is up may be the primary.
        let clients = config.client.count;
        let setup = Setup::new(config, Core::All);
        Ok(setup.with_others("view service", 1).with_others("client", clients))
    }

    fn check_images(
        images: &BTreeMap<NodeId, PartyStable>,
        config: &PartyConfig,
    ) -> Result<(), WrongImage> {
        check_members(images, &config.view_service.config)?;
        let first = config.client.config.first;
        check_images(images, first..first + config.client.count)
    }

    fn relies_on(settings: &Settings) -> Option<(&'static str, Duration)> {
        settings.bound.map(|bound| ("bound", bound))
    }
}
