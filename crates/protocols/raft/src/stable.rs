//! What survives a crash: "persistent state on all servers" of figure 2, and the snapshot.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::Store;
use sim_node::{NodeId, Stable};

use crate::{Configuration, Entry, Index, Log, Term};

/// A server's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Disk {
    /// The latest term it has seen.
    pub term: Term,
    /// Whom it voted for in that term.
    pub vote: Option<NodeId>,
    /// The log after `base`; it may still contain entries that the snapshot covers
    /// (`snapshot_keep`).
    pub log: Log,
    /// The latest snapshot.
    pub snapshot: Option<Arc<Snapshot>>,
}

/// The state machine at an index, with everything that is needed to continue from there (section
/// 7).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Snapshot {
    /// The last entry that it covers.
    pub index: Index,
    /// That entry's term.
    pub term: Term,
    /// The configuration as of that entry.
    pub configuration: Arc<Configuration>,
    /// The state machine, with the clients' sessions.
    pub store: Store,
}

/// A write to disk; each is atomic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Record {
    /// A new term, and the vote in it.
    Vote {
        /// The term.
        term: Term,
        /// The vote, once it is given.
        vote: Option<NodeId>,
    },
    /// These entries follow `after`; anything after `after` is removed.
    Append {
        /// The index before the first of them.
        after: Index,
        /// The term there. If the disk does not have that entry after a crash, this record is
        /// ignored.
        after_term: Term,
        /// The entries.
        entries: Arc<[Entry]>,
    },
    /// A snapshot that this server took; the log is compacted up to `upto`.
    Compact {
        /// The snapshot.
        snapshot: Arc<Snapshot>,
        /// The last index that is discarded.
        upto: Index,
    },
    /// A snapshot from the leader replaces the state and, unless the log has its last entry, the
    /// log.
    Install {
        /// The snapshot.
        snapshot: Arc<Snapshot>,
    },
}

impl Stable for Disk {
    type Record = Record;

    fn apply(&mut self, record: &Record) {
        match record {
            Record::Vote { term, vote } => (self.term, self.vote) = (*term, *vote),
            Record::Append { after, after_term, entries } => {
                if self.log.term_at(*after) == Some(*after_term) {
                    self.log.truncate_after(*after);
                    for entry in entries.iter() {
                        self.log.push(entry.clone());
                    }
                }
            }
            Record::Compact { snapshot, upto } => {
                if self.log.term_at(snapshot.index) == Some(snapshot.term) {
                    self.log.compact(*upto);
                } else {
                    self.log = Log::after(snapshot.index, snapshot.term);
                }
                self.snapshot = Some(snapshot.clone());
            }
            Record::Install { snapshot } => {
                self.log.replace_by(snapshot);
                self.snapshot = Some(snapshot.clone());
            }
        }
        // Writes that are not synced may survive a crash in any combination, so an entry may be on
        // disk without the `Vote` record of its term. Then the term is taken from the entry. A vote
        // in that term was not durable either, so no reply has been sent for it.
        if self.log.last_term() > self.term {
            (self.term, self.vote) = (self.log.last_term(), None);
        }
    }
}

impl Log {
    /// A leader's snapshot takes the log's place; what follows its last entry is kept only if the
    /// log has that very entry (section 7: "retain log entries following it").
    pub fn replace_by(&mut self, snapshot: &Snapshot) {
        if self.term_at(snapshot.index) == Some(snapshot.term) {
            self.compact(snapshot.index);
        } else {
            *self = Self::after(snapshot.index, snapshot.term);
        }
    }
}
