//! [`Config`]: what every server knows.

use std::ops::Deref;

use failure_detectors::OmegaConfig;
use serde::{Deserialize, Serialize};
use sim_node::NodeId;
use sim_protocol::SettingValue;

use super::{Members, Settings, mutants};

/// Who may lead.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum Leader {
    /// The member that the failure detector trusts.
    Omega,
    /// Every member that a client asks. Safe, but no operation may ever complete: "it's easy to
    /// construct a scenario in which two proposers each keep issuing a sequence of proposals with
    /// increasing numbers, none of which are ever chosen" (Lamport 2001, 2.4).
    Everybody,
}

/// How reads are served, always linearizable.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum Reads {
    /// In slots of their own.
    Log,
    /// After a phase-2 quorum has confirmed that it has promised no higher ballot.
    Quorum,
}

/// What every server knows: what a scenario sets, and the detector that follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What a scenario sets.
    pub settings: Settings,
    /// The detector that chooses the leader.
    pub omega: OmegaConfig,
}

impl From<Settings> for Config {
    fn from(settings: Settings) -> Self {
        let detector = failure_detectors::Config {
            period: settings.heartbeat,
            timeout: settings.timeout,
            increase: settings.increase,
            mutant: None,
        };
        Self { settings, omega: OmegaConfig { detector } }
    }
}

impl Deref for Config {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

impl Settings {
    /// The acceptors of the first slots.
    #[must_use]
    pub fn first_members(&self) -> Members {
        let all = || (0..self.nodes).map(NodeId::new).collect();
        self.members.as_ref().map_or_else(all, |some| some.iter().copied().collect())
    }

    /// How many of these members promise in phase 1.
    #[must_use]
    pub fn prepare_quorum(&self, members: Members) -> usize {
        let quorum = || self.quorums.prepare(size(members)) as usize;
        mutants::small_quorum(self, members).unwrap_or_else(quorum)
    }

    /// How many of these members accept in phase 2.
    #[must_use]
    pub fn accept_quorum(&self, members: Members) -> usize {
        self.quorums.accept(size(members)) as usize
    }

    /// Whether every quorum of phase 1 of these members meets every one of phase 2.
    pub(super) fn quorums_meet(&self, members: Members) -> bool {
        self.quorums.are_safe(size(members))
    }

    /// Whether these may be the members: there are some, they exist, and their quorums meet.
    #[must_use]
    pub fn allows(&self, members: Members, servers: u32) -> bool {
        let exist = members.iter().all(|member| member.number() < servers);
        let meet = !self.quorums_intersect || self.quorums_meet(members);
        !members.is_empty() && exist && meet
    }
}

fn size(members: Members) -> u32 {
    u32::try_from(members.len()).expect("members are servers, whose numbers have 32 bits")
}
