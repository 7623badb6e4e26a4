//! [`Progress`]: what a leader knows of a follower (figure 2, "volatile state on leaders"; thesis,
//! 10.2.1 on pipelining).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use sim_node::LocalTime;

use crate::{Index, Snapshot};

/// What a leader knows of a follower.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Progress {
    /// The follower's log matches up to here, durably. Below `next`.
    pub matched: Index,
    /// The next entry to send.
    pub next: Index,
    /// The last entry that was ever sent; what is sent again is a retransmission.
    pub sent: Index,
    /// How entries are sent.
    pub pace: Pace,
    /// Whether it has answered since the quorum was last checked.
    pub active: bool,
    /// When the last message that it answered was sent, on the leader's clock.
    pub acknowledged: Option<LocalTime>,
}

/// How entries are sent to a follower.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Pace {
    /// One append at a time, until it is known where the logs match.
    Probe {
        /// Whether it is under way.
        waiting: bool,
    },
    /// A window of appends; the last index of each that is under way.
    Replicate(VecDeque<Index>),
    /// A snapshot, chunk by chunk.
    Snapshot {
        /// Which. It is sent to its end though there may be a newer one by then: a leader that is
        /// busy would begin anew for ever.
        snapshot: Box<Snapshot>,
        /// How many items the follower has.
        offset: u32,
    },
}

impl Progress {
    /// A follower about which nothing is known, at a leader whose log ends at `last`.
    #[must_use]
    pub fn new(last: Index) -> Self {
        Self {
            matched: Index(0),
            next: last.next(),
            sent: Index(0),
            pace: Pace::Probe { waiting: false },
            active: true,
            acknowledged: None,
        }
    }

    /// Whether another append with entries may be sent.
    #[must_use]
    pub fn may_send(&self, in_flight: usize) -> bool {
        match &self.pace {
            Pace::Probe { waiting } => !waiting,
            Pace::Replicate(under_way) => under_way.len() < in_flight,
            Pace::Snapshot { .. } => false,
        }
    }

    /// Entries up to `last` have been sent. Returns whether some of them had been sent before.
    pub fn note_sent(&mut self, last: Index) -> bool {
        let again = self.next <= self.sent;
        self.sent = self.sent.max(last);
        match &mut self.pace {
            Pace::Probe { waiting } => *waiting = true,
            Pace::Replicate(under_way) => {
                under_way.push_back(last);
                self.next = last.next();
            }
            Pace::Snapshot { .. } => {}
        }
        again
    }

    /// The follower's log matches up to `index`. Returns whether that is news.
    pub fn note_matched(&mut self, index: Index) -> bool {
        let news = index > self.matched;
        self.matched = self.matched.max(index);
        self.next = self.next.max(self.matched.next());
        match &mut self.pace {
            Pace::Replicate(under_way) => {
                while under_way.front().is_some_and(|last| *last <= index) {
                    under_way.pop_front();
                }
            }
            // An old answer does not say that the probe has arrived.
            Pace::Probe { waiting } if *waiting && index < self.next.previous() => {}
            Pace::Probe { .. } => self.pace = Pace::Replicate(VecDeque::new()),
            Pace::Snapshot { snapshot, .. } if self.matched >= snapshot.index => {
                self.pace = Pace::Replicate(VecDeque::new());
            }
            Pace::Snapshot { .. } => {}
        }
        news
    }

    /// The logs do not match at `rejected`; `hint` is where they may. Returns whether to probe
    /// there: an answer to an old append says nothing.
    pub fn note_conflict(&mut self, rejected: Index, hint: Index) -> bool {
        let stale = match &self.pace {
            Pace::Probe { .. } => rejected != self.next.previous(),
            Pace::Replicate(_) => rejected <= self.matched,
            Pace::Snapshot { .. } => true,
        };
        if stale || rejected <= self.matched {
            return false;
        }
        self.next = hint.min(rejected).max(self.matched.next());
        self.pace = Pace::Probe { waiting: false };
        true
    }
}
