//! What survives a crash (section 2.5, and 2.2 for what an acceptor must remember).

use serde::{Deserialize, Serialize};
use sim_node::Stable;

use super::{Own, Proposal, Value};
use crate::Ballot;

/// A process's disk.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(default, deny_unknown_fields)]
pub struct Disk {
    /// A proposer's highest number so far.
    pub ballot: Option<Ballot>,
    /// The value that a proposer was asked to propose.
    pub own: Option<Own>,
    /// The highest-numbered request that an acceptor has answered; not below what it accepted.
    pub promised: Option<Ballot>,
    /// The highest-numbered proposal that an acceptor has accepted.
    pub accepted: Option<Proposal>,
    /// What a learner has learned: its decision.
    pub learned: Option<Value>,
}

/// A write. Each is atomic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Record {
    /// A proposer is about to use this number.
    Ballot(Ballot),
    /// A proposer was asked to propose this.
    Own(Own),
    /// An acceptor promises.
    Promised(Ballot),
    /// An acceptor accepts, and with that promises.
    Accepted(Proposal),
    /// A learner has learned.
    Learned(Value),
}

impl Stable for Disk {
    type Record = Record;

    fn apply(&mut self, record: &Record) {
        match *record {
            Record::Ballot(ballot) => self.ballot = Some(ballot),
            Record::Own(own) => self.own = Some(own),
            Record::Promised(ballot) => self.promised = Some(ballot),
            Record::Accepted(proposal) => self.accepted = Some(proposal),
            Record::Learned(value) => self.learned = Some(value),
        }
        // A crash may keep an acceptance and lose the promise that was written before it.
        self.promised = self.promised.max(self.accepted.map(|proposal| proposal.ballot));
    }
}
