//! What survives a crash: the number of incarnations, and, where replicas have disks, the history.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::Store;
use sim_node::Stable;

use crate::{Configuration, Epoch, Incarnation, Position, Update};

/// A replica's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Disk {
    /// How many incarnations it has begun.
    pub incarnation: Incarnation,
    /// The incarnation in which it joined the chain; 0 while it has no history.
    pub origin: Incarnation,
    /// The configuration that it had installed.
    pub epoch: Epoch,
    /// Whether it had all that was ever answered.
    pub complete: bool,
    /// The last update that `store` holds.
    pub base: Position,
    /// The state after the update at `base`.
    pub store: Store,
    /// The updates after it.
    pub log: VecDeque<Update>,
}

/// What a replica writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Record {
    /// The first incarnation, with its place in the first configuration, if it has one.
    First(Option<Epoch>),
    /// A new incarnation, after a crash: what is known stays known.
    Incarnation,
    /// A new incarnation as a spare, that knows nothing.
    Reset,
    /// It is in the chain of this epoch.
    Member {
        /// The epoch.
        epoch: Epoch,
        /// The incarnation in which it was let in.
        origin: Incarnation,
    },
    /// With the history up to here, it has all that was ever answered.
    Complete(Position),
    /// An update.
    Update(Update),
    /// Everybody has the updates up to here.
    Trim(Position),
    /// The history up to here was received.
    History(Position, Arc<Store>),
}

impl Stable for Disk {
    type Record = Record;

    fn apply(&mut self, record: &Record) {
        match record {
            // A crash may have lost this record before, and kept updates that came after it.
            Record::First(epoch) => {
                *self = Self { incarnation: Incarnation(1), ..Self::default() };
                if let Some(epoch) = epoch {
                    (self.epoch, self.origin, self.complete) = (*epoch, Incarnation(1), true);
                }
            }
            Record::Incarnation => self.incarnation = self.incarnation.next(),
            Record::Reset => {
                *self = Self { incarnation: self.incarnation.next(), ..Self::default() }
            }
            Record::Member { epoch, origin } => (self.epoch, self.origin) = (*epoch, *origin),
            // A crash that has lost an update loses what follows it.
            Record::Complete(upto) => self.complete |= self.last() >= *upto,
            Record::Update(update) => {
                if update.position == self.last().next() {
                    self.log.push_back(update.clone());
                }
            }
            Record::Trim(upto) => {
                while let Some(update) = self.log.pop_front_if(|one| one.position <= *upto) {
                    self.base = update.position;
                    self.store.execute(update.request.operation, &update.request.command);
                }
            }
            Record::History(base, store) => {
                (self.base, self.store) = (*base, Store::clone(store));
                self.log.clear();
            }
        }
    }
}

impl Disk {
    /// The last update in the history.
    fn last(&self) -> Position {
        self.log.back().map_or(self.base, |last| last.position)
    }
}

/// The master's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct MasterDisk {
    /// The last configuration that it made.
    pub configuration: Arc<Configuration>,
}

/// What the master writes: a configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MasterRecord(pub Arc<Configuration>);

impl Stable for MasterDisk {
    type Record = MasterRecord;

    fn apply(&mut self, record: &MasterRecord) {
        self.configuration = Arc::clone(&record.0);
    }
}
