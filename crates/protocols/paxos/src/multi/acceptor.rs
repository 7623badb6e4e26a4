//! Phases 1b and 2b: what an acceptor answers (Lamport 2001, 2.2 and 2.5).
//!
//! One promise is for all slots at once. It is written before it is spoken, and so is each vote.

use sim_node::{Context, NodeId};

use super::{Accept, Indication, Message, Mutant, Promise, Record, Server, Slot, Value};
use crate::Ballot;

impl Server {
    /// Phase 1b (P1a): "a proposer sends a prepare request with a number greater than any to which
    /// the acceptor has already responded". The same number again is the same proposer's retry.
    pub(super) fn answer_prepare(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        slot: Slot,
        cx: &mut Context<'_, Self>,
    ) {
        if let Some(promised) = self.promised.filter(|promised| *promised > ballot) {
            return Self::nack(from, promised, cx);
        }
        self.hear_ballot(ballot, cx);
        if self.promised < Some(ballot) {
            self.promised = Some(ballot);
            Self::write_vow(Record::Promised(ballot), cx);
        }
        Self::persist(cx);
        cx.send(from, Message::Promise(self.promise(ballot, slot)));
    }

    /// A promise with the votes of all slots from one on, or where it knows it, what is chosen
    /// there. What is executed can be fetched, and is not told.
    pub(super) fn promise(&self, ballot: Ballot, from: Slot) -> Promise {
        let above = from.previous().max(self.executed);
        let (mut votes, mut chosen) = (Vec::new(), Vec::new());
        for (slot, entry) in self.log.after(above) {
            let list = if entry.chosen { &mut chosen } else { &mut votes };
            list.push((slot, entry.ballot, entry.value.clone()));
        }
        Promise { ballot, executed: self.executed, above, votes, chosen }
    }

    /// Phase 2b: it votes "unless it has already responded to a prepare request having a number
    /// greater than" that of the proposal.
    pub(super) fn answer_accept(
        &mut self,
        from: NodeId,
        accept: Accept,
        cx: &mut Context<'_, Self>,
    ) {
        let Accept { ballot, slot, value, upto } = accept;
        let check = !cx.config().has(Mutant::No2bCheck);
        if let Some(promised) = self.promised.filter(|promised| *promised > ballot && check) {
            return Self::nack(from, promised, cx);
        }
        self.hear_ballot(ballot, cx);
        self.heard = true;
        self.vote(from, slot, ballot, &value, cx);
        self.hear_chosen(from, Some(ballot), upto, cx);
    }

    /// Votes, and tells the proposer once that is durable.
    pub(super) fn vote(
        &mut self,
        proposer: NodeId,
        slot: Slot,
        ballot: Ballot,
        value: &Value,
        cx: &mut Context<'_, Self>,
    ) {
        let news = self.log.vote(slot, ballot, value);
        if news {
            Self::write_vow(Record::Voted { slot, ballot, value: value.clone() }, cx);
        } else if self.promised < Some(ballot) {
            // The vote itself is not needed any more.
            Self::write_vow(Record::Promised(ballot), cx);
        }
        self.promised = self.promised.max(Some(ballot));
        Self::persist(cx);
        // Told first: a crash between the two leaves a vote that nobody has heard of, and not one
        // that nobody has cast.
        if news {
            cx.indicate(Indication::Voted { slot, ballot, value: value.clone() });
        }
        cx.send(proposer, Message::Accepted { ballot, slot });
    }

    /// Reads: has anybody been promised a higher ballot? The answer is about the past alone, so
    /// nothing needs to be durable.
    pub(super) fn answer_confirm(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        round: u64,
        cx: &mut Context<'_, Self>,
    ) {
        match self.promised {
            Some(promised) if promised > ballot => Self::nack(from, promised, cx),
            _ => cx.send(from, Message::Confirmed { ballot, round }),
        }
    }

    /// The promise may not be durable yet, and is spoken of here.
    pub(super) fn nack(to: NodeId, promised: Ballot, cx: &mut Context<'_, Self>) {
        Self::persist(cx);
        cx.send(to, Message::Nack { promised });
    }
}
