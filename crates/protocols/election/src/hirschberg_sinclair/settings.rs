//! The protocol as the tools see it.

use sim_node::Node;
use sim_protocol::{Ask, Core, ImageExample, Protocol, SettingsError, Setup};

use super::{Process, Properties, Request, Settings};
use crate::ring;

/// Hirschberg and Sinclair's election on a ring.
#[derive(Clone, Copy, Debug)]
pub enum HirschbergSinclair {}

impl Protocol for HirschbergSinclair {
    const NAME: &'static str = "HirschbergSinclair";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str =
        "Elects the highest identifier of a bidirectional ring with O(n log n) messages.";
    const SOURCE: &'static str = "Hirschberg, Sinclair 1980, CACM 23(11); Lynch 1996, section 3.4";
    const MODEL: &'static str =
        "asynchronous, no failures, perfect links, not FIFO, distinct identifiers";
    const ROLES: &'static [&'static str] = ring::ROLES;
    const HEADLINE: Option<&'static str> = Some(sim_node::Role::LEADER);
    const RANK: Option<&'static str> = Some("identifier");
    const MARKS: &'static [&'static str] = &[ring::ELECTED];
    const REQUESTS: &'static [Ask] = Request::ASKS;
    const IMAGES: &'static [ImageExample] =
        &ring::identifier::images("HirschbergSinclair(nodes: 4, order: Drawn)");

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = <Process as Node>::Request;
    type Properties = Properties;

    fn configure(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        settings.validate()?;
        Ok(Setup::new(settings.clone(), Core::All))
    }
}
