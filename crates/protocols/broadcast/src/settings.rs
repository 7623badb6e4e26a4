//! How the protocol appears in a scenario.

use sim_node::counted;
use sim_protocol::{Ask, Core, Protocol, SettingsError, Setup};

use crate::{BroadcastClaims, Config, Process, Request};

/// Byzantine reliable broadcast.
#[derive(Clone, Copy, Debug)]
pub enum Bracha {}

/// `Bracha(nodes: 4, f: 1)`.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct BrachaSettings {
    /// How many processes.
    #[setting(range = 1..=64)]
    pub nodes: u32,
    /// How many processes may be Byzantine, less than nodes. It tolerates less than a third.
    pub f: u32,
    /// How many equal echoes make a process ready.
    #[setting(none = "more than (nodes+f)/2", range = 1..)]
    pub echoes: Option<u32>,
    /// How many equal READY make a process deliver.
    #[setting(none = "2f+1", range = 1..)]
    pub readies: Option<u32>,
}

impl Protocol for Bracha {
    const NAME: &'static str = "Bracha";
    const FAMILY: &'static str = "broadcast";
    const SUMMARY: &'static str =
        "Byzantine reliable broadcast by echoes and READY: all correct processes deliver the same.";
    const SOURCE: &'static str =
        "Bracha 1987; Cachin, Guerraoui, Rodrigues 2011, algorithm 3.18 and module 3.12";
    const MODEL: &'static str =
        "asynchronous, authenticated reliable links, f Byzantine processes of n > 3f";
    const TOLERATES_BYZANTINE: bool = true;
    const REQUESTS: &'static [Ask] = Request::ASKS;

    type Settings = BrachaSettings;
    type Workload = ();
    type Node = Process;
    type Request = Request;
    type Properties = BroadcastClaims;

    fn configure(
        settings: &BrachaSettings,
        _: Option<&()>,
    ) -> Result<Setup<Process>, SettingsError> {
        let &BrachaSettings { nodes, f, echoes, readies } = settings;
        if f >= nodes {
            let nodes_in_words = counted(nodes.into(), "node");
            let message = format!("with {nodes_in_words} at most {} may be Byzantine", nodes - 1);
            return Err(SettingsError::new("f", message));
        }
        for (field, wanted) in [("echoes", echoes), ("readies", readies)] {
            if let Some(wanted) = wanted.filter(|wanted| *wanted > nodes) {
                let message = format!("{wanted} never come of {}", counted(nodes.into(), "node"));
                return Err(SettingsError::new(field, message));
            }
        }
        let config = Config {
            echoes: echoes.unwrap_or((nodes + f) / 2 + 1),
            amplify: f + 1,
            readies: readies.unwrap_or(2 * f + 1),
        };
        Ok(Setup::new(config, Core::AtLeast(nodes - f)))
    }
}
