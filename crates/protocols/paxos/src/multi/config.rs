//! [`Config`]: what every server knows.

use std::ops::Deref;

use failure_detectors::OmegaConfig;
use serde::{Deserialize, Serialize};
use sim_node::NodeId;
use sim_protocol::SettingValue;

use super::{Members, Mutant, mutants};
use crate::Quorums;

/// What every server knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The acceptors of the first slots.
    pub members: Members,
    /// How many of them each phase needs.
    pub quorums: Quorums,
    /// Whether members whose quorums do not meet are refused. Without it, nothing is safe.
    pub quorums_meet: bool,
    /// Who may lead.
    pub leader: Leader,
    /// The detector that chooses the leader.
    pub omega: OmegaConfig,
    /// How often a leader sends a commit message.
    pub heartbeat: Duration,
    /// How long a proposer that was outbid waits before it tries again.
    pub backoff: Span,
    /// How long an answer may take before the request is sent again.
    pub retry: Duration,
    /// A slot is proposed in only when all but so many before it are executed; members that are
    /// chosen in a slot are for the slots from so many later on (Lamport 2001, section 3).
    pub alpha: u64,
    /// The most operations in one slot.
    pub batch: usize,
    /// How reads are served.
    pub reads: Reads,
    /// How many executed slots a snapshot is taken after; 0: none is ever taken.
    pub snapshot_every: u64,
    /// How many executed slots stay in the log behind a snapshot, for replicas that are a little
    /// slow.
    pub snapshot_keep: u64,
    /// How many items of the state machine one message of a snapshot carries.
    pub snapshot_chunk: usize,
    /// Whether a server makes its writes durable before it answers. Without it, nothing is safe.
    pub barrier: bool,
    /// The bug to have.
    pub mutant: Option<Mutant>,
}

/// Who may lead.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum Leader {
    /// The member that the failure detector trusts.
    #[default]
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

impl Config {
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

    /// Whether these may be the members: there are some, they exist, and their quorums meet.
    #[must_use]
    pub fn allows(&self, members: Members, servers: u32) -> bool {
        let exist = members.iter().all(|member| member.number() < servers);
        let meet = !self.quorums_meet || self.quorums.are_safe(size(members));
        !members.is_empty() && exist && meet
    }
}

fn size(members: Members) -> u32 {
    u32::try_from(members.len()).expect("members are servers, whose numbers have 32 bits")
}
