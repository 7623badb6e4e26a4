//! [`Configuration`]: the members of the cluster, voters and learners, joint consensus, and what a
//! majority is (section 6; thesis, chapter 4).

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{ImageError, NodeId};

use crate::Index;
use crate::image::check_server;

/// A configuration of the cluster. In joint consensus there are two sets of voters, and every
/// decision needs a majority of each.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configuration {
    /// The voters; in joint consensus those of the new configuration.
    incoming: BTreeSet<NodeId>,
    /// In joint consensus the voters of the old configuration; empty otherwise.
    outgoing: BTreeSet<NodeId>,
    /// Servers that receive the log and have no vote. Disjoint from both sets of voters.
    learners: BTreeSet<NodeId>,
    /// Outgoing voters that become learners once joint consensus is left.
    learners_next: BTreeSet<NodeId>,
    /// Whether the leader leaves joint consensus without being asked, once it is committed. Always
    /// true here; etcd's tables need both.
    auto_leave: bool,
}

/// One change of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Change {
    /// It becomes a voter.
    AddVoter(NodeId),
    /// It becomes a learner; a voter loses its vote.
    AddLearner(NodeId),
    /// It is a member no longer.
    Remove(NodeId),
}

impl Change {
    /// The server that changes.
    #[must_use]
    pub fn server(&self) -> NodeId {
        match self {
            Self::AddVoter(node) | Self::AddLearner(node) | Self::Remove(node) => *node,
        }
    }
}

/// Why a change is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeError {
    /// The configuration is joint already; leave it first.
    AlreadyJoint,
    /// A simple change needs a configuration that is not joint.
    SimpleInJoint,
    /// There is no joint configuration to leave.
    NotJoint,
    /// There are no voters to make a joint configuration with.
    NoVoters,
    /// No server would have a vote.
    RemovedAllVoters,
    /// Majorities of two configurations have a server in common only if the configurations differ
    /// by at most one voter.
    MoreThanOneVoter,
}

impl ChangeError {
    /// Why the change is impossible, without a full stop.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::AlreadyJoint => "a joint configuration is left before it changes again",
            Self::SimpleInJoint => "a simple change needs a configuration that is not joint",
            Self::NotJoint => "there is no joint configuration to leave",
            Self::NoVoters => "there are no voters to change",
            Self::RemovedAllVoters => "no server would have a vote",
            Self::MoreThanOneVoter => "more than one voter would change at once",
        }
    }
}

/// The state of a vote (also of acknowledgements: `Won` means a quorum).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteResult {
    /// Neither a majority for it nor a majority against it.
    Pending,
    /// A majority against it, or a majority for it is impossible.
    Lost,
    /// A majority for it.
    Won,
}

impl Configuration {
    /// A configuration of these voters.
    #[must_use]
    pub fn of_voters(voters: impl IntoIterator<Item = NodeId>) -> Self {
        Self { incoming: voters.into_iter().collect(), ..Self::default() }
    }

