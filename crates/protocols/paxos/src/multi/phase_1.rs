//! Phase 1, once for all slots (Lamport 2001, section 3): [`Preparing`] asks for promises and
//! gathers the votes that they report.
//!
//! A new leader finds out what may be chosen in each slot and proposes it again. An example of five
//! members: server 1 has executed slot 1, begins ballot 2.1 and asks for all slots from 2 on. With
//! its own promise, those of servers 2 and 3 are a quorum:
//!
//! ```text
//! slot        2          3         4          5          6
//! server 1    A, 1.0     -         C, 1.0     -          -
//! server 2    A, 1.0     -         -          -          -
//! server 3    B, 0.2     -         -          D, 1.0     -
//! proposed    A          no-op     C          D          what clients ask for
//! ```
//!
//! * Slot 2: the vote with the highest ballot counts, so A (P2c). B cannot have been chosen: else
//!   the proposer of ballot 1.0 would have found it in its own phase 1, and proposed it.
//! * Slot 3: no member of the quorum has voted, so nothing is chosen there in a lower ballot, and
//!   nothing can be. Slots 4 and 5 must not wait for a client: a no-op fills the gap.
//! * Slots 4 and 5: one vote may or may not have been part of a quorum with servers 0 and 4, which
//!   are silent. The value has to be proposed again, in ballot 2.1.
//!
//! Suppose server 3 had executed slots 2 and 3 as well: it leaves their votes out, as they may be
//! compacted, and its promise says `above: 3`. It counts for slots 4 and later only. So the
//! proposer does not lead before it has fetched slots 2 and 3, or another server's promise tells of
//! them.

use std::collections::BTreeMap;

use serde::Serialize;
use sim_node::{Context, LocalTime, NodeId};

use super::replica::Replica;
use super::{Config, Members, Message, Promise, Server, Slot, Value, mutants};
use crate::Ballot;

/// A proposer in phase 1, and what it keeps of it while it leads: later slots may have other
/// members, who promise then.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Preparing {
    /// Its ballot, the highest that it has used or promised.
    pub(super) ballot: Ballot,
    /// Whom it has asked for a promise, and when.
    asked: BTreeMap<NodeId, LocalTime>,
    /// Who has promised. The votes in all slots above this one are in `reported`.
    promises: BTreeMap<NodeId, Slot>,
    /// The highest vote that is reported in each slot in which nothing is proposed yet.
    reported: BTreeMap<Slot, (Ballot, Value)>,
    /// The first slot in which nothing is proposed; at most alpha after what is executed.
    pub(super) next: Slot,
}

impl Preparing {
    pub(super) fn new(ballot: Ballot, executed: Slot) -> Self {
        Self {
            ballot,
            asked: BTreeMap::new(),
            promises: BTreeMap::new(),
            reported: BTreeMap::new(),
            next: executed.next(),
        }
    }

    /// Phase 1a: asks every member of the slots in the window that was not asked yet. The members
    /// of a new configuration are asked as soon as it is known: one promise is for all slots.
    pub(super) fn ask(&mut self, replica: &Replica, cx: &mut Context<'_, Server>) {
        let (first, now, ballot) = (replica.executed.next(), cx.now(), self.ballot);
        let last = replica.executed.plus(cx.config().alpha);
        for member in replica.configurations.within(first, last) {
            if self.asked.contains_key(&member) {
                continue;
            }
            if member == cx.id() {
                // Behind the barrier: its own promise counts once it is durable.
                cx.send(member, Message::Promise(Box::new(replica.report(ballot, first))));
            } else {
                cx.send(member, Message::Prepare { ballot, from: first });
            }
            self.asked.insert(member, now);
        }
    }

    /// Asks again those that have not promised in time.
    pub(super) fn ask_again(&mut self, from: Slot, cx: &mut Context<'_, Server>) {
        let (now, retry, ballot) = (cx.now(), cx.config().retry, self.ballot);
        for (member, asked) in &mut self.asked {
            let waits = !self.promises.contains_key(member) && *member != cx.id();
            if waits && now - *asked >= retry {
                *asked = now;
                cx.resend(*member, Message::Prepare { ballot, from });
            }
        }
    }

    /// An acceptor has promised, and reports its votes.
    pub(super) fn count(&mut self, from: NodeId, promise: Promise, config: &Config) {
        let above = self.promises.entry(from).or_insert(promise.above);
        *above = promise.above.min(*above);
        for (slot, ballot, value) in promise.votes {
            self.count_vote(slot, ballot, value, config);
        }
    }

    /// Of the votes in a slot, that in the highest ballot counts (P2c).
    fn count_vote(&mut self, slot: Slot, ballot: Ballot, value: Value, config: &Config) {
        let known = self.reported.get(&slot).map(|(known, _)| *known);
        let counts = mutants::counts_vote(config, ballot, known);
        if slot >= self.next && counts.unwrap_or(Some(ballot) > known) {
            self.reported.insert(slot, (ballot, value));
        }
    }

    /// Whether phase 1 is done in a slot: a quorum of its members has told its votes there.
    pub(super) fn is_done(&self, slot: Slot, members: Members, config: &Config) -> bool {
        let told = |member: &NodeId| self.promises.get(member).is_some_and(|above| *above < slot);
        members.iter().filter(told).count() >= config.prepare_quorum(members)
    }

    /// Whether a vote was reported in this slot, and nothing is proposed there yet.
    pub(super) fn is_reported(&self, slot: Slot) -> bool {
        self.reported.contains_key(&slot)
    }

    /// Whether a vote for such a value was reported, and it is not proposed yet.
    pub(super) fn reports(&self, is_it: impl Fn(&Value) -> bool) -> bool {
        self.reported.values().any(|(_, value)| is_it(value))
    }

    /// Whether votes were reported in slots that come after those that are proposed in.
    pub(super) fn reports_any(&self) -> bool {
        !self.reported.is_empty()
    }

    /// The value that was reported in this slot, to be proposed there. Slots before it are proposed
    /// in, or known to be chosen: what was reported of them does not matter any more.
    pub(super) fn take_reported(&mut self, slot: Slot) -> Option<Value> {
        self.reported.remove(&slot).map(|(_, value)| value)
    }

    pub(super) fn forget_reports_before(&mut self, slot: Slot) {
        while self.reported.first_key_value().is_some_and(|(reported, _)| *reported < slot) {
            self.reported.pop_first();
        }
    }
}
