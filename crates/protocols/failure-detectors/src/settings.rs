//! How the detectors appear in a scenario.

use serde::Deserialize;
use sim_node::{Duration, Node};
use sim_protocol::{Core, Field, MUTANT, Mutant as _, Protocol, SettingsError, Setup};

use crate::{Config, DetectorClaims, EventuallyPerfect, LeaderClaims, Mutant, Omega, OmegaConfig};

/// `EventuallyPerfect(nodes: 5, period: "100ms", timeout: "250ms", increase: "100ms")`; the same
/// for `Omega`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many processes watch each other.
    pub nodes: u32,
    /// See [`Config::period`].
    #[serde(default = "period")]
    pub period: Duration,
    /// See [`Config::timeout`].
    #[serde(default = "timeout")]
    pub timeout: Duration,
    /// See [`Config::increase`].
    #[serde(default = "increase")]
    pub increase: Duration,
    /// The bug to have, by its code; only built with the feature `mutants`.
    #[serde(default)]
    pub mutant: Option<String>,
}

fn period() -> Duration {
    Duration::from_millis(100)
}

fn timeout() -> Duration {
    Duration::from_millis(250)
}

fn increase() -> Duration {
    Duration::from_millis(100)
}

const FIELDS: &[Field] = &[
    Field { name: "nodes", kind: "number", default: None, meaning: "how many processes, 2 to 128" },
    Field {
        name: "period",
        kind: "duration",
        default: Some("\"100ms\""),
        meaning: "a heartbeat goes to every peer this often; more than zero",
    },
    Field {
        name: "timeout",
        kind: "duration",
        default: Some("\"250ms\""),
        meaning: "a peer may be silent for so long at first; more than zero",
    },
    Field {
        name: "increase",
        kind: "duration",
        default: Some("\"100ms\""),
        meaning: "a peer's timeout grows by so much with every mistake about it; \"0s\" never learns",
    },
    MUTANT,
];

impl Settings {
    fn config(&self) -> Result<Config, SettingsError> {
        if self.period.is_zero() {
            return Err(SettingsError::new("period", "the period must be more than zero"));
        }
        if self.timeout.is_zero() {
            return Err(SettingsError::new("timeout", "the timeout must be more than zero"));
        }
        let (period, timeout, increase) = (self.period, self.timeout, self.increase);
        Ok(Config {
            period,
            timeout,
            increase,
            mutant: Mutant::of_setting(self.mutant.as_deref(), cfg!(feature = "mutants"))?,
        })
    }
}

impl Protocol for EventuallyPerfect {
    const NAME: &'static str = "EventuallyPerfect";
    const FAMILY: &'static str = "failure-detectors";
    const SUMMARY: &'static str =
        "The failure detector ◇P: heartbeats, and timeouts that grow with every mistake.";
    const SOURCE: &'static str = "Chandra and Toueg 1996, section 9.1 and figure 10";
    const MODEL: &'static str = "partially synchronous, crash-stop or crash-recovery";
    const SERVERS_MIN: u32 = 2;
    const SERVERS_MAX: u32 = 128;
    const FIELDS: &'static [Field] = FIELDS;

    type Settings = Settings;
    type Workload = ();
    type Node = Self;
    type Request = <Self as Node>::Request;
    type Properties = DetectorClaims;

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn setup(settings: &Settings, _: Option<&()>) -> Result<Setup<Self>, SettingsError> {
        Ok(Setup { config: settings.config()?, others: 0, core: Core::Live })
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
    const SERVERS_MIN: u32 = 2;
    const SERVERS_MAX: u32 = 128;
    const FIELDS: &'static [Field] = FIELDS;

    type Settings = Settings;
    type Workload = ();
    type Node = Self;
    type Request = <Self as Node>::Request;
    type Properties = LeaderClaims;

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn setup(settings: &Settings, _: Option<&()>) -> Result<Setup<Self>, SettingsError> {
        let config = OmegaConfig { detector: settings.config()? };
        Ok(Setup { config, others: 0, core: Core::Live })
    }
}
