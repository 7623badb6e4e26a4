//! Catching up: a new server gets its vote only once it has nearly all of the log (thesis, 4.2.1).
//!
//! ```text
//! leader's log when a round begins:  round 1   target 100   the server has 100 after 4 s
//!                                    round 2   target 140   ... after 1 s
//!                                    round 3   target 150   ... after 100 ms: less than the
//!                                              shortest election timeout, so it has caught up
//! ```
//!
//! In thesis 4.2.1 a server catches up before any entry names it, and always goes through a fixed
//! number of rounds. Here, as in etcd, an entry makes it a learner first, so that the configuration
//! says who gets the log; the first round that is short enough ends its catching up; and the
//! servers that a joint change adds catch up as well, which section 6 does not ask for.

use serde::Serialize;
use sim_node::{LocalTime, NodeId};

use super::Leader;
use crate::Index;
use crate::types::Mark;

/// A round of catching up. It is over when the server has all that the leader had when the round
/// began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct CatchUpRound {
    target: Index,
    began: LocalTime,
    number: u32,
}

/// A server that has not caught up after this many rounds is given up (thesis, 4.2.1).
pub(super) const ROUNDS_MAX: u32 = 10;

impl CatchUpRound {
    /// The first round, whose target is the leader's last index.
    pub(super) fn first(target: Index, began: LocalTime) -> Self {
        Self { target, began, number: 1 }
    }

    pub(super) fn began(&self) -> LocalTime {
        self.began
    }
}

/// Why a change is given up.
pub(super) fn slow_learner(node: NodeId) -> String {
    format!("{node} did not catch up in time")
}

impl Leader<'_, '_> {
    /// The matchIndex of a peer. `None` for a server that is not a member any more.
    pub(super) fn match_index(&self, peer: NodeId) -> Option<Index> {
        self.state.progress.get(&peer).map(|progress| progress.match_index)
    }

    /// A follower's matchIndex has increased: ends its round if it has reached the target.
    pub(super) fn update_catch_up_round(&mut self, from: NodeId) {
        let (last, now) = (self.common.log.last_index(), self.cx.now());
        let match_index = self.match_index(from).unwrap_or_default();
        let Some(change) = &mut self.state.change else { return };
        let Some(round) = change.catching_up.get_mut(&from) else { return };
        if match_index < round.target {
            return;
        }
        let shortest = self.cx.config().election_timeout.shortest();
        // With nothing left to send, another round would be over at once.
        if now - round.began < shortest || match_index == last {
            change.catching_up.remove(&from);
            change.caught_up.insert(from);
            self.continue_change();
        } else if round.number >= ROUNDS_MAX {
            self.refuse_change(&slow_learner(from));
            self.cx.mark(Mark::LearnerTooSlow);
            self.state.change = None;
        } else {
            *round = CatchUpRound { target: last, began: now, number: round.number + 1 };
        }
    }
}
