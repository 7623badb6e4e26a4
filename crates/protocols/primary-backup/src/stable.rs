//! What survives a crash: a replica's disk, and the view service's.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::{Request, Store};
use sim_node::Stable;

use crate::{Log, Number, View, ViewNumber};

/// A replica's disk. Where replicas are to have none, it knows only how often they have started:
/// so that a replica that has lost its state knows that it had one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Disk {
    /// How often it has started.
    pub starts: u32,
    /// The latest epoch that it has followed, or was suspended for.
    pub epoch: ViewNumber,
    /// The last view that it has acknowledged as primary.
    pub acknowledged: ViewNumber,
    /// Of which membership the state is.
    pub since: ViewNumber,
    /// The state, with all updates of the log.
    pub store: Store,
    /// The last updates.
    pub log: Log,
}

/// What a replica writes. Each record is atomic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Record {
    /// It started; the first time, it may be a member of the first view, with an empty state.
    Started {
        /// Of which membership that state is.
        first: ViewNumber,
    },
    /// It is suspended for an epoch, or follows it.
    Epoch(ViewNumber),
    /// As primary, it is about to acknowledge this view.
    Acknowledged(ViewNumber),
    /// Updates that follow those that are there.
    Updates {
        /// In which epoch.
        epoch: ViewNumber,
        /// As a member since when. When a crash has lost the state that they follow, they are lost
        /// with it.
        since: ViewNumber,
        /// The update before the first of them.
        after: Number,
        /// The updates.
        updates: Vec<Arc<Request>>,
        /// What is before need not be kept.
        stable: Number,
    },
    /// A state from the primary takes the place of what was there.
    Installed {
        /// In which epoch.
        epoch: ViewNumber,
        /// As a recruit since when.
        since: ViewNumber,
        /// The last update that is in it.
        base: Number,
        /// The state.
        store: Arc<Store>,
    },
}

impl Stable for Disk {
    type Record = Record;

    fn apply(&mut self, record: &Record) {
        match record {
            Record::Started { first } => {
                self.starts += 1;
                if self.starts == 1 {
                    (self.epoch, self.since) = (ViewNumber::FIRST, *first);
                }
            }
            Record::Epoch(epoch) => self.epoch = self.epoch.max(*epoch),
            Record::Acknowledged(number) => self.acknowledged = self.acknowledged.max(*number),
            Record::Updates { epoch, since, after, updates, stable } => {
                if *since != self.since || *after != self.log.last() {
                    return;
                }
                self.epoch = self.epoch.max(*epoch);
                for update in updates {
                    self.store.execute(update.operation, &update.command);
                    self.log.push(Arc::clone(update));
                }
                self.log.forget(*stable);
            }
            Record::Installed { epoch, since, base, store } => {
                self.epoch = self.epoch.max(*epoch);
                self.since = *since;
                self.store = Store::clone(store);
                self.log = Log::after(*base);
            }
        }
    }
}

/// The view service's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewDisk {
    /// The current view; `None` before the first start.
    pub view: Option<Arc<View>>,
    /// The greatest number that was ever used. Greater than the view's while members are suspended
    /// for the view of that number.
    pub highest: ViewNumber,
    /// Whether the primary has acknowledged the view.
    pub acknowledged: bool,
}

/// What the view service writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ViewRecord {
    /// Members are about to be suspended for the view of this number.
    Suspending(ViewNumber),
    /// A view.
    View(Arc<View>),
    /// The primary has acknowledged the view of this number.
    Acknowledged(ViewNumber),
}

impl Stable for ViewDisk {
    type Record = ViewRecord;

    fn apply(&mut self, record: &ViewRecord) {
        match record {
            ViewRecord::Suspending(number) => self.highest = self.highest.max(*number),
            ViewRecord::View(view) => {
                self.highest = self.highest.max(view.number);
                self.view = Some(Arc::clone(view));
                self.acknowledged = false;
            }
            ViewRecord::Acknowledged(number) => {
                self.acknowledged = self.view.as_ref().is_some_and(|view| view.number == *number);
            }
        }
    }
}
