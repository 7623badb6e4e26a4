//! How the algorithms appear in a scenario.

use serde::Deserialize;
use sim_node::{Duration, LATE_MESSAGE, Node, RoundConfig, Rounds};
use sim_protocol::{Core, Field, Protocol, SettingsError, Setup};

use crate::{Config, ConsensusClaims, FloodSet, Inputs, OptFloodSet, Rule, Value};

/// `FloodSet(nodes: 5, f: 3, inputs: Given([0, 1, 1, 1, 1]))`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloodSetSettings {
    /// How many processes.
    pub nodes: u32,
    /// How many of them may crash.
    pub f: u32,
    /// How many rounds; f+1 when left out.
    #[serde(default)]
    pub rounds: Option<u32>,
    /// What the processes start with.
    #[serde(default = "bits")]
    pub inputs: Inputs,
    /// How a decision is made of what is known.
    #[serde(default)]
    pub decide: Rule,
    /// How long a round lasts.
    #[serde(default = "round_length")]
    pub round_length: Duration,
}

/// `OptFloodSet(nodes: 5, f: 3, default: 0)`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptFloodSetSettings {
    /// How many processes.
    pub nodes: u32,
    /// How many of them may crash.
    pub f: u32,
    /// How many rounds; f+1 when left out.
    #[serde(default)]
    pub rounds: Option<u32>,
    /// What the processes start with.
    #[serde(default = "bits")]
    pub inputs: Inputs,
    /// Lynch's v0: decided when several values are known.
    #[serde(default)]
    pub default: Value,
    /// How long a round lasts.
    #[serde(default = "round_length")]
    pub round_length: Duration,
}

fn bits() -> Inputs {
    Inputs::Drawn(2)
}

fn round_length() -> Duration {
    Duration::from_millis(100)
}

const NODES: Field =
    Field { name: "nodes", kind: "number", default: None, meaning: "how many processes, 1 to 64" };
const F: Field = Field {
    name: "f",
    kind: "number",
    default: None,
    meaning: "how many processes may crash, less than nodes",
};
const ROUNDS: Field = Field {
    name: "rounds",
    kind: "None or Some(number)",
    default: Some("None"),
    meaning: "how many rounds before the decision, at least 1; f+1 when None",
};
const INPUTS: Field = Field {
    name: "inputs",
    kind: "Given([number, ...]) or Drawn(number)",
    default: Some("Drawn(2)"),
    meaning: "what the processes start with: one value each, or each draws one of 0..k",
};
const ROUND_LENGTH: Field = Field {
    name: "round_length",
    kind: "duration",
    default: Some("\"100ms\""),
    meaning: "how long a round lasts; longer than every delay that the scenario promises",
};

const SERVERS_MAX: u32 = 64;

fn setup<N: Node<Config = RoundConfig<Config>>>(
    (nodes, f): (u32, u32),
    rounds: Option<u32>,
    inputs: &Inputs,
    rule: Rule,
    length: Duration,
) -> Result<Setup<N>, SettingsError> {
    if f >= nodes {
        let message = format!("with {nodes} nodes at most {} may crash", nodes.saturating_sub(1));
        return Err(SettingsError::new("f", message));
    }
    let rounds = rounds.unwrap_or(f + 1);
    if rounds == 0 {
        return Err(SettingsError::new("rounds", "at least one round is needed"));
    }
    match inputs {
        Inputs::Given(values) if values.len() != nodes as usize => {
            let message = format!("{nodes} nodes need {nodes} inputs, not {}", values.len());
            return Err(SettingsError::new("inputs", message));
        }
        Inputs::Drawn(0) => {
            let message = "there is nothing to draw from; write at least Drawn(1)";
            return Err(SettingsError::new("inputs", message));
        }
        Inputs::Given(_) | Inputs::Drawn(_) => {}
    }
    if length.is_zero() {
        return Err(SettingsError::new("round_length", "a round must last longer than zero"));
    }
    let process = Config { rounds, inputs: inputs.clone(), rule };
    Ok(Setup { config: RoundConfig { length, process }, others: 0, core: Core::Live })
}

impl Protocol for FloodSet {
    const NAME: &'static str = "FloodSet";
    const FAMILY: &'static str = "consensus";
    const SUMMARY: &'static str = "Consensus by flooding all known values for f+1 rounds.";
    const SOURCE: &'static str = "Lynch 1996, section 6.2.1";
    const MODEL: &'static str = "synchronous rounds, f < n crash-stop failures";
    const MARKS: &'static [&'static str] = &[LATE_MESSAGE];
    const SERVERS_MAX: u32 = SERVERS_MAX;
    const FIELDS: &'static [Field] = &[
        NODES,
        F,
        ROUNDS,
        INPUTS,
        Field {
            name: "decide",
            kind: "Least or OnlyOr(number)",
            default: Some("Least"),
            meaning: "the least value known, or the only one and else the given default",
        },
        ROUND_LENGTH,
    ];

    type Settings = FloodSetSettings;
    type Workload = ();
    type Node = Rounds<Self>;
    type Request = <Rounds<Self> as Node>::Request;
    type Properties = ConsensusClaims;

    fn servers(settings: &FloodSetSettings) -> u32 {
        settings.nodes
    }

    fn setup(
        settings: &FloodSetSettings,
        _: Option<&()>,
    ) -> Result<Setup<Rounds<Self>>, SettingsError> {
        let s = settings;
        setup((s.nodes, s.f), s.rounds, &s.inputs, s.decide, s.round_length)
    }
}

impl Protocol for OptFloodSet {
    const NAME: &'static str = "OptFloodSet";
    const FAMILY: &'static str = "consensus";
    const SUMMARY: &'static str =
        "FloodSet that says at most two values: 2n(n-1) messages at most.";
    const SOURCE: &'static str = "Lynch 1996, section 6.2.2";
    const MODEL: &'static str = "synchronous rounds, f < n crash-stop failures";
    const MARKS: &'static [&'static str] = &[LATE_MESSAGE];
    const SERVERS_MAX: u32 = SERVERS_MAX;
    const FIELDS: &'static [Field] = &[
        NODES,
        F,
        ROUNDS,
        INPUTS,
        Field {
            name: "default",
            kind: "number",
            default: Some("0"),
            meaning: "decided when several values are known (Lynch's v0)",
        },
        ROUND_LENGTH,
    ];

    type Settings = OptFloodSetSettings;
    type Workload = ();
    type Node = Rounds<Self>;
    type Request = <Rounds<Self> as Node>::Request;
    type Properties = ConsensusClaims;

    fn servers(settings: &OptFloodSetSettings) -> u32 {
        settings.nodes
    }

    fn setup(
        settings: &OptFloodSetSettings,
        _: Option<&()>,
    ) -> Result<Setup<Rounds<Self>>, SettingsError> {
        let s = settings;
        setup((s.nodes, s.f), s.rounds, &s.inputs, Rule::OnlyOr(s.default), s.round_length)
    }
}
