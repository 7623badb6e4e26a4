//! The protocol as the tools see it.

use sim_protocol::{Ask, Core, Field, Protocol, SettingsError, Setup};

use super::{Process, Properties, Settings};
use crate::ring::{self, fields};

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
        "asynchronous, nothing fails, perfect links in any order, distinct identifiers";
    const ROLES: &'static [&'static str] = ring::ROLES;
    const MARKS: &'static [&'static str] = &[ring::ELECTED];
    const REQUESTS: &'static [Ask] =
        &[Ask::new("Elect", "begin an election, unless this process takes part in one already")];
    const SERVERS_MIN: u32 = 2;
    const SERVERS_MAX: u32 = 10_000;
    const FIELDS: &'static [Field] =
        &[fields::NODES, fields::IDS, fields::ORDER, fields::INITIATORS, fields::ANNOUNCE];

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = super::Request;
    type Properties = Properties;

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn setup(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        Ok(Setup { config: settings.ring()?, others: 0, core: Core::All })
    }
}
