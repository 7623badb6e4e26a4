//! [`Progress`]: the leader's view of a follower (figure 2, "volatile state on leaders"; thesis,
//! 10.2.2 on pipelining).

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sim_node::LocalTime;

use crate::{Index, Snapshot};

/// The leader's view of a follower (nextIndex, matchIndex, flow control).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Progress {
    /// The last index up to which the follower's log matches, durably. Below `next_index`.
    pub match_index: Index,
    /// The next entry to send.
    pub next_index: Index,
    /// Highest index sent so far; sending it again counts as a retransmission.
    pub last_sent: Index,
    /// How entries are sent.
    pub state: ProgressState,
    /// Whether it has answered since the quorum was last checked.
    pub recent_active: bool,
    /// When the latest message that it acknowledged was sent, on the leader's clock.
    pub acknowledged_sent_at: Option<LocalTime>,
}

/// How entries are sent to a follower.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ProgressState {
    /// One AppendEntries at a time, until it is known where the logs match.
    Probe {
        /// Whether one is in flight.
        in_flight: bool,
    },
    /// A window of AppendEntries; the last index of each that is in flight.
    Replicate(VecDeque<Index>),
    /// A snapshot, chunk by chunk.
    Snapshot {
        /// The snapshot. It is sent to its end even when a newer one has been taken: a busy leader
        /// would start again for ever.
        snapshot: Arc<Snapshot>,
        /// How many items the follower has.
        offset: u32,
    },
}

impl Progress {
    /// A follower whose matchIndex is unknown, at a leader whose log ends at `last`.
    #[must_use]
    pub fn new(last: Index) -> Self {
        Self {
            match_index: Index(0),
            next_index: last.next(),
            last_sent: Index(0),
            state: ProgressState::Probe { in_flight: false },
            recent_active: true,
            acknowledged_sent_at: None,
        }
    }

    /// Whether another AppendEntries with entries may be sent.
    #[must_use]
    pub fn may_send(&self, most_in_flight: usize) -> bool {
        match &self.state {
            ProgressState::Probe { in_flight } => !in_flight,
            ProgressState::Replicate(in_flight) => in_flight.len() < most_in_flight,
            ProgressState::Snapshot { .. } => false,
        }
    }

    /// Entries up to `last` have been sent. Returns whether some of them had been sent before.
    pub fn on_sent(&mut self, last: Index) -> bool {
        let is_repeated = self.next_index <= self.last_sent;
        self.last_sent = self.last_sent.max(last);
        match &mut self.state {
            ProgressState::Probe { in_flight } => *in_flight = true,
            ProgressState::Replicate(in_flight) => {
                in_flight.push_back(last);
                self.next_index = last.next();
            }
            ProgressState::Snapshot { .. } => {}
        }
        is_repeated
    }

    /// The follower's log matches up to `index`. Returns whether matchIndex increased.
    pub fn on_match(&mut self, index: Index) -> bool {
        let is_new = index > self.match_index;
        self.match_index = self.match_index.max(index);
        self.next_index = self.next_index.max(self.match_index.next());
        match &mut self.state {
            ProgressState::Replicate(in_flight) => {
                while in_flight.front().is_some_and(|last| *last <= index) {
                    in_flight.pop_front();
                }
            }
            ProgressState::Probe { in_flight } => {
                // A reply to an older message does not say that the probe has arrived.
                let is_probe_answered = !*in_flight || index >= self.next_index.previous();
                if is_probe_answered {
                    self.state = ProgressState::Replicate(VecDeque::new());
                }
            }
            ProgressState::Snapshot { snapshot, .. } => {
                if self.match_index >= snapshot.index {
                    self.state = ProgressState::Replicate(VecDeque::new());
                }
            }
        }
        assert!(self.match_index < self.next_index, "matchIndex must be below nextIndex");
        is_new
    }

    /// The logs do not match at `rejected`; they may match before `next`. Sends from there on,
    /// unless this is a reply to an outdated message.
    pub fn on_rejected(&mut self, rejected: Index, next: Index) {
        let is_old = match &self.state {
            ProgressState::Probe { .. } => rejected != self.next_index.previous(),
            ProgressState::Replicate(_) => false,
            ProgressState::Snapshot { .. } => true,
        };
        if !is_old && rejected > self.match_index {
            self.next_index = next.min(rejected).max(self.match_index.next());
            self.state = ProgressState::Probe { in_flight: false };
        }
    }
}
