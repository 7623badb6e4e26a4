//! What a scenario can set, and the protocol as the tools see it.

use sim_node::{Duration, LATE_MESSAGE, Node, RoundConfig, Rounds, counted};
use sim_protocol::{Core, Protocol, SettingsError, Setup};

use super::{Config, ELECTED, Graph, Process, Properties, Shape};
use crate::ring::{Order, identifier};

/// FloodMax and OptFloodMax.
#[derive(Clone, Copy, Debug)]
pub enum FloodMax {}

/// The fields of `FloodMax(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// Number of processes.
    #[setting(range = 1..=256)]
    pub nodes: u32,
    /// The communication graph; links are bidirectional, only `Arcs` go from a to b; `seed`
    /// generates a random graph.
    #[setting(kind = "Ring, Line, Complete, Star, Grid(columns, rows), Tree, \
                      Random(edges: number, seed: number), Edges([(a, b), ...]) or \
                      Arcs([(a, b), ...])")]
    pub graph: Shape,
    /// The diameter that the processes assume, at most nodes - 1; they decide after that many
    /// rounds.
    #[setting(none = "the graph's", range = 1..)]
    pub diameter: Option<u32>,
    /// The identifier of each node; if omitted, `order` determines them.
    #[setting(default = [])]
    pub ids: Vec<u64>,
    /// The order of the identifiers: ascending by node number, descending, or random (`Drawn`: each
    /// process chooses its own at its start).
    #[setting(none = "Ascending")]
    pub order: Option<Order>,
    /// Whether a process sends only in rounds after its known maximum has increased (OptFloodMax).
    #[setting(default = false)]
    pub optimised: bool,
    /// How long a round lasts; longer than every delay that the scenario assumes.
    #[setting(default = "100ms", positive)]
    pub round_length: Duration,
}

impl Settings {
    fn validate(&self) -> Result<(), SettingsError> {
        // No graph of `n` nodes has a greater diameter than `n - 1`, so one that believes more has
        // only longer to wait. A process that is alone decides after the first round as well.
        let (nodes, greatest) = (self.nodes, self.nodes.saturating_sub(1).max(1));
        if let Some(diameter) = self.diameter.filter(|diameter| *diameter > greatest) {
            let nodes = counted(nodes.into(), "node");
            let message = format!(
                "no graph of {nodes} has a diameter of {diameter}; give {greatest} or less"
            );
            return Err(SettingsError::new("diameter", message));
        }
        identifier::validate(nodes, &self.ids, self.order)
    }
}

impl Protocol for FloodMax {
    const NAME: &'static str = "FloodMax";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str = "Elects the highest identifier of a graph in rounds.";
    const SOURCE: &'static str = "Lynch 1996, sections 4.1.2 and 4.1.3";
    const MODEL: &'static str =
        "synchronous rounds, no failures, distinct identifiers, the diameter is known";
    const ROLES: &'static [&'static str] = &[sim_node::Role::LEADER];
    const HEADLINE: Option<&'static str> = Some(sim_node::Role::LEADER);
    const RANK: Option<&'static str> = Some("identifier");
    const MARKS: &'static [&'static str] = &[ELECTED, LATE_MESSAGE];

    type Settings = Settings;
    type Workload = ();
    type Node = Rounds<Process>;
    type Request = <Rounds<Process> as Node>::Request;
    type Properties = Properties;

    fn configure(
        settings: &Settings,
        _: Option<&()>,
    ) -> Result<Setup<Rounds<Process>>, SettingsError> {
        let graph = Graph::new(&settings.graph, settings.nodes)
            .map_err(|error| SettingsError::new("graph", error.to_string()))?;
        settings.validate()?;
        let process = Config { graph, settings: settings.clone() };
        let config = RoundConfig { length: settings.round_length, process };
        Ok(Setup::new(config, Core::Live))
    }
}
