//! Messages between nodes: what the network makes of each as it leaves and as it arrives.

use sim_check::Properties;
use sim_node::{Message, Node, NodeId};

use super::network::{Envelope, Leaving, Words, behind};
use super::nodes::{Arrival, What};
use super::{Pending, World};
use crate::chance::Purpose;
use crate::{Loss, Observer};

impl<N: Node, P: Properties<N>> World<N, P> {
    /// The delay of a message when nothing is to be asked but the one distribution of all links.
    #[inline(always)]
    pub(super) fn plain_delay(&mut self, from: NodeId) -> u64 {
        let word = if self.plan.draws_delay { self.chance.word(Purpose::Delay, from) } else { 0 };
        self.network.plain_delay().draw(word)
    }

    /// The words of chance of a message that leaves.
    fn words(&mut self, from: NodeId) -> Words {
        let plan = &self.plan;
        let mut word = |in_use: bool, purpose| {
            if in_use { self.chance.word(purpose, from) } else { u64::MAX }
        };
        let delay = word(plan.draws_delay, Purpose::Delay);
        let loss = word(plan.draws_loss, Purpose::Loss);
        let twice = word(plan.draws_duplication, Purpose::Duplication);
        let copy_delay = word(plan.draws_duplication, Purpose::CopyDelay);
        let copy_tie = if plan.draws_duplication { self.tie(Purpose::CopyTie, from) } else { 0 };
        Words { delay, loss, twice, copy_delay, copy_tie }
    }

    /// A message goes through everything that may happen to it at its sending.
    pub(super) fn route<O: Observer<N> + ?Sized>(
        &mut self,
        mut envelope: Envelope<N::Message>,
        kind: usize,
        watch: &mut O,
    ) {
        let (id, from, to) = (envelope.id, envelope.from, envelope.to);
        let words = self.words(from);
        let incarnation = self.incarnations[from.index()];
        let (tie, now) = (envelope.tie, self.now);
        let leaving = Leaving { id, from, to, kind, tie, incarnation, now };
        let journey = match self.network.send(&leaving, &words) {
            Ok(journey) => journey,
            Err(why) => {
                self.break_connection(from, to);
                return self.fail_to_send(&envelope, why, watch);
            }
        };
        let (arrives, tie) = journey.arrives;
        envelope.tie = tie;
        let Some((copy_arrives, copy_tie)) = journey.copy else {
            return self.keep_or_depart(arrives, envelope, id, watch);
        };
        envelope.copied = true;
        self.tally.copies.insert(id, (2, false));
        let copy = Envelope { tie: copy_tie, copy: true, ..envelope.clone() };
        self.keep_or_depart(arrives, envelope, id, watch);
        let sequence = self.agenda.next_sequence();
        self.keep_or_depart(copy_arrives, copy, sequence, watch);
    }

    fn keep_or_depart<O: Observer<N> + ?Sized>(
        &mut self,
        arrives: u64,
        envelope: Envelope<N::Message>,
        sequence: u64,
        watch: &mut O,
    ) {
        match self.network.keeper(envelope.from, envelope.to) {
            Some(hold) => hold.keep(arrives, envelope),
            None => self.depart(envelope, arrives, sequence, watch),
        }
    }

    /// What a hold has kept leaves, in the order in which it was sent, none before now; what
    /// another hold in force is to keep as well goes on to that one.
    pub(super) fn end_hold<O: Observer<N> + ?Sized>(&mut self, fault: u32, watch: &mut O) {
        let mut last = (self.now, 0);
        for (arrives, mut envelope) in self.network.end_hold(fault) {
            last = behind(last, (arrives, envelope.tie));
            envelope.tie = last.1;
            let sequence = self.agenda.next_sequence();
            self.keep_or_depart(last.0, envelope, sequence, watch);
        }
    }

    /// What is undelivered on a stream dies with its connection.
    pub(super) fn break_connection(&mut self, from: NodeId, to: NodeId) {
        if self.network.is_stream() {
            let sent_before = self.agenda.next_sequence();
            self.network.break_connection(from, to, sent_before);
        }
    }

    /// A message, or a copy of one, is on its way.
    #[inline(always)]
    pub(super) fn depart<O: Observer<N> + ?Sized>(
        &mut self,
        envelope: Envelope<N::Message>,
        arrives: u64,
        sequence: u64,
        watch: &mut O,
    ) {
        self.tell_sent(&envelope, Ok(arrives), watch);
        let tie = envelope.tie;
        self.push(arrives, tie, sequence, Pending::Message(envelope));
    }

    /// A message arrives, unless something keeps it from doing so.
    #[inline(always)]
    pub(super) fn deliver<O: Observer<N> + ?Sized>(
        &mut self,
        envelope: Envelope<N::Message>,
        watch: &mut O,
    ) {
        if self.network.is_guarded()
            && let Some(why) = self.turned_away(&envelope)
        {
            self.check_assumed_links(why, envelope.from, envelope.to);
            return self.lose(envelope.id, envelope.copied, why, watch);
        }
        let Envelope { id, from, to, step, sent, copied, message, .. } = envelope;
        let what = What::Message { id, from, sent, copied, message };
        self.arrive(to, Arrival { what, step: Some(step) }, watch);
    }

    /// Why a message that would arrive now does not.
    fn turned_away(&mut self, envelope: &Envelope<N::Message>) -> Option<Loss> {
        let &Envelope { id, from, to, .. } = envelope;
        let mut severed = false;
        let why = self.network.turned_away((id, from, to), self.now, &mut severed)?;
        if severed {
            self.check_assumed_links(Loss::Cut, from, to);
        }
        if why == Loss::Omission {
            self.break_connection(from, to);
        }
        Some(why)
    }
}

/// The number of kinds, for tables by kind.
pub(super) fn kinds<N: Node>() -> usize {
    N::Message::KINDS.len()
}
