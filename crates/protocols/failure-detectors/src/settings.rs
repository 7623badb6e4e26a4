//! How the detectors appear in a scenario.

use sim_node::{Duration, Node};
use sim_protocol::{Core, Protocol, SettingsError, Setup};

use crate::{DetectorClaims, EventuallyPerfect, LeaderClaims, Mutant, Omega, OmegaConfig};

/// `EventuallyPerfect(nodes: 5, period: "100ms", timeout: "250ms", increase: "100ms")`; the same
/// for `Omega`.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// How many processes.
    #[setting(range = 2..=128)]
    pub nodes: u32,
    /// Timeouts of the detector.
    #[setting(flatten)]
    pub detector: Config,
}

/// Timeouts of the detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Config {
    /// Time between two heartbeats to every peer.
    #[setting(default = "100ms", positive, per_node)]
    pub period: Duration,
    /// Initial timeout for each peer.
    #[setting(default = "250ms", positive, per_node)]
    pub timeout: Duration,
    /// Increase of a peer's timeout after each wrong suspicion; "0s": it never grows.
    ///
    /// Zero breaks EPFD2 wherever the first timeout is too short.
    #[setting(default = "100ms", per_node)]
    pub increase: Duration,
    /// The mutant to run.
    #[setting(mutant, per_node)]
    pub mutant: Option<Mutant>,
}

impl Protocol for EventuallyPerfect {
    const NAME: &'static str = "EventuallyPerfect";
    const FAMILY: &'static str = "failure-detectors";
    const SUMMARY: &'static str =
        "The failure detector ◇P: heartbeats, and timeouts that grow with every mistake.";
    const SOURCE: &'static str = "Chandra and Toueg 1996, section 9.1 and figure 10";
    const MODEL: &'static str = "partially synchronous, crash-stop or crash-recovery";

    type Settings = Settings;
    type Workload = ();
    type Node = Self;
    type Request = <Self as Node>::Request;
    type Properties = DetectorClaims;

    fn configure(settings: &Settings, _: Option<&()>) -> Result<Setup<Self>, SettingsError> {
        Ok(Setup::new(settings.detector, Core::Live))
    }
}

impl Protocol for Omega {
    const NAME: &'static str = "Omega";
    const FAMILY: &'static str = "failure-detectors";
    const SUMMARY: &'static str =
        "The eventual leader Ω: trusts the lowest process that the ◇P inside it does not suspect.";
    const SOURCE: &'static str =
        "Chandra, Hadzilacos, Toueg 1996; Cachin, Guerraoui, Rodrigues 2011, algorithm 2.8";
    const MODEL: &'static str = "partially synchronous, crash-stop or crash-recovery";
    const ROLES: &'static [&'static str] = &[sim_node::Role::LEADER];
    const HEADLINE: Option<&'static str> = Some(sim_node::Role::LEADER);

    type Settings = Settings;
    type Workload = ();
    type Node = Self;
    type Request = <Self as Node>::Request;
    type Properties = LeaderClaims;

    fn configure(settings: &Settings, _: Option<&()>) -> Result<Setup<Self>, SettingsError> {
        Ok(Setup::new(OmegaConfig { detector: settings.detector }, Core::Live))
    }
}