    /// Whether decisions need majorities of two sets of voters.
    #[must_use]
    pub fn is_joint(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Whether the leader leaves joint consensus without being asked.
    #[must_use]
    pub fn leaves_joint_by_itself(&self) -> bool {
        self.auto_leave
    }

    /// Whether a node has a vote.
    #[must_use]
    pub fn is_voter(&self, node: NodeId) -> bool {
        self.incoming.contains(&node) || self.outgoing.contains(&node)
    }

    /// Whether a node receives the log without a vote.
    #[must_use]
    pub fn is_learner(&self, node: NodeId) -> bool {
        self.learners.contains(&node)
    }

    /// Whether a node has a vote in the new configuration, which is in effect alone once joint
    /// consensus is left.
    #[must_use]
    pub fn is_incoming_voter(&self, node: NodeId) -> bool {
        self.incoming.contains(&node)
    }

    /// Whether a node receives the log, with or without a vote.
    #[must_use]
    pub fn is_member(&self, node: NodeId) -> bool {
        self.is_voter(node) || self.is_learner(node)
    }

    /// All nodes with a vote, in order.
    #[must_use]
    pub fn voters(&self) -> BTreeSet<NodeId> {
        self.incoming.union(&self.outgoing).copied().collect()
    }

    /// All nodes that receive the log, in order.
    #[must_use]
    pub fn members(&self) -> BTreeSet<NodeId> {
        let voters = self.incoming.union(&self.outgoing);
        voters.chain(&self.learners).copied().collect()
    }

    /// The configuration after changes that touch at most one voter (thesis, 4.1).
    ///
    /// # Errors
    /// When they touch more, leave no server with a vote, or this configuration is joint.
    pub fn simple(&self, changes: &[Change]) -> Result<Self, ChangeError> {
        if self.is_joint() {
            return Err(ChangeError::SimpleInJoint);
        }
        let next = self.changed(changes)?;
        if self.incoming.symmetric_difference(&next.incoming).count() > 1 {
            return Err(ChangeError::MoreThanOneVoter);
        }
        Ok(next)
    }

    /// The joint configuration of this one and the changed one (section 6).
    ///
    /// # Errors
    /// When this one is joint already or has no voters, or no server would have a vote.
    pub fn enter_joint(&self, auto_leave: bool, changes: &[Change]) -> Result<Self, ChangeError> {
        if self.is_joint() {
            return Err(ChangeError::AlreadyJoint);
        }
        if self.incoming.is_empty() {
            return Err(ChangeError::NoVoters);
        }
        let joint = Self { outgoing: self.incoming.clone(), auto_leave, ..self.clone() };
        joint.changed(changes)
    }

    /// The incoming half of a joint configuration alone.
    ///
    /// # Errors
    /// When this one is not joint.
    pub fn leave_joint(&self) -> Result<Self, ChangeError> {
        if !self.is_joint() {
            return Err(ChangeError::NotJoint);
        }
        Ok(Self {
            incoming: self.incoming.clone(),
            learners: self.learners.union(&self.learners_next).copied().collect(),
            ..Self::default()
        })
    }

    /// Whether there can be such a configuration of so many servers.
    ///
    /// # Errors
    /// What is impossible about it.
    pub(crate) fn check(&self, servers: u32) -> Result<(), ImageError> {
        let sets = [
            ("incoming", &self.incoming),
            ("outgoing", &self.outgoing),
            ("learners", &self.learners),
            ("learners_next", &self.learners_next),
        ];
        for (name, set) in sets {
            let all_exist = set.iter().try_for_each(|server| check_server(*server, servers));
            all_exist.map_err(|error| error.within(name))?;
        }
        let wrong = |name: &str, message: &str| Err(ImageError::new(message).within(name));
        if self.incoming.is_empty() {
            return wrong(
                "incoming",
                "at least one server must be a voter: `incoming` are the voters",
            );
        }
        if self.learners.iter().any(|server| self.is_voter(*server)) {
            return wrong("learners", "a learner has no vote, and one of these has");
        }
        if !self.learners_next.iter().all(|server| self.outgoing.contains(server)) {
            return wrong("learners_next", "these are outgoing voters, and one of them is none");
        }
        if self.learners_next.iter().any(|server| self.incoming.contains(server)) {
            return wrong("learners_next", "one of these keeps its vote: it is incoming as well");
        }
        if self.auto_leave && !self.is_joint() {
            return wrong("auto_leave", "only a joint configuration is left: give `outgoing`");
        }
        Ok(())
    }

    fn changed(&self, changes: &[Change]) -> Result<Self, ChangeError> {
        let mut next = self.clone();
        for change in changes {
            match *change {
                Change::AddVoter(node) => {
                    next.learners.remove(&node);
                    next.learners_next.remove(&node);
                    next.incoming.insert(node);
                }
                Change::AddLearner(node) => {
                    next.incoming.remove(&node);
                    // An outgoing voter keeps its vote until joint consensus is left.
                    if next.outgoing.contains(&node) {
                        next.learners_next.insert(node);
                    } else {
                        next.learners.insert(node);
                    }
                }
                Change::Remove(node) => {
                    next.incoming.remove(&node);
                    next.learners.remove(&node);
                    next.learners_next.remove(&node);
                }
            }
        }
        if next.incoming.is_empty() { Err(ChangeError::RemovedAllVoters) } else { Ok(next) }
    }

    /// The result of a vote, or whether a quorum has acknowledged; `vote` tells how a voter has
    /// voted, if it has.
    pub fn vote(&self, vote: impl Fn(NodeId) -> Option<bool>) -> VoteResult {
        match (vote_of(&self.incoming, &vote), vote_of(&self.outgoing, &vote)) {
            (VoteResult::Won, VoteResult::Won) => VoteResult::Won,
            (VoteResult::Lost, _) | (_, VoteResult::Lost) => VoteResult::Lost,
            _ => VoteResult::Pending,
        }
    }

    /// The greatest index that a majority (of each set of voters) has stored; `matched` tells up to
    /// where a voter has. 0 without voters.
    pub fn committed(&self, matched: impl Fn(NodeId) -> Index) -> Index {
        let incoming = majority_of(&self.incoming, |node| Some(matched(node)));
        let outgoing = majority_of(&self.outgoing, |node| Some(matched(node)));
        incoming.into_iter().chain(outgoing).min().unwrap_or_default()
    }

    /// The greatest value that a majority of each voter set has reached, such as the time of the
    /// last heartbeat acknowledged; `None` while too few have one.
    pub fn quorum_value<T: Ord + Copy>(&self, value: impl Fn(NodeId) -> Option<T>) -> Option<T> {
        let incoming = majority_of(&self.incoming, &value)?;
        if self.outgoing.is_empty() {
            return Some(incoming);
        }
        Some(incoming.min(majority_of(&self.outgoing, &value)?))
    }
}

/// The empty set wins every vote, so that it does not matter in a joint vote.
fn vote_of(voters: &BTreeSet<NodeId>, vote: impl Fn(NodeId) -> Option<bool>) -> VoteResult {
    let votes = voters.iter().map(|node| vote(*node));
    let (mut granted, mut refused) = (0, 0);
    for vote in votes {
        granted += usize::from(vote == Some(true));
        refused += usize::from(vote == Some(false));
    }
    let quorum = voters.len() / 2 + 1;
    if voters.is_empty() || granted >= quorum {
        VoteResult::Won
    } else if voters.len() - refused < quorum {
        VoteResult::Lost
    } else {
        VoteResult::Pending
    }
}

/// The greatest value that a majority has reached. A voter without a value has reached none.
fn majority_of<T: Ord + Copy>(
    voters: &BTreeSet<NodeId>,
    value: impl Fn(NodeId) -> Option<T>,
) -> Option<T> {
    // On the stack for a cluster of usual size: a leader asks with every answer.
    let (mut few, mut many) = ([None; 16], Vec::new());
    let values = match few.get_mut(..voters.len()) {
        Some(values) => values,
        None => {
            many.resize(voters.len(), None);
            &mut many[..]
        }
    };
    for (slot, node) in values.iter_mut().zip(voters) {
        *slot = value(*node);
    }
    values.sort_unstable();
    // In ascending order the majority-th from the end.
    values.len().checked_sub(voters.len() / 2 + 1).and_then(|position| values[position])
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write = |f: &mut fmt::Formatter<'_>, set: &BTreeSet<NodeId>| {
            f.write_str("(")?;
            for (position, node) in set.iter().enumerate() {
                let gap = if position == 0 { "" } else { " " };
                write!(f, "{gap}{}", node.number())?;
            }
            f.write_str(")")
        };
        f.write_str("voters=")?;
        write(f, &self.incoming)?;
        if self.is_joint() {
            f.write_str("&&")?;
            write(f, &self.outgoing)?;
        }
        for (name, set) in
            [(" learners=", &self.learners), (" learners_next=", &self.learners_next)]
        {
            if !set.is_empty() {
                f.write_str(name)?;
                write(f, set)?;
            }
        }
        f.write_str(if self.auto_leave { " autoleave" } else { "" })
    }
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadyJoint => "config is already joint",
            Self::SimpleInJoint => "can't apply simple config change in joint config",
            Self::NotJoint => "can't leave a non-joint config",
            Self::NoVoters => "can't make a zero-voter config joint",
            Self::RemovedAllVoters => "removed all voters",
            Self::MoreThanOneVoter => "more than one voter changed without entering joint config",
        })
    }
}

impl std::error::Error for ChangeError {}
