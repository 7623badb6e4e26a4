//! What survives a crash: "an acceptor must remember its intended response before sending it"
//! (Lamport 2001, 2.5), and a proposer the highest ballot that it has used.

use std::sync::Arc;

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
    /// The number of the last admin command that was given to this server.
    pub numbered: u64,
    /// Votes, and what is known to be chosen.
    pub log: Log,
    /// The latest snapshot.
    pub snapshot: Option<Arc<Snapshot>>,
}

/// The state of a replica after a slot: all that it needs to go on from there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Snapshot {
    /// The last slot that was executed.
    pub slot: Slot,
    /// The members of each slot.
    pub configurations: Configurations,
    /// The key-value store, with the clients' sessions.
    pub store: Store,
}

/// A write. Each is atomic, and none relies on those before it: a crash may lose them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Record {
    /// Phase 1b: the acceptor promises and accepts nothing below this ballot any more.
    Promised(Ballot),
    /// Phase 1a: a ballot of its own begins, which it promises to itself.
    Campaigned(Ballot),
    /// Phase 2b: a vote.
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
    /// An admin command was given to this server, and got this number.
    Numbered(u64),
    /// A snapshot, its own or one received; the log is compacted up to `upto`.
    Compacted {
        /// The snapshot.
        snapshot: Arc<Snapshot>,
        /// The last slot that the log no longer holds.
        upto: Slot,
    },
}

impl Disk {
    /// The number of the last admin command that was given to this server. A crash may have lost
    /// the record of the number and kept the vote for the command, or the snapshot after it.
    pub(super) fn last_command(&self, server: NodeId) -> u64 {
        let executed = self.snapshot.as_ref().map(|one| one.configurations.last_command(server));
        self.numbered.max(self.log.last_command(server)).max(executed.unwrap_or(0))
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
            Record::Numbered(number) => self.numbered = self.numbered.max(*number),
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
