//! What a scenario can set, and the protocol as the tools see it.

use serde::Deserialize;
use sim_node::{Duration, LATE_MESSAGE, Node, RoundConfig, Rounds};
use sim_protocol::{Core, Field, Protocol, SettingsError, Setup};

use super::{Config, Graph, Process, Properties, Shape};
use crate::ring::{Identifiers, Order, fields};

/// FloodMax and OptFloodMax.
#[derive(Clone, Copy, Debug)]
pub enum FloodMax {}

/// The fields of `FloodMax(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many processes.
    pub nodes: u32,
    /// Who can send to whom.
    pub graph: Shape,
    /// What the processes believe the diameter to be; the graph's own when left out.
    #[serde(default)]
    pub diameter: Option<u32>,
    /// Their identifiers, by node; `order` says when left out.
    #[serde(default)]
    pub ids: Vec<u64>,
    /// How identifiers lie on the nodes.
    #[serde(default)]
    pub order: Option<Order>,
    /// Whether a process sends only after it has heard something new.
    #[serde(default)]
    pub optimised: bool,
    /// How long a round lasts.
    #[serde(default = "round_length")]
    pub round_length: Duration,
}

fn round_length() -> Duration {
    Duration::from_millis(100)
}

impl FloodMax {
    /// The mark of a process that is elected.
    pub const ELECTED: &'static str = "elected";
}

impl Protocol for FloodMax {
    const NAME: &'static str = "FloodMax";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str = "Elects the highest identifier of a graph in rounds.";
    const SOURCE: &'static str = "Lynch 1996, sections 4.1.2 and 4.1.3";
    const MODEL: &'static str =
        "synchronous rounds, nothing fails, distinct identifiers, the diameter is known";
    const ROLES: &'static [&'static str] = &[sim_node::Role::LEADER];
    const MARKS: &'static [&'static str] = &[Self::ELECTED, LATE_MESSAGE];
    const SERVERS_MIN: u32 = 1;
    const SERVERS_MAX: u32 = 256;
    const FIELDS: &'static [Field] = &[
        Field {
            name: "nodes",
            kind: "number",
            default: None,
            meaning: "how many processes, 1 to 256",
        },
        Field {
            name: "graph",
            kind: "Ring, Line, Complete, Star, Grid(columns, rows), Tree, \
                   Random(edges: number, draw: number), Edges([(a, b), ...]) or Arcs([(a, b), ...])",
            default: None,
            meaning: "who can send to whom: in both directions, but along `Arcs` from a to b only; \
                      `draw` is the number that a random graph is drawn by",
        },
        Field {
            name: "diameter",
            kind: "number",
            default: Some("the graph's"),
            meaning: "what the processes believe the diameter to be, 1 to nodes - 1: so many \
                      rounds pass before they decide",
        },
        fields::IDS,
        Field {
            name: "order",
            kind: "Ascending, Descending or Drawn",
            default: Some("Ascending"),
            meaning: "how identifiers lie on the nodes: by node number, against it, or drawn by \
                      each process at its start",
        },
        Field {
            name: "optimised",
            kind: "true or false",
            default: Some("false"),
            meaning: "whether a process sends only after it has heard something new (OptFloodMax)",
        },
        Field {
            name: "round_length",
            kind: "duration",
            default: Some("\"100ms\""),
            meaning: "how long a round lasts; longer than every delay that the scenario promises",
        },
    ];

    type Settings = Settings;
    type Workload = ();
    type Node = Rounds<Process>;
    type Request = <Rounds<Process> as Node>::Request;
    type Properties = Properties;

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn setup(settings: &Settings, _: Option<&()>) -> Result<Setup<Rounds<Process>>, SettingsError> {
        let graph = Graph::new(&settings.graph, settings.nodes)
            .map_err(|error| SettingsError::new("graph", error.to_string()))?;
        let diameter = believed(settings.diameter, &graph, settings.nodes)?;
        if settings.round_length.is_zero() {
            let message = "a round must last longer than zero";
            return Err(SettingsError::new("round_length", message));
        }
        let identifiers = Identifiers::new(settings.nodes, &settings.ids, settings.order)?;
        let process = Config { graph, diameter, identifiers, optimised: settings.optimised };
        let config = RoundConfig { length: settings.round_length, process };
        Ok(Setup { config, others: 0, core: Core::Live })
    }
}

/// What the processes believe the diameter to be. No graph of `n` nodes has a greater one than
/// `n - 1`, so whoever believes more has only longer to wait.
fn believed(given: Option<u32>, graph: &Graph, nodes: u32) -> Result<u32, SettingsError> {
    let Some(diameter) = given else { return Ok(graph.diameter()) };
    if diameter == 0 {
        let message = "nobody can decide before the first round; give at least 1";
        return Err(SettingsError::new("diameter", message));
    }
    // A process that is alone decides after the first round as well.
    let greatest = nodes.saturating_sub(1).max(1);
    if diameter > greatest {
        let message = format!(
            "no graph of {nodes} nodes has a diameter of {diameter}; give {greatest} or less"
        );
        return Err(SettingsError::new("diameter", message));
    }
    Ok(diameter)
}
