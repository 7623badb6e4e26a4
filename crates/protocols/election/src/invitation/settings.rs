//! What a scenario can set, and the protocol as the tools see it.

use serde::Deserialize;
use sim_node::{Duration, Node, Span};
use sim_protocol::{Ask, Core, Field, Protocol, SettingsError, Setup};

use super::{Config, Process, Properties};

/// The invitation algorithm.
#[derive(Clone, Copy, Debug)]
pub enum Invitation {}

/// The fields of `Invitation(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many processes.
    pub nodes: u32,
    /// How long answers are waited for.
    #[serde(default = "timeout")]
    pub timeout: Duration,
    /// From a check or a question to the next one.
    #[serde(default = "period")]
    pub period: Span,
    /// How much longer a coordinator waits for each number by which another is above its own.
    #[serde(default = "priority_delay")]
    pub priority_delay: Duration,
    /// Whether the number of a group is durable before anybody hears of it.
    #[serde(default = "yes")]
    pub barrier: bool,
}

fn timeout() -> Duration {
    Duration::from_millis(50)
}

fn period() -> Span {
    Span::between(Duration::from_millis(200), Duration::from_millis(300))
}

fn priority_delay() -> Duration {
    Duration::from_millis(100)
}

fn yes() -> bool {
    true
}

impl Settings {
    /// The longest that a duration may be set to. So much can be added up without an overflow.
    pub const LONGEST: Duration = Duration::from_secs(24 * 3_600);
}

impl Invitation {
    /// The role of a process that has invited others.
    pub const CANDIDATE: &'static str = "candidate";
    /// The mark of a process that invites others.
    pub const MERGING: &'static str = "merging";
    /// The mark of a process whose new group is ready.
    pub const MERGED: &'static str = "merged";
    /// The mark of a process that has lost its coordinator.
    pub const RECOVERED: &'static str = "recovered";
}

impl Protocol for Invitation {
    const NAME: &'static str = "Invitation";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str = "Elects a coordinator in each group, and merges groups.";
    const SOURCE: &'static str = "Garcia-Molina 1982, IEEE TC C-31(1)";
    const MODEL: &'static str =
        "asynchronous, crash-recovery with a stable counter, any omissions and partitions";
    const ROLES: &'static [&'static str] = &[sim_node::Role::LEADER, Self::CANDIDATE];
    const MARKS: &'static [&'static str] = &[Self::MERGING, Self::MERGED, Self::RECOVERED];
    const REQUESTS: &'static [Ask] = &[Ask::new("Check", "look for other coordinators now")];
    const SERVERS_MIN: u32 = 1;
    const SERVERS_MAX: u32 = 256;
    const FIELDS: &'static [Field] = &[
        Field {
            name: "nodes",
            kind: "number",
            default: None,
            meaning: "how many processes, 1 to 256; their priorities are their numbers",
        },
        Field {
            name: "timeout",
            kind: "duration",
            default: Some("\"50ms\""),
            meaning: "how long answers are waited for; more than a sync and three messages take in \
                      the calm",
        },
        Field {
            name: "period",
            kind: "span",
            default: Some("\"200ms..300ms\""),
            meaning: "from a coordinator's check, and a member's question, to the next; more than \
                      nothing",
        },
        Field {
            name: "priority_delay",
            kind: "duration",
            default: Some("\"100ms\""),
            meaning: "how much longer a coordinator waits before it merges others, for each number \
                      by which the highest of them is above its own",
        },
        Field {
            name: "barrier",
            kind: "true or false",
            default: Some("true"),
            meaning: "whether the number of a group is durable before anybody hears of it; without \
                      it a crash lets a process use a number again",
        },
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
        let (period, timeout) = (settings.period, settings.timeout);
        let positive = [("timeout", timeout), ("period", period.shortest())];
        if let Some((field, _)) = positive.into_iter().find(|(_, duration)| duration.is_zero()) {
            return Err(SettingsError::new(field, "it must be more than nothing"));
        }
        let durations = [
            ("timeout", timeout),
            ("period", period.longest()),
            ("priority_delay", settings.priority_delay),
        ];
        let too_long = durations.into_iter().find(|(_, duration)| *duration > Settings::LONGEST);
        if let Some((field, duration)) = too_long {
            let message = format!("{duration} is longer than a day; give less");
            return Err(SettingsError::new(field, message));
        }
        let config = Config {
            timeout,
            period,
            priority_delay: settings.priority_delay,
            barrier: settings.barrier,
        };
        Ok(Setup { config, others: 0, core: Core::Live })
    }
}
