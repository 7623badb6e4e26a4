//! [`Agenda`]: what is going to happen, in the total order of (time, tie-break, sequence).

use std::hash::Hash;

use sim_node::NodeId;

use crate::queue::{Key, ORDER_BITS, Order, Slab, TIE_BITS};
use crate::radix::RadixQueue;
use crate::timers::{Due, Timers};

/// What is going to happen: events `E`, the messages `M` that some of them are about, and timers by
/// node and key.
#[derive(Clone, Debug)]
pub(super) struct Agenda<E, M, T: Hash + Eq> {
    queue: RadixQueue,
    payloads: Slab<E, M>,
    timers: Timers<T>,
    /// The next sequence number; messages are named by theirs.
    sequence: u64,
    /// Whether each event has a drawn place among those of its instant.
    draws_ties: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Head {
    Event(Key),
    Timer(Key),
}

impl Head {
    #[inline]
    pub(super) fn time(self) -> u64 {
        match self {
            Self::Event(key) | Self::Timer(key) => key.time(),
        }
    }
}

/// A message of the agenda, until it is [taken](Agenda::take_message).
pub(super) type Parcel = u32;

/// The agenda holds no more events and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

/// How many drawn places there are at one instant, numbered from 1.
pub(super) const TIES: u64 = (1 << TIE_BITS) - 1;

impl<E: Copy, M, T: Copy + Hash + Eq> Agenda<E, M, T> {
    pub(super) fn new(draws_ties: bool) -> Self {
        Self {
            queue: RadixQueue::new(),
            payloads: Slab::new(),
            timers: Timers::new(),
            sequence: 0,
            draws_ties,
        }
    }

    /// The next sequence number.
    #[inline]
    pub(super) fn next_sequence(&mut self) -> u64 {
        let sequence = self.sequence;
        self.sequence += 1;
        sequence
    }

    #[inline]
    pub(super) fn draws_ties(&self) -> bool {
        self.draws_ties
    }

    /// The place among the events of one instant. Without drawn places it is the sequence number.
    #[inline]
    fn order(&self, tie: u8, sequence: u64) -> Order {
        if self.draws_ties {
            let bits = ORDER_BITS - TIE_BITS;
            u64::from(tie) << bits | (sequence & ((1 << bits) - 1))
        } else {
            sequence & ((1 << ORDER_BITS) - 1)
        }
    }

    /// An event is going to happen.
    #[inline(always)]
    pub(super) fn push(&mut self, time: u64, tie: u8, sequence: u64, event: E) -> Result<(), Full> {
        let order = self.order(tie, sequence);
        let Some(slot) = self.payloads.insert(event) else { return Err(Full) };
        self.queue.push(Key::new(time, order, slot));
        Ok(())
    }

    /// A message, to which nothing happens yet. Each parcel is pushed once or taken out once.
    #[inline(always)]
    pub(super) fn enclose(&mut self, message: M) -> Result<Parcel, Full> {
        self.payloads.reserve(message).ok_or(Full)
    }

    /// An event is going to happen that is about a message.
    #[inline(always)]
    pub(super) fn push_parcel(
        &mut self,
        time: u64,
        tie: u8,
        sequence: u64,
        event: E,
        parcel: Parcel,
    ) {
        self.payloads.fill(parcel, event);
        self.queue.push(Key::new(time, self.order(tie, sequence), parcel));
    }

    /// The message of a parcel.
    #[inline]
    pub(super) fn message(&self, parcel: Parcel) -> &M {
        self.payloads.message(parcel).expect("a parcel has a message")
    }

    /// Puts another message in the place of a parcel's.
    pub(super) fn replace_message(&mut self, parcel: Parcel, message: M) {
        self.payloads.replace_message(parcel, message);
    }

    /// Takes a message out.
    #[inline(always)]
    pub(super) fn take_message(&mut self, parcel: Parcel) -> M {
        self.payloads.take_message(parcel)
    }

    /// A timer is going to fire; it replaces the one of the same key.
    #[inline]
    pub(super) fn set_timer(&mut self, time: u64, tie: u8, due: Due<T>) {
        let sequence = self.next_sequence();
        self.timers.set(time, self.order(tie, sequence), due);
    }

    /// A timer never fires.
    #[inline]
    pub(super) fn cancel_timer(&mut self, node: NodeId, timer: T) {
        self.timers.cancel(node, timer);
    }

    /// Moves a node's timers, when the rate of its clock changes.
    pub(super) fn reschedule_timers(&mut self, node: NodeId, time: impl FnMut(u64) -> u64) {
        self.timers.reschedule(node, time);
    }

    /// What comes next.
    #[inline]
    pub(super) fn head(&mut self) -> Option<Head> {
        match (self.queue.peek(), self.timers.peek()) {
            (Some(event), Some(timer))
                if (timer.time(), timer.order()) < (event.time(), event.order()) =>
            {
                Some(Head::Timer(timer))
            }
            (Some(event), _) => Some(Head::Event(event)),
            (None, Some(timer)) => Some(Head::Timer(timer)),
            (None, None) => None,
        }
    }

    /// Takes the event that comes next; call after [`Agenda::head`]. If it is about a message, this
    /// is its parcel.
    #[inline(always)]
    pub(super) fn take_event(&mut self, key: Key) -> (E, Parcel) {
        self.queue.pop();
        (self.payloads.take(key.slot()), key.slot())
    }

    /// Takes the timer that comes next; call after [`Agenda::head`].
    #[inline]
    pub(super) fn take_timer(&mut self) -> Option<Due<T>> {
        self.timers.pop()
    }

