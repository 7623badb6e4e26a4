//! What a scenario can set, and the protocol as the tools see it.

use serde::Deserialize;
use sim_protocol::{Ask, Core, Field, MUTANT, Mutant as _, Protocol, SettingsError, Setup};

use super::{Config, Initiators, Mutant, Order, Process, Properties};
use crate::ring::{self, Ring, fields};

/// Chang and Roberts' election on a ring.
#[derive(Clone, Copy, Debug)]
pub enum ChangRoberts {}

/// The fields of `ChangRoberts(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many processes the ring has.
    pub nodes: u32,
    /// Their identifiers, by node; `order` says when left out.
    #[serde(default)]
    pub ids: Vec<u64>,
    /// How identifiers lie along the ring.
    #[serde(default)]
    pub order: Option<Order>,
    /// Who begins at its start.
    #[serde(default)]
    pub initiators: Initiators,
    /// Whether the leader tells the others.
    #[serde(default = "ring::yes")]
    pub announce: bool,
    /// The bug to have.
    #[serde(default)]
    pub mutant: Option<String>,
}

impl Protocol for ChangRoberts {
    const NAME: &'static str = "ChangRoberts";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str = "Elects the highest identifier of a unidirectional ring.";
    const SOURCE: &'static str =
        "Chang, Roberts 1979, CACM 22(5); Coulouris et al., Distributed Systems, 15.3";
    const MODEL: &'static str =
        "asynchronous, nothing fails, perfect links in any order, distinct identifiers";
    const ROLES: &'static [&'static str] = ring::ROLES;
    const MARKS: &'static [&'static str] = &[ring::ELECTED];
    const REQUESTS: &'static [Ask] =
        &[Ask::new("Elect", "begin an election, unless this process takes part in one already")];
    const SERVERS_MIN: u32 = 2;
    const SERVERS_MAX: u32 = 10_000;
    const FIELDS: &'static [Field] =
        &[fields::NODES, fields::IDS, fields::ORDER, fields::INITIATORS, fields::ANNOUNCE, MUTANT];

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = super::Request;
    type Properties = Properties;

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn setup(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        let Settings { nodes, ids, order, initiators, announce, .. } = settings;
        let config = Config {
            ring: Ring::new(*nodes, ids, *order, initiators, *announce)?,
            mutant: Mutant::of_setting(settings.mutant.as_deref(), cfg!(feature = "mutants"))?,
        };
        Ok(Setup { config, others: 0, core: Core::All })
    }
}
