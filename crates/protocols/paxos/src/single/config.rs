//! [`Config`]: what every process knows.

use std::collections::BTreeMap;
use std::ops::Deref;

use failure_detectors::OmegaConfig;
use serde::{Deserialize, Serialize};
use sim_node::NodeId;
use sim_protocol::SettingValue;

use super::{Mutant, Proposers, Settings, Trusted, Value};

/// What proposers propose without being asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SettingValue)]
pub enum Start {
    /// Every proposer its own number.
    Everybody,
    /// Nothing.
    Nobody,
    /// These proposers, by number, these values.
    Given(BTreeMap<u32, Value>),
}

/// Whom a proposer sends its requests to at first. It repeats them to all that have not answered.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum SendTo {
    /// All acceptors.
    Everybody,
    /// As many as the phase needs: itself, when it is one, and those that follow it in number.
    Quorum,
}

/// How learners learn without asking (section 2.3).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum Learn {
    /// Acceptors tell the proposer, the "distinguished learner", and it tells all processes: `n-1`
    /// messages more, one delay more for the others.
    FromProposer,
    /// Acceptors tell all processes what they accepted: `n(n-1)` acceptances in all, of which the
    /// proposer's `n-1` are counted anyway; no other message.
    FromAcceptors,
}

/// What every process knows: what a scenario sets, and the detector that follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What a scenario sets.
    pub settings: Settings,
    /// Only the process that this trusts proposes; `None`: every proposer does.
    pub leader: Option<OmegaConfig>,
}

impl From<Settings> for Config {
    fn from(settings: Settings) -> Self {
        let leader = settings.leader.map(|Trusted::Omega { period, timeout, increase }| {
            let mutant = None;
            OmegaConfig {
                detector: failure_detectors::Config { period, timeout, increase, mutant },
            }
        });
        Self { settings, leader }
    }
}

impl Deref for Config {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

impl Settings {
    /// How many proposers there are that are no acceptors; they follow in number. With none, every
    /// acceptor may propose.
    #[must_use]
    pub fn separate(&self) -> u32 {
        match self.proposers {
            Proposers::Acceptors => 0,
            Proposers::Separate(many) => many,
        }
    }

    /// How many promises phase 1 needs.
    #[must_use]
    pub fn prepare(&self) -> u32 {
        self.quorums.prepare(self.nodes)
    }

    /// How many acceptances choose a value.
    #[must_use]
    pub fn accept(&self) -> u32 {
        if self.has(Mutant::MissingQuorums) {
            return self.nodes.saturating_sub(self.prepare()).max(1);
        }
        self.quorums.accept(self.nodes)
    }

    /// Whether this process is an acceptor.
    #[must_use]
    pub fn is_acceptor(&self, process: NodeId) -> bool {
        process.number() < self.nodes
    }

    /// Whether this process may propose.
    #[must_use]
    pub fn is_proposer(&self, process: NodeId) -> bool {
        self.separate() == 0 || !self.is_acceptor(process)
    }

    /// All acceptors, in order.
    pub fn acceptors(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes).map(NodeId::new)
    }

    /// All processes, in order. Each is a learner.
    pub fn everybody(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes + self.separate()).map(NodeId::new)
    }

    /// Whom a proposer asks first, when a phase needs so many.
    pub fn first_asked(
        &self,
        proposer: NodeId,
        quorum: u32,
    ) -> impl Iterator<Item = NodeId> + use<> {
        let acceptors = self.nodes;
        let (first, many) = match self.send_to {
            SendTo::Quorum if self.is_acceptor(proposer) => (proposer.number(), quorum),
            SendTo::Quorum => (0, quorum),
            SendTo::Everybody => (0, acceptors),
        };
        (0..many).map(move |place| NodeId::new((first + place) % acceptors))
    }

    /// What a process proposes without being asked.
    #[must_use]
    pub fn start_value(&self, process: NodeId) -> Option<Value> {
        if !self.is_proposer(process) {
            return None;
        }
        match &self.start {
            Start::Everybody => Some(Value(u64::from(process.number()))),
            Start::Nobody => None,
            Start::Given(values) => values.get(&process.number()).copied(),
        }
    }
}
