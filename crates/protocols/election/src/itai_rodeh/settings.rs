//! What a scenario can set, and the protocol as the tools see it.

use serde::Deserialize;
use sim_protocol::{Ask, Core, Field, Protocol, SettingsError, Setup};

use super::{Config, Initiators, Process, Properties};
use crate::ring::{self, fields};

/// Itai and Rodeh's election on an anonymous ring.
#[derive(Clone, Copy, Debug)]
pub enum ItaiRodeh {}

/// The fields of `ItaiRodeh(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many processes the ring has.
    pub nodes: u32,
    /// How many they think that it has.
    #[serde(default)]
    pub size: Option<u32>,
    /// Identities are drawn from so many.
    #[serde(default)]
    pub identities: Option<u32>,
    /// Whether messages name their round.
    #[serde(default = "ring::yes")]
    pub rounds: bool,
    /// Who begins at its start.
    #[serde(default)]
    pub initiators: Initiators,
    /// Whether the leader tells the others.
    #[serde(default = "ring::yes")]
    pub announce: bool,
}

impl Protocol for ItaiRodeh {
    const NAME: &'static str = "ItaiRodeh";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str =
        "Elects a process of an anonymous unidirectional ring, by chance.";
    const SOURCE: &'static str = "Itai, Rodeh 1981, FOCS; 1990, Information and Computation 88(1)";
    const MODEL: &'static str =
        "asynchronous, nothing fails, perfect links in any order, anonymous, size known";
    const ROLES: &'static [&'static str] = ring::ROLES;
    const MARKS: &'static [&'static str] = &[ring::ELECTED];
    const REQUESTS: &'static [Ask] =
        &[Ask::new("Elect", "begin an election, unless this process takes part in one already")];
    const SERVERS_MIN: u32 = 2;
    const SERVERS_MAX: u32 = 10_000;
    const FIELDS: &'static [Field] = &[
        fields::NODES,
        Field {
            name: "size",
            kind: "number",
            default: Some("nodes"),
            meaning: "what processes take for the size of the ring, at least 1; only the truth is safe \
                      and live",
        },
        Field {
            name: "identities",
            kind: "number",
            default: Some("nodes"),
            meaning: "identities are drawn from 1 to this, at least 1; from 2 on they are random",
        },
        Field {
            name: "rounds",
            kind: "true or false",
            default: Some("true"),
            meaning: "whether messages name their round; without, links must keep the order",
        },
        fields::INITIATORS,
        fields::ANNOUNCE,
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
        settings.initiators.validate(settings.nodes)?;
        let config = Config {
            size: positive("size", settings.size.unwrap_or(settings.nodes))?,
            identities: positive("identities", settings.identities.unwrap_or(settings.nodes))?,
            rounds: settings.rounds,
            initiators: settings.initiators.clone(),
            announce: settings.announce,
        };
        Ok(Setup { config, others: 0, core: Core::All })
    }
}

fn positive(field: &'static str, value: u32) -> Result<u32, SettingsError> {
    match value {
        0 => Err(SettingsError::new(field, "it must be at least 1")),
        value => Ok(value),
    }
}