    /// Of many events one that comes soon, when nothing comes in between. The payload of one that
    /// comes a little later is read early, so that it is in the cache by then.
    pub(super) fn soon(&self) -> Option<E> {
        let (soon, later) = self.queue.ahead()?;
        std::hint::black_box(self.payloads.get(later.slot()).is_some());
        std::hint::black_box(self.payloads.message(soon.slot()).is_some());
        self.payloads.get(soon.slot())
    }

    /// An event and the message that it is about, without taking them.
    pub(super) fn look(&self, key: Key) -> (Option<E>, Option<&M>) {
        (self.payloads.get(key.slot()), self.payloads.message(key.slot()))
    }

    /// The timer that comes next; call after [`Agenda::head`].
    pub(super) fn next_timer(&self) -> Option<(NodeId, T)> {
        self.timers.first()
    }

    /// All events but timers, in no order that matters, with the messages that they are about.
    pub(super) fn all(&self) -> impl Iterator<Item = (E, Option<&M>)> {
        self.payloads.iter()
    }

    /// How many events are pending, timers apart, and messages that wait somewhere.
    pub(super) fn pending(&self) -> usize {
        self.payloads.len()
    }

    /// All messages with their parcels, and what happens to them last or next; `None` of one that
    /// a barrier holds.
    pub(super) fn parcels(&self) -> impl Iterator<Item = (Parcel, Option<E>, &M)> {
        self.payloads.parcels()
    }

    /// All messages, wherever they wait.
    pub(super) fn messages(&self) -> impl Iterator<Item = &M> {
        self.payloads.messages()
    }

    /// How many events and messages were pending at once so far.
    #[inline]
    pub(super) fn most(&self) -> usize {
        self.payloads.most()
    }

    /// Whether there are so many events that it is worth reading ahead.
    #[inline]
    pub(super) fn is_large(&self) -> bool {
        self.queue.is_large()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(node: u32, timer: u8) -> Due<u8> {
        Due { node: NodeId::new(node), timer, incarnation: 0, step: 0 }
    }

    /// Everything that happens, in order: events by their text, timers by their key.
    fn play(agenda: &mut Agenda<&'static str, String, u8>) -> Vec<(u64, String)> {
        let mut played = Vec::new();
        while let Some(head) = agenda.head() {
            let what = match head {
                Head::Event(key) => agenda.take_event(key).0.to_owned(),
                Head::Timer(_) => agenda.take_timer().expect("it is next").timer.to_string(),
            };
            played.push((head.time(), what));
        }
        played
    }

    fn push(
        agenda: &mut Agenda<&'static str, String, u8>,
        time: u64,
        tie: u8,
        event: &'static str,
    ) {
        let sequence = agenda.next_sequence();
        agenda.push(time, tie, sequence, event).expect("there is room");
    }

    fn all(played: &[(u64, String)]) -> String {
        played.iter().map(|(time, what)| format!("{time}{what} ")).collect()
    }

    #[test]
    fn events_and_timers_happen_by_time_and_at_one_instant_as_they_were_caused() {
        let mut agenda = Agenda::new(false);
        push(&mut agenda, 5, 0, "a");
        agenda.set_timer(5, 0, due(3, 1));
        push(&mut agenda, 5, 0, "b");
        push(&mut agenda, 2, 0, "c");
        assert_eq!(all(&play(&mut agenda)), "2c 5a 51 5b ");
    }

    #[test]
    fn a_message_waits_apart_from_its_event_and_its_place_is_used_again() {
        let mut agenda: Agenda<&'static str, String, u8> = Agenda::new(false);
        let parcel = agenda.enclose("hello".to_owned()).expect("there is room");
        push(&mut agenda, 3, 0, "a");
        let sequence = agenda.next_sequence();
        agenda.push_parcel(5, 0, sequence, "b", parcel);
        assert_eq!(agenda.message(parcel), "hello");
        for expected in ["a", "b"] {
            let Some(Head::Event(key)) = agenda.head() else { panic!("an event is next") };
            let (event, of) = agenda.take_event(key);
            assert_eq!((event, of == parcel), (expected, expected == "b"));
        }
        assert_eq!(agenda.take_message(parcel), "hello");
        assert_eq!(agenda.enclose("next".to_owned()), Ok(parcel));
    }

    #[test]
    fn a_drawn_place_counts_before_the_sequence_but_after_time() {
        let mut agenda = Agenda::new(true);
        push(&mut agenda, 5, 9, "a");
        agenda.set_timer(5, 7, due(3, 1));
        push(&mut agenda, 5, 8, "b");
        push(&mut agenda, 5, 0, "world");
        push(&mut agenda, 2, 255, "c");
        assert_eq!(all(&play(&mut agenda)), "2c 5world 51 5b 5a ");
    }

    #[test]
    fn a_timer_that_was_replaced_or_cancelled_never_fires() {
        let mut agenda = Agenda::new(false);
        agenda.set_timer(5, 0, due(3, 1));
        agenda.set_timer(9, 0, due(3, 1));
        agenda.set_timer(6, 0, due(3, 2));
        agenda.set_timer(7, 0, due(4, 2));
        agenda.cancel_timer(NodeId::new(3), 2);
        assert_eq!(all(&play(&mut agenda)), "72 91 ");
    }

    #[test]
    fn only_the_timers_of_the_node_move_with_its_clock() {
        let mut agenda = Agenda::new(false);
        agenda.set_timer(5, 0, due(3, 1));
        agenda.set_timer(7, 0, due(4, 2));
        agenda.reschedule_timers(NodeId::new(3), |time| time + 10);
        assert_eq!(all(&play(&mut agenda)), "72 151 ");
    }
}
