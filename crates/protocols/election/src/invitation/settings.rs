//! What a scenario can set, and the protocol as the tools see it.

use sim_node::{Duration, Node, NodeId, Span};
use sim_protocol::{Ask, Core, ImageExample, Protocol, SettingsError, Setup};

use super::{Mark, Part, Process, Properties, Request};

/// The invitation algorithm.
#[derive(Clone, Copy, Debug)]
pub enum Invitation {}

/// The fields of `Invitation(...)` in a scenario.
///
/// What may take a day can be added up without an overflow.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// Number of processes; their priorities are their numbers.
    #[setting(range = 1..=256)]
    pub nodes: u32,
    /// How long a process waits for answers; must exceed the time of one disk sync and three
    /// messages after `calm`.
    ///
    /// Those are an invitation, its forwarding, and the acceptance: IV4 needs them in time.
    #[setting(default = "50ms", positive, range = ..="24h", per_node)]
    pub timeout: Duration,
    /// Time between two checks of a coordinator (AreYouCoordinator) or of a member (AreYouThere).
    #[setting(default = "200ms..300ms", positive, range = ..="24h", per_node)]
    pub period: Span,
    /// Extra wait before a coordinator merges others, per unit of difference between the highest of
    /// their numbers and its own.
    #[setting(default = "100ms", range = ..="24h", per_node)]
    pub priority_delay: Duration,
    /// Whether a group number is durable before any message carries it; without it, a process may
    /// use a number again after a crash.
    #[setting(default = true, per_node)]
    pub barrier: bool,
}

impl Settings {
    /// How long this process waits before it merges coordinators of which that one is the highest:
    /// not at all, if its own number is higher.
    #[must_use]
    pub fn delay(&self, own: NodeId, highest: NodeId) -> Duration {
        self.priority_delay * u64::from(highest.number().saturating_sub(own.number()))
    }

    /// How long who has accepted waits to be made ready: until the founder has waited for all
    /// answers, and its word has arrived.
    #[must_use]
    pub fn joining_time(&self) -> Duration {
        self.timeout * 2
    }
}

impl Protocol for Invitation {
    const NAME: &'static str = "Invitation";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str = "Elects a coordinator in each group, and merges groups.";
    const SOURCE: &'static str = "Garcia-Molina 1982, IEEE TC C-31(1)";
    const MODEL: &'static str =
        "asynchronous, crash-recovery with a stable counter, any omissions and partitions";
    const ROLES: &'static [&'static str] = Part::ALL;
    const HEADLINE: Option<&'static str> = Some(Part::Leader.name());
    const MARKS: &'static [&'static str] = Mark::ALL;
    const REQUESTS: &'static [Ask] = Request::ASKS;
    const IMAGES: &'static [ImageExample] = &[ImageExample {
        meaning: "the number of the last group that a process founded",
        protocol: "Invitation(nodes: 3)",
        images: "{0: (3), 2: (1)}",
    }];

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = <Process as Node>::Request;
    type Properties = Properties;

    fn configure(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        Ok(Setup::new(settings.clone(), Core::Live))
    }
}
