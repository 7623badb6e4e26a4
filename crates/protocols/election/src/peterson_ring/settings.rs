//! What a scenario can set, and the protocol as the tools see it.

use sim_node::Node;
use sim_protocol::{Ask, Core, ImageExample, Protocol, SettingsError, Setup};

use super::{Algorithm, Process, Properties, Request, Ring};
use crate::ring;

/// Peterson's election on a ring.
#[derive(Clone, Copy, Debug)]
pub enum PetersonRing {}

/// The fields of `PetersonRing(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// The ring.
    #[setting(flatten)]
    pub ring: Ring,
    /// Basic: two messages per process and phase, and each phase at least halves the candidates
    /// (2 n log2 n messages); Improved: one message per process and step (1.44 n log2 n messages).
    #[setting(default = Algorithm::Basic)]
    pub algorithm: Algorithm,
    /// Whether messages carry sequence numbers, so that links need not be FIFO.
    #[setting(default = false)]
    pub numbered: bool,
}

impl Protocol for PetersonRing {
    const NAME: &'static str = "PetersonRing";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str =
        "Elects the highest identifier of a unidirectional ring with O(n log n) messages.";
    const SOURCE: &'static str =
        "Peterson 1982, TOPLAS 4(4); Dolev, Klawe, Rodeh 1982, J. Algorithms 3(3)";
    const MODEL: &'static str =
        "asynchronous, no failures, perfect FIFO links, distinct identifiers";
    const ROLES: &'static [&'static str] = ring::ROLES;
    const HEADLINE: Option<&'static str> = Some(sim_node::Role::LEADER);
    const RANK: Option<&'static str> = Some("identifier");
    const MARKS: &'static [&'static str] = &[ring::ELECTED];
    const REQUESTS: &'static [Ask] = Request::ASKS;
    const IMAGES: &'static [ImageExample] =
        &ring::identifier::images("PetersonRing(nodes: 4, order: Drawn)");

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = <Process as Node>::Request;
    type Properties = Properties;

    fn configure(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        settings.ring.validate()?;
        Ok(Setup::new(settings.clone(), Core::All))
    }
}
