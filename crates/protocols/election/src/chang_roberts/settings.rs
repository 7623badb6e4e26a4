//! What a scenario can set, and the protocol as the tools see it.

use serde::{Deserialize, Serialize};
use sim_protocol::{Core, Field, Protocol, SettingsError, Setup};

use super::{Config, Identifier, Identifiers, Initiators, Process, Properties};

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
    #[serde(default = "yes")]
    pub announce: bool,
}

/// How identifiers lie along the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Node `i` has the identifier `i`: the fewest messages.
    Ascending,
    /// Node `i` has the identifier `n - 1 - i`: the most messages.
    Descending,
    /// Every process draws its own.
    Drawn,
}

fn yes() -> bool {
    true
}

impl ChangRoberts {
    /// The role of a process that takes part and knows no leader yet.
    pub const CANDIDATE: &'static str = "candidate";
    /// The mark of a process whose own identifier came home.
    pub const ELECTED: &'static str = "elected";
}

impl Protocol for ChangRoberts {
    const NAME: &'static str = "ChangRoberts";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str = "Elects the highest identifier of a unidirectional ring.";
    const SOURCE: &'static str =
        "Chang, Roberts 1979, CACM 22(5); Coulouris et al., Distributed Systems, 15.3";
    const MODEL: &'static str =
        "asynchronous, nothing fails, perfect links in any order, distinct identifiers";
    const ROLES: &'static [&'static str] = &[sim_node::Role::LEADER, Self::CANDIDATE];
    const MARKS: &'static [&'static str] = &[Self::ELECTED];
    const SERVERS_MIN: u32 = 2;
    const SERVERS_MAX: u32 = 10_000;
    const FIELDS: &'static [Field] = &[
        Field {
            name: "nodes",
            kind: "number",
            default: None,
            meaning: "how many processes the ring has, 2 to 10,000",
        },
        Field {
            name: "ids",
            kind: "list of numbers",
            default: Some("[]"),
            meaning: "the identifier of each node; left out, `order` says",
        },
        Field {
            name: "order",
            kind: "Ascending, Descending or Drawn",
            default: Some("Ascending"),
            meaning: "how identifiers lie along the ring: by node number, against it, or drawn by \
                      each process at its first start and kept on its disk",
        },
        Field {
            name: "initiators",
            kind: "All or Only([nodes])",
            default: Some("All"),
            meaning: "who begins at its start; others begin when asked to `Elect`",
        },
        Field {
            name: "announce",
            kind: "true or false",
            default: Some("true"),
            meaning: "whether the leader sends its identifier around to tell the others",
        },
    ];

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = <Process as sim_node::Node>::Request;
    type Properties = Properties;

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn setup(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        if let Initiators::Only(some) = &settings.initiators
            && let Some(nobody) = some.iter().find(|node| **node >= settings.nodes)
        {
            let message = format!("there is no node {nobody} on a ring of {}", settings.nodes);
            return Err(SettingsError::new("initiators", message));
        }
        let config = Config {
            identifiers: identifiers(settings)?,
            initiators: settings.initiators.clone(),
            announce: settings.announce,
        };
        Ok(Setup { config, others: 0, core: Core::All })
    }
}

fn identifiers(settings: &Settings) -> Result<Identifiers, SettingsError> {
    let nodes = u64::from(settings.nodes);
    if !settings.ids.is_empty() {
        if settings.order.is_some() {
            let message = "the identifiers are given, so `order` has nothing to say";
            return Err(SettingsError::new("order", message));
        }
        let given = settings.ids.len();
        if given as u64 != nodes {
            let message = format!("{given} identifiers for {nodes} nodes; give one for each");
            return Err(SettingsError::new("ids", message));
        }
    }
    let numbers: Vec<u64> = match settings.order.unwrap_or(Order::Ascending) {
        _ if !settings.ids.is_empty() => settings.ids.clone(),
        Order::Ascending => (0..nodes).collect(),
        Order::Descending => (0..nodes).rev().collect(),
        Order::Drawn => return Ok(Identifiers::Drawn),
    };
    Ok(Identifiers::Given(numbers.into_iter().map(Identifier).collect()))
}
