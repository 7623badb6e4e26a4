//! What a scenario can set, and the protocol as the tools see it.

use serde::Deserialize;
use sim_protocol::{Ask, Core, Field, Protocol, SettingsError, Setup};

use super::{Algorithm, Config, Initiators, Order, Process, Properties};
use crate::ring::{self, Ring, fields};

/// Peterson's election on a ring.
#[derive(Clone, Copy, Debug)]
pub enum PetersonRing {}

/// The fields of `PetersonRing(...)` in a scenario.
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
    /// Which of Peterson's algorithms.
    #[serde(default)]
    pub algorithm: Algorithm,
    /// Whether messages carry their place in the order.
    #[serde(default)]
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
        "asynchronous, nothing fails, perfect links in order, distinct identifiers";
    const ROLES: &'static [&'static str] = ring::ROLES;
    const MARKS: &'static [&'static str] = &[ring::ELECTED];
    const REQUESTS: &'static [Ask] =
        &[Ask::new("Elect", "begin an election, unless this process takes part in one already")];
    const SERVERS_MIN: u32 = 2;
    const SERVERS_MAX: u32 = 10_000;
    const FIELDS: &'static [Field] = &[
        fields::NODES,
        fields::IDS,
        fields::ORDER,
        fields::INITIATORS,
        fields::ANNOUNCE,
        Field {
            name: "algorithm",
            kind: "Basic or Improved",
            default: Some("Basic"),
            meaning: "two messages a phase, of which each leaves at most half of the candidates; or \
                      one message a step, which costs 1.44 n log2 n and not 2 n log2 n",
        },
        Field {
            name: "numbered",
            kind: "true or false",
            default: Some("false"),
            meaning: "whether messages carry their place in the order, so that links need not keep it",
        },
    ];

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
        let ring = Ring::new(*nodes, ids, *order, initiators, *announce)?;
        let config = Config { ring, algorithm: settings.algorithm, numbered: settings.numbered };
        Ok(Setup { config, others: 0, core: Core::All })
    }
}
