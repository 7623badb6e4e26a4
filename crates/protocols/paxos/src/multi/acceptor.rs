//! Phases 1b and 2b: what an acceptor answers (Lamport 2001, 2.2 and 2.5).
//!
//! One promise is for all slots at once. It is written before it is sent, and so is each vote.

use sim_node::{Context, NodeId};

use super::replica::{Replica, persist};
use super::{Accept, Indication, Message, Mutant, Promise, Record, Server, Slot, Value, mutants};
use crate::Ballot;

impl Server {
    /// Phase 1b (P1a): it promises on "a prepare request with number n greater than that of any
    /// prepare request to which it has already responded". The same number again is a retry.
    pub(super) fn on_prepare(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        slot: Slot,
        cx: &mut Context<'_, Self>,
    ) {
        if let Some(promised) = self.replica.promised_above(ballot) {
            return nack(from, promised, cx);
        }
        self.on_ballot(ballot, cx);
        self.replica.promise(ballot, cx);
        cx.send(from, Message::Promise(Box::new(self.replica.report(ballot, slot))));
    }

    /// Phase 2b: it votes "unless it has already responded to a prepare request having a number
    /// greater than" that of the proposal.
    pub(super) fn on_accept(&mut self, from: NodeId, accept: &Accept, cx: &mut Context<'_, Self>) {
        let Accept { ballot, slot, ref value, upto } = *accept;
        if let Some(promised) = self.replica.promised_above(ballot)
            && !cx.config().has(Mutant::No2bCheck)
        {
            return nack(from, promised, cx);
        }
        self.on_ballot(ballot, cx);
        self.leader_active = true;
        self.replica.vote(from, slot, ballot, value, cx);
        self.on_chosen(from, Some(ballot), upto, cx);
    }

    /// For a read: the answer is about the past alone, so nothing needs to be durable.
    pub(super) fn on_confirm(
        &self,
        from: NodeId,
        ballot: Ballot,
        round: u64,
        cx: &mut Context<'_, Self>,
    ) {
        match self.replica.promised_above(ballot) {
            Some(promised) => nack(from, promised, cx),
            None => cx.send(from, Message::Confirmed { ballot, round }),
        }
    }
}

impl Replica {
    /// What a promise tells: the votes in all slots from this one on, or where it knows it, what is
    /// chosen there. It leaves out what it has executed: that can be fetched.
    ///
    /// An acceptor that has executed slots 1 to 3 is asked for slots 2 and later:
    ///
    /// ```text
    /// slot      2         3         4            5         6
    /// log       chosen    chosen    voted, 1.0   nothing   chosen
    /// promise   executed: 3, above: 3, votes: [4], chosen: [6]
    /// ```
    pub(super) fn report(&self, ballot: Ballot, from: Slot) -> Promise {
        let above = from.previous().max(self.executed);
        let (mut votes, mut chosen) = (Vec::new(), Vec::new());
        for (slot, entry) in self.log.after(above) {
            let list = if entry.chosen { &mut chosen } else { &mut votes };
            list.push((slot, entry.ballot, entry.value.clone()));
        }
        Promise { ballot, executed: self.executed, above, votes, chosen }
    }

    /// Votes, and tells the proposer once the vote is durable.
    pub(super) fn vote(
        &mut self,
        proposer: NodeId,
        slot: Slot,
        ballot: Ballot,
        value: &Value,
        cx: &mut Context<'_, Server>,
    ) {
        let is_new = self.log.vote(slot, ballot, value);
        if is_new {
            mutants::write_promise(Record::Voted { slot, ballot, value: value.clone() }, cx);
        } else if self.promised < Some(ballot) {
            // The vote itself is not needed any more.
            mutants::write_promise(Record::Promised(ballot), cx);
        }
        self.promised = self.promised.max(Some(ballot));
        persist(cx);
        // The indication goes first. After a crash between the two the vote counts, and the
        // proposer does not know of it; the other way round it would count a vote that was never
        // indicated.
        if is_new {
            cx.indicate(Indication::Voted { slot, ballot, value: value.clone() });
        }
        cx.send(proposer, Message::Accepted { ballot, slot });
    }
}

/// Refuses a request, as a higher ballot is promised. That promise may not be durable yet: this
/// tells of it, too, so it waits for it.
pub(super) fn nack(to: NodeId, promised: Ballot, cx: &mut Context<'_, Server>) {
    persist(cx);
    cx.send(to, Message::Nack { promised });
}
