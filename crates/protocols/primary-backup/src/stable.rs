//! What survives a crash: a replica's disk, and the view service's.

use serde::{Deserialize, Serialize};
use service::{Request, Store};
use sim_node::Stable;

use crate::{Log, Number, View, ViewNumber};

/// A replica's disk. Where replicas are to have none, it knows only how often they have started:
/// so that who has lost its memory knows that it had one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Disk {
    /// How often it has started.
    pub starts: u32,
    /// The latest reign that it has followed, or was suspended for.
    pub promised: ViewNumber,
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
    /// It is suspended for a reign, or follows it.
    Promised(ViewNumber),
    /// As primary, it is about to acknowledge this view.
    Acknowledged(ViewNumber),
    /// Updates that follow those that are there.
    Updates {
        /// In which reign.
        reign: ViewNumber,
        /// As a member since when. When a crash has lost the state that they follow, they are lost
        /// with it.
        since: ViewNumber,
        /// The update before the first of them.
        after: Number,
        /// The updates.
        updates: Vec<Request>,
        /// What is before need not be kept.
        stable: Number,
    },
    /// A state from the primary takes the place of what was there.
    Installed {
        /// In which reign.
        reign: ViewNumber,
        /// As a recruit since when.
        since: ViewNumber,
        /// The last update that is in it.
        base: Number,
        /// The state.
        store: Store,
    },
}

impl Stable for Disk {
    type Record = Record;

    fn apply(&mut self, record: &Record) {
        match record {
            Record::Started { first } => {
                self.starts += 1;
                if self.starts == 1 {
                    (self.promised, self.since) = (ViewNumber::FIRST, *first);
                }
            }
            Record::Promised(reign) => self.promised = self.promised.max(*reign),
            Record::Acknowledged(number) => self.acknowledged = self.acknowledged.max(*number),
            Record::Updates { reign, since, after, updates, stable } => {
                if *since != self.since || *after != self.log.last() {
                    return;
                }
                self.promised = self.promised.max(*reign);
                for update in updates {
                    self.store.execute(update.operation, &update.command);
                    self.log.push(update.clone());
                }
                self.log.forget(*stable);
            }
            Record::Installed { reign, since, base, store } => {
                self.promised = self.promised.max(*reign);
                self.since = *since;
                self.store = store.clone();
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
    pub view: Option<View>,
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
    View(View),
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
                self.view = Some(view.clone());
                self.acknowledged = false;
            }
            ViewRecord::Acknowledged(number) => {
                self.acknowledged = self.view.as_ref().is_some_and(|view| view.number == *number);
            }
        }
    }
}
