//! Messages between nodes: what the network makes of each as it leaves and as it arrives.

use sim_check::{Properties, SimTime};
use sim_node::{Message, Node, NodeId};

use super::agenda::Parcel;
use super::byzantine::Misconduct;
use super::inbox::{Arrival, What};
use super::network::{Envelope, Kept, Leaving, Words, behind};
use super::{Pending, World};
use crate::chance::Purpose;
use crate::{Fate, Loss, Observer, Released};

impl<N: Node, P: Properties<N>> World<N, P> {
    /// How long a message travels when nothing is to be asked but the one distribution of all links
    /// and how far apart nodes are.
    #[inline(always)]
    pub(super) fn plain_delay(&mut self, from: NodeId, to: NodeId) -> u64 {
        let word = if self.plan.draws_delay { self.chance.word(Purpose::Delay, from) } else { 0 };
        let delay = self.network.plain_delay().draw(word);
        delay.saturating_add(self.network.latency(from, to))
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
        envelope: Envelope,
        parcel: Parcel,
        mut kind: usize,
        watch: &mut O,
    ) {
        let words = self.words(self.sender(&envelope));
        if !self.network.is_betrayed() {
            return self.travel(envelope, parcel, kind, &words, watch);
        }
        let Misconduct { lost, again } = self.misbehave(&envelope, parcel, kind);
        if let Some(why) = lost {
            self.break_connection(envelope.from, envelope.to);
            self.fail_to_send(&envelope, parcel, why, watch);
        } else {
            kind = self.agenda.message(parcel).kind();
            self.travel(envelope, parcel, kind, &words, watch);
        }
        for one in again {
            self.send_again(&envelope, one, watch);
        }
    }

    /// A message goes through everything that the network does to it.
    pub(super) fn travel<O: Observer<N> + ?Sized>(
        &mut self,
        mut envelope: Envelope,
        parcel: Parcel,
        kind: usize,
        words: &Words,
        watch: &mut O,
    ) {
        let Envelope { id, from, to, tie, .. } = envelope;
        let incarnation = self.incarnations[self.sender(&envelope).index()];
        let size = if self.plan.asks_sizes { self.agenda.message(parcel).size() } else { 0 };
        let (size, now) = (size as u64, self.now);
        let leaving = Leaving { id, from, to, kind, size, tie, incarnation, now };
        let journey = match self.network.send(&leaving, words) {
            Ok(journey) => journey,
            Err(why) => {
                self.break_connection(from, to);
                return self.fail_to_send(&envelope, parcel, why, watch);
            }
        };
        let (arrives, tie) = journey.arrives;
        envelope.tie = tie;
        let Some((copy_arrives, copy_tie)) = journey.copy else {
            return self.keep_or_depart(Kept { arrives, envelope, parcel }, id, watch);
        };
        envelope.copied = true;
        self.tally.copies.insert(id, (2, false));
        let duplicated = self.agenda.message(parcel).clone();
        self.keep_or_depart(Kept { arrives, envelope, parcel }, id, watch);
        let sequence = self.agenda.next_sequence();
        let Ok(parcel) = self.agenda.enclose(duplicated) else { return self.too_many_pending() };
        let envelope = Envelope { tie: copy_tie, copy: true, ..envelope };
        self.keep_or_depart(Kept { arrives: copy_arrives, envelope, parcel }, sequence, watch);
    }

    fn keep_or_depart<O: Observer<N> + ?Sized>(
        &mut self,
        message: Kept,
        sequence: u64,
        watch: &mut O,
    ) {
        let Kept { arrives, envelope, parcel } = message;
        let kind = self.agenda.message(parcel).kind();
        match self.network.keeper(envelope.from, envelope.to, kind) {
            Some(hold) => {
                let fault = hold.keep(message);
                self.tell_sent(&envelope, parcel, Fate::Held(fault), watch);
            }
            None => self.depart(&envelope, parcel, arrives, sequence, watch),
        }
    }

    /// What a hold has kept leaves, in the order in which it was sent, none before now; what
    /// another hold in force is to keep as well goes on to that one.
    pub(super) fn end_hold<O: Observer<N> + ?Sized>(&mut self, fault: u32, watch: &mut O) {
        let mut last = (self.now, 0);
        for mut kept in self.network.end_hold(fault) {
            last = behind(last, (kept.arrives, kept.envelope.tie));
            (kept.arrives, kept.envelope.tie) = last;
            self.network.arrives_later(kept.envelope.from, kept.envelope.to, last);
            let sequence = self.agenda.next_sequence();
            let Kept { arrives, envelope, parcel } = kept;
            let kind = self.agenda.message(parcel).kind();
            if let Some(hold) = self.network.keeper(envelope.from, envelope.to, kind) {
                hold.keep(kept);
                continue;
            }
            watch.released(&Released {
                message: envelope.id,
                time: SimTime::from_nanos(self.now),
                fault: fault as usize,
                arrives: SimTime::from_nanos(arrives),
            });
            self.set_off(&envelope, parcel, arrives, sequence);
        }
    }

    /// What is undelivered on a stream is lost with its connection.
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
        envelope: &Envelope,
        parcel: Parcel,
        arrives: u64,
        sequence: u64,
        watch: &mut O,
    ) {
        self.tell_sent(envelope, parcel, Fate::Arrives(SimTime::from_nanos(arrives)), watch);
        self.set_off(envelope, parcel, arrives, sequence);
    }

    #[inline(always)]
    fn set_off(&mut self, envelope: &Envelope, parcel: Parcel, arrives: u64, sequence: u64) {
        let pending = Pending::Message(*envelope);
        self.agenda.push_parcel(arrives, envelope.tie, sequence, pending, parcel);
    }

    /// A message arrives, unless something keeps it from doing so.
    #[inline(always)]
    pub(super) fn deliver<O: Observer<N> + ?Sized>(
        &mut self,
        envelope: &Envelope,
        parcel: Parcel,
        watch: &mut O,
    ) {
        if self.network.is_guarded()
            && let Some(why) = self.turned_away(envelope, parcel)
        {
            self.check_assumed_links(why, envelope.from, envelope.to);
            self.agenda.take_message(parcel);
            return self.lose(envelope.id, envelope.copied, why, watch);
        }
        let &Envelope { id, from, to, step, sent, copied, twin, .. } = envelope;
        let to = self.receiver(from, to, twin);
        let what = What::Message { id, from, sent, copied, parcel };
        self.arrive(to, Arrival { what, step: Some(step) }, watch);
    }

    /// Why a message that would arrive now does not.
    fn turned_away(&mut self, envelope: &Envelope, parcel: Parcel) -> Option<Loss> {
        let &Envelope { id, from, to, .. } = envelope;
        let kind = self.agenda.message(parcel).kind();
        let corrupted = self.network.corrupts(from, to, kind).then_some(Loss::Corrupted);
        let mut severed = false;
        let why =
            self.network.turned_away((id, from, to, kind), self.now, &mut severed).or(corrupted)?;
        if severed {
            self.check_assumed_links(Loss::Cut, from, to);
        }
        if matches!(why, Loss::Omission | Loss::Corrupted) {
            self.break_connection(from, to);
        }
        Some(why)
    }
}
