//! What a scenario can set, and the protocol as the tools see it.

use sim_node::Node;
use sim_protocol::{Ask, Core, ImageExample, Protocol, SettingsError, Setup};

use super::{Mutant, Process, Properties, Request, Ring};
use crate::ring;

/// Chang and Roberts' election on a ring.
#[derive(Clone, Copy, Debug)]
pub enum ChangRoberts {}

/// The fields of `ChangRoberts(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// The ring.
    #[setting(flatten)]
    pub ring: Ring,
    /// The mutant to run.
    #[setting(mutant)]
    pub mutant: Option<Mutant>,
}

impl Protocol for ChangRoberts {
    const NAME: &'static str = "ChangRoberts";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str = "Elects the highest identifier of a unidirectional ring.";
    const SOURCE: &'static str =
        "Chang, Roberts 1979, CACM 22(5); Coulouris et al., Distributed Systems, 15.3";
    const MODEL: &'static str =
        "asynchronous, no failures, perfect links, not FIFO, distinct identifiers";
    const ROLES: &'static [&'static str] = ring::ROLES;
    const HEADLINE: Option<&'static str> = Some(sim_node::Role::LEADER);
    const RANK: Option<&'static str> = Some("identifier");
    const MARKS: &'static [&'static str] = &[ring::ELECTED];
    const REQUESTS: &'static [Ask] = Request::ASKS;
    const IMAGES: &'static [ImageExample] =
        &ring::identifier::images("ChangRoberts(nodes: 4, order: Drawn)");

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
