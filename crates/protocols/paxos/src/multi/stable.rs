//! What survives a crash: "an acceptor must remember its intended response before sending it"
//! (Lamport 2001, 2.5), and a proposer the highest ballot that it has used.

use serde::{Deserialize, Serialize};
use service::Store;
use sim_node::{NodeId, Stable};

use super::{Configurations, Log, Slot, Value};
use crate::Ballot;

/// A server's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Disk {
    /// The highest ballot that it has promised or voted in.
    pub promised: Option<Ballot>,
    /// The last ballot of its own.
    pub own: Option<Ballot>,
    /// How many wishes of administrators it has numbered.
    pub wished: u64,
    /// Votes, and what is known to be chosen.
    pub log: Log,
    /// The latest snapshot.
    pub snapshot: Option<Snapshot>,
}

/// The state machine after a slot, with everything that is needed to go on from there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Snapshot {
    /// The last slot that it stands for.
    pub slot: Slot,
    /// Who the members are.
    pub configurations: Configurations,
    /// The key-value store, with the clients' sessions.
    pub store: Store,
}

/// A write. Each is atomic, and each makes sense though the ones before it be lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Record {
    /// Phase 1b: nothing below this ballot is promised or accepted any more.
    Promised(Ballot),
    /// A ballot of its own begins, which it promises itself.
    Campaigned(Ballot),
    /// Phase 2b.
    Voted {
        /// The slot.
        slot: Slot,
        /// The ballot.
        ballot: Ballot,
        /// The value.
        value: Value,
    },
    /// The value of a slot has been learned.
    Chosen {
        /// The slot.
        slot: Slot,
        /// A ballot in which it was proposed.
        ballot: Ballot,
        /// The value.
        value: Value,
    },
    /// So many wishes of administrators are numbered.
    Wished(u64),
    /// A snapshot, its own or one received; the log is compacted up to `upto`.
    Compacted {
        /// The snapshot.
        snapshot: Snapshot,
        /// The last slot that is forgotten.
        upto: Slot,
    },
}

impl Disk {
    /// The number of the last wish that administrators had at this server. A crash may have lost
    /// the record of it, and kept the vote for it, and a snapshot may have taken its place.
    pub(super) fn last_wish(&self, node: NodeId) -> u64 {
        let executed = self.snapshot.as_ref().map(|one| one.configurations.last_wish(node));
        self.wished.max(self.log.last_wish(node)).max(executed.unwrap_or(0))
    }
}

impl Stable for Disk {
    type Record = Record;

    fn apply(&mut self, record: &Record) {
        match record {
            Record::Promised(ballot) => self.promise(*ballot),
            Record::Campaigned(ballot) => {
                self.own = self.own.max(Some(*ballot));
                self.promise(*ballot);
            }
            Record::Voted { slot, ballot, value } => {
                self.log.vote(*slot, *ballot, value);
                self.promise(*ballot);
            }
            Record::Chosen { slot, ballot, value } => {
                self.log.choose(*slot, *ballot, value.clone());
            }
            Record::Wished(number) => self.wished = self.wished.max(*number),
            Record::Compacted { snapshot, upto } => {
                self.log.compact(*upto);
                self.snapshot = Some(snapshot.clone());
            }
        }
    }
}

impl Disk {
    fn promise(&mut self, ballot: Ballot) {
        self.promised = self.promised.max(Some(ballot));
    }
}
