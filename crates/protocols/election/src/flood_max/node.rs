//! One process of FloodMax.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sim_node::{NodeId, Role, RoundContext, RoundNode};

use super::{Graph, Settings};
use crate::ring::Identifier;

/// What all processes share. Of the graph a process uses its own neighbours only.
#[derive(Clone, Debug)]
pub struct Config {
    /// What a scenario sets.
    pub settings: Settings,
    /// Who can send to whom.
    pub graph: Graph,
}

impl Config {
    /// How many rounds pass before the decision: the diameter, as the processes believe. A process
    /// that is alone needs none, but the model has no decision before the first round.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.settings.diameter.unwrap_or(self.graph.diameter()).max(1)
    }
}

/// The mark of a process that is elected.
pub const ELECTED: &str = "elected";

/// The highest identifier that the sender has seen.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    sim_node::Message,
)]
pub struct Highest(pub Identifier);

/// What a process tells the layer above, once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Indication {
    /// This process is the leader; its identifier.
    Leader(Identifier),
    /// This process is not; the identifier of the one that is.
    NonLeader(Identifier),
}

/// A process of FloodMax.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    identifier: Identifier,
    /// The highest identifier seen, at first its own.
    highest: Identifier,
    /// Whether its neighbours may not have received that from it.
    news: bool,
    /// How many rounds are over.
    rounds: u32,
    /// Whether it leads, once that is decided: after the last round.
    leads: Option<bool>,
}

impl Process {
    /// Its identifier.
    #[must_use]
    pub fn identifier(&self) -> Identifier {
        self.identifier
    }

    /// The highest identifier that it has seen.
    #[must_use]
    pub fn highest(&self) -> Identifier {
        self.highest
    }

    /// How many rounds are over for it.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// Whether it leads, once that is decided.
    #[must_use]
    pub fn leads(&self) -> Option<bool> {
        self.leads
    }
}

impl RoundNode for Process {
    type Config = Config;
    type Message = Highest;
    type Indication = Indication;

    fn start(cx: &mut RoundContext<'_, '_, Self>) -> Self {
        let Settings { nodes, ids, order, .. } = &cx.config().settings;
        let identifier = Identifier::given(cx.id(), *nodes, ids, *order)
            .unwrap_or_else(|| Identifier::drawn(cx.choose(Identifier::DRAWS), cx.id()));
        Self { identifier, highest: identifier, news: true, rounds: 0, leads: None }
    }

    fn send(&self, _: u32, cx: &mut RoundContext<'_, '_, Self>) {
        if cx.config().settings.optimised && !self.news {
            return;
        }
        for neighbour in cx.config().graph.neighbours(cx.id()) {
            cx.send(*neighbour, Highest(self.highest));
        }
    }

    fn receive(
        &mut self,
        round: u32,
        messages: BTreeMap<NodeId, Highest>,
        cx: &mut RoundContext<'_, '_, Self>,
    ) -> bool {
        let received = messages.into_values().map(|Highest(identifier)| identifier).max();
        self.news = received.is_some_and(|received| received > self.highest);
        self.highest = received.map_or(self.highest, |received| received.max(self.highest));
        self.rounds = round;
        if round < cx.config().rounds() {
            return true;
        }
        let leads = self.highest == self.identifier;
        self.leads = Some(leads);
        if leads {
            cx.mark(ELECTED);
            cx.indicate(Indication::Leader(self.identifier));
        } else {
            cx.indicate(Indication::NonLeader(self.highest));
        }
        false
    }

    fn role(&self) -> Option<Role> {
        (self.leads == Some(true)).then(|| Role::leader(self.identifier.0))
    }

    fn check(&self, config: &Config) {
        assert!(self.highest >= self.identifier, "FM2: a process forgot its own identifier");
        let over = self.rounds == config.rounds();
        assert_eq!(self.leads.is_some(), over, "FM3: decides after the last round");
    }
}
