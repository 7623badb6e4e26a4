//! What a scenario can set, and the protocol as the tools see it.

use sim_node::Node;
use sim_protocol::{Ask, Core, Protocol, SettingsError, Setup};

use super::{Initiators, Process, Properties, Request};
use crate::ring;

/// Itai and Rodeh's election on an anonymous ring.
#[derive(Clone, Copy, Debug)]
pub enum ItaiRodeh {}

/// The fields of `ItaiRodeh(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// Number of processes in the ring.
    #[setting(range = 2..=10_000)]
    pub nodes: u32,
    /// The ring size that the processes assume; safe and live only if it is the true size.
    #[setting(none = "nodes", range = 1..)]
    pub size: Option<u32>,
    /// Identities are chosen at random from 1 to this number; with 1 they are all equal.
    #[setting(none = "nodes", range = 1..)]
    pub identities: Option<u32>,
    /// Whether messages carry their round number; without it, links must be FIFO.
    #[setting(default = true)]
    pub rounds: bool,
    /// Which processes start an election at their start; the others start one on the request
    /// `Elect`.
    #[setting(default = Initiators::All)]
    pub initiators: Initiators,
    /// Whether the leader announces itself around the ring.
    #[setting(default = true)]
    pub announce: bool,
}

impl Settings {
    /// The ring size that the processes assume.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.size.unwrap_or(self.nodes)
    }

    /// Identities are chosen from 1 to this number.
    #[must_use]
    pub fn identities(&self) -> u32 {
        self.identities.unwrap_or(self.nodes)
    }
}

impl Protocol for ItaiRodeh {
    const NAME: &'static str = "ItaiRodeh";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str =
        "Elects a process of an anonymous unidirectional ring, by chance.";
    const SOURCE: &'static str = "Itai, Rodeh 1981, FOCS; 1990, Information and Computation 88(1)";
    const MODEL: &'static str =
        "asynchronous, no failures, perfect links, not FIFO, anonymous, size known";
    const ROLES: &'static [&'static str] = ring::ROLES;
    const HEADLINE: Option<&'static str> = Some(sim_node::Role::LEADER);
    const MARKS: &'static [&'static str] = &[ring::ELECTED];
    const REQUESTS: &'static [Ask] = Request::ASKS;

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = <Process as Node>::Request;
    type Properties = Properties;

    fn configure(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        settings.initiators.validate(settings.nodes)?;
        Ok(Setup::new(settings.clone(), Core::All))
    }
}
