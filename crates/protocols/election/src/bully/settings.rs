//! What a scenario can set, and the protocol as the tools see it.

use serde::Deserialize;
use sim_node::{Duration, Node};
use sim_protocol::{Ask, Core, Field, MUTANT, Mutant as _, Protocol, SettingsError, Setup};

use super::{Config, Elections, Mutant, Process, Properties};

/// The Bully algorithm.
#[derive(Clone, Copy, Debug)]
pub enum Bully {}

/// The fields of `Bully(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many processes.
    pub nodes: u32,
    /// The longest that a message may take, as promised.
    #[serde(default = "bound")]
    pub bound: Duration,
    /// What each wait adds to the time that it waits for.
    #[serde(default = "slack")]
    pub slack: Duration,
    /// From the reply to a ping to the next ping.
    #[serde(default = "period")]
    pub period: Duration,
    /// When elections begin.
    #[serde(default)]
    pub elections: Elections,
    /// Whether a process that is known to be dead is asked all the same.
    #[serde(default = "yes")]
    pub address_known_dead: bool,
    /// The bug to have, by its code; only built with the feature `mutants`.
    #[serde(default)]
    pub mutant: Option<String>,
}

fn bound() -> Duration {
    Duration::from_millis(10)
}

fn slack() -> Duration {
    Duration::from_millis(1)
}

fn period() -> Duration {
    Duration::from_millis(100)
}

fn yes() -> bool {
    true
}

impl Settings {
    /// The longest that a duration may be set to. So much can be added up without an overflow.
    pub const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);
}

impl Bully {
    /// The role of a process that takes part in an election and is no coordinator.
    pub const CANDIDATE: &'static str = "candidate";
    /// The mark of a process that becomes the coordinator.
    pub const ELECTED: &'static str = "elected";
    /// The mark of a process whose coordinator did not reply.
    pub const SUSPECTED: &'static str = "suspected";
}

impl Protocol for Bully {
    const NAME: &'static str = "Bully";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str = "Elects the highest live process, again after each crash.";
    const SOURCE: &'static str =
        "Garcia-Molina 1982, IEEE TC C-31(1); Coulouris et al., Distributed Systems, 15.3";
    const MODEL: &'static str = "synchronous, crash-recovery, perfect links in any order";
    const ROLES: &'static [&'static str] = &[sim_node::Role::LEADER, Self::CANDIDATE];
    const MARKS: &'static [&'static str] = &[Self::ELECTED, Self::SUSPECTED];
    const REQUESTS: &'static [Ask] = &[
        Ask::new("Elect", "begin an election, unless this process takes part in one already"),
        Ask::new("Suspect(4)", "take this process for dead until it is heard of"),
    ];
    const SERVERS_MIN: u32 = 1;
    const SERVERS_MAX: u32 = 1_000;
    const FIELDS: &'static [Field] = &[
        Field {
            name: "nodes",
            kind: "number",
            default: None,
            meaning: "how many processes, 1 to 1,000; their identifiers are their numbers",
        },
        Field {
            name: "bound",
            kind: "duration",
            default: Some("\"10ms\""),
            meaning: "the longest that a message may take, as promised; all waits derive from it",
        },
        Field {
            name: "slack",
            kind: "duration",
            default: Some("\"1ms\""),
            meaning: "what each wait adds to the time that it waits for; more than nothing",
        },
        Field {
            name: "period",
            kind: "duration",
            default: Some("\"100ms\""),
            meaning: "from the coordinator's reply to a ping to the next ping; more than nothing",
        },
        Field {
            name: "elections",
            kind: "OnSuspicion or OnRequest",
            default: Some("OnSuspicion"),
            meaning: "whether elections begin at starts and when the detector suspects, or only when \
                      a process is asked to `Elect`, without a detector",
        },
        Field {
            name: "address_known_dead",
            kind: "true or false",
            default: Some("true"),
            meaning: "whether a process that is known to be dead (`Suspect`) is asked all the same; \
                      false needs `elections: OnRequest`",
        },
        MUTANT,
    ];

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = <Process as Node>::Request;
    type Properties = Properties;

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn setup(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        let positive = [("slack", settings.slack), ("period", settings.period)];
        if let Some((field, _)) = positive.into_iter().find(|(_, duration)| duration.is_zero()) {
            return Err(SettingsError::new(field, "it must be more than nothing"));
        }
        let durations =
            [("bound", settings.bound), ("slack", settings.slack), ("period", settings.period)];
        let too_long = durations.into_iter().find(|(_, duration)| *duration > Settings::LONGEST);
        if let Some((field, duration)) = too_long {
            let message = format!("{duration} is longer than a year; give less");
            return Err(SettingsError::new(field, message));
        }
        // A process recovers without a word to those below it, which would pass it over for ever.
        if !settings.address_known_dead && settings.elections == Elections::OnSuspicion {
            let message = "only with `elections: OnRequest`: otherwise a process that has recovered \
                           would be passed over by those that knew it dead";
            return Err(SettingsError::new("address_known_dead", message));
        }
        let config = Config {
            bound: settings.bound,
            slack: settings.slack,
            period: settings.period,
            elections: settings.elections,
            address_known_dead: settings.address_known_dead,
            mutant: Mutant::of_setting(settings.mutant.as_deref(), cfg!(feature = "mutants"))?,
        };
        Ok(Setup { config, others: 0, core: Core::Live })
    }
}
