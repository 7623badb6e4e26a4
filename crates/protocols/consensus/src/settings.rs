//! How the algorithms appear in a scenario.

use sim_node::{Duration, LATE_MESSAGE, Node, RoundConfig, Rounds, counted};
use sim_protocol::{Core, Protocol, SettingsError, Setup};

use crate::{Config, ConsensusClaims, FloodSet, Inputs, OptFloodSet, Rule, Value};

/// `FloodSet(nodes: 5, f: 3, inputs: Given([0, 1, 1, 1, 1]))`.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct FloodSetSettings {
    /// What both algorithms have.
    #[setting(flatten)]
    pub flooding: Flooding,
    /// The least value known, or the only one and else the given default.
    #[setting(default = Rule::Least)]
    pub decide: Rule,
}

/// `OptFloodSet(nodes: 5, f: 3, default: 0)`.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct OptFloodSetSettings {
    /// What both algorithms have.
    #[setting(flatten)]
    pub flooding: Flooding,
    /// Decided when several values are known (Lynch's v0).
    #[setting(default = 0)]
    pub default: u64,
}

/// What a scenario can set of either algorithm.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Flooding {
    /// How many processes.
    #[setting(range = 1..=64)]
    pub nodes: u32,
    /// How many processes may crash, less than nodes.
    pub f: u32,
    /// How many rounds before the decision.
    #[setting(none = "f+1", range = 1..)]
    pub rounds: Option<u32>,
    /// What the processes start with: one value each, or each draws one of 0..k.
    #[setting(default = Inputs::Drawn(2))]
    pub inputs: Inputs,
    /// How long a round lasts; longer than every delay that the scenario assumes.
    #[setting(default = "100ms", positive)]
    pub round_length: Duration,
}

impl Flooding {
    fn setup<N: Node<Config = RoundConfig<Config>>>(
        &self,
        rule: Rule,
    ) -> Result<Setup<N>, SettingsError> {
        self.validate()?;
        let rounds = self.rounds.unwrap_or(self.f + 1);
        let process = Config { rounds, inputs: self.inputs.clone(), rule };
        Ok(Setup::new(RoundConfig { length: self.round_length, process }, Core::Live))
    }

    fn validate(&self) -> Result<(), SettingsError> {
        let nodes = self.nodes;
        if self.f >= nodes {
            let message =
                format!("with {} at most {} may crash", counted(nodes.into(), "node"), nodes - 1);
            return Err(SettingsError::new("f", message));
        }
        match &self.inputs {
            Inputs::Given(values) if values.len() != nodes as usize => {
                let given = counted(values.len() as u64, "input");
                let nodes = counted(nodes.into(), "node");
                let message = format!("{given} for {nodes}; give one for each");
                Err(SettingsError::new("inputs", message))
            }
            Inputs::Drawn(0) => {
                let message = "there is nothing to draw from; write at least Drawn(1)";
                Err(SettingsError::new("inputs", message))
            }
            Inputs::Given(_) | Inputs::Drawn(_) => Ok(()),
        }
    }
}

impl Protocol for FloodSet {
    const NAME: &'static str = "FloodSet";
    const FAMILY: &'static str = "consensus";
    const SUMMARY: &'static str = "Consensus by flooding all known values for f+1 rounds.";
    const SOURCE: &'static str = "Lynch 1996, section 6.2.1";
    const MODEL: &'static str = "synchronous rounds, f < n crash-stop failures";
    const MARKS: &'static [&'static str] = &[LATE_MESSAGE];

    type Settings = FloodSetSettings;
    type Workload = ();
    type Node = Rounds<Self>;
    type Request = <Rounds<Self> as Node>::Request;
    type Properties = ConsensusClaims;

    fn configure(
        settings: &FloodSetSettings,
        _: Option<&()>,
    ) -> Result<Setup<Rounds<Self>>, SettingsError> {
        settings.flooding.setup(settings.decide)
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

    type Settings = OptFloodSetSettings;
    type Workload = ();
    type Node = Rounds<Self>;
    type Request = <Rounds<Self> as Node>::Request;
    type Properties = ConsensusClaims;

    fn configure(
        settings: &OptFloodSetSettings,
        _: Option<&()>,
    ) -> Result<Setup<Rounds<Self>>, SettingsError> {
        settings.flooding.setup(Rule::OnlyOr(Value(settings.default)))
    }
}
