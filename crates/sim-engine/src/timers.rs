//! [`Timers`]: timers by node and key, of which the next can be found.
//!
//! A timer that is set again and again fires seldom: a heartbeat puts an election off, an answer
//! ends a wait. So setting a timer to a later time, or cancelling it, leaves its entry in the heap
//! as it is, and the entry is moved when it comes up.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use sim_node::NodeId;

use crate::queue::{Key, Order};

/// A timer that fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due<T> {
    pub(crate) node: NodeId,
    pub(crate) timer: T,
    /// The incarnation that set it, and the step.
    pub(crate) incarnation: u32,
    pub(crate) step: u64,
}

/// The timers of all nodes.
#[derive(Clone, Debug)]
pub(crate) struct Timers<T> {
    /// When timers fire, or earlier: their keys with the slot of the timer.
    heap: BinaryHeap<Reverse<Key>>,
    /// Entries of the heap that no slot calls its own any longer.
    stale: usize,
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
    /// By node, then by key: where the timer is.
    places: Vec<Vec<(T, u32)>>,
}

#[derive(Clone, Copy, Debug)]
struct Slot<T> {
    due: Due<T>,
    /// When it fires; `None` when it was cancelled.
    fires: Option<Key>,
    /// Its own entry of the heap, which is not later than that.
    entry: Key,
}

/// So many stale entries do not matter.
const STALE: usize = 64;

impl<T: Copy + Ord> Timers<T> {
    pub(crate) fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            stale: 0,
            slots: Vec::new(),
            free: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Sets a timer, replacing the one of the same key.
    #[inline]
    pub(crate) fn set(&mut self, time: u64, order: Order, due: Due<T>) {
        let index = due.node.index();
        if index >= self.places.len() {
            self.places.resize_with(index + 1, Vec::new);
        }
        match self.places[index].binary_search_by(|(timer, _)| timer.cmp(&due.timer)) {
            Ok(place) => {
                let slot = self.places[index][place].1;
                self.slots[slot as usize].due = due;
                self.fire_at(slot, Key::new(time, order, slot));
            }
            Err(place) => {
                let slot = self.new_slot(time, order, due);
                self.places[index].insert(place, (due.timer, slot));
            }
        }
    }

    fn new_slot(&mut self, time: u64, order: Order, due: Due<T>) -> u32 {
        let number = u32::try_from(self.slots.len()).expect("slots have 24 bits");
        let slot = self.free.pop().unwrap_or(number);
        let key = Key::new(time, order, slot);
        let full = Slot { due, fires: Some(key), entry: key };
        match self.slots.get_mut(slot as usize) {
            Some(place) => *place = full,
            None => self.slots.push(full),
        }
        self.heap.push(Reverse(key));
        slot
    }

    /// A timer that has an entry fires at another time.
    #[inline]
    fn fire_at(&mut self, slot: u32, key: Key) {
        let place = &mut self.slots[slot as usize];
        place.fires = Some(key);
        if key < place.entry {
            place.entry = key;
            self.heap.push(Reverse(key));
            self.stale += 1;
            if self.stale > STALE && self.stale > self.heap.len() / 2 {
                self.sweep();
            }
        }
    }

    #[cold]
    fn sweep(&mut self) {
        let slots = &self.slots;
        self.heap.retain(|entry| slots[entry.0.slot() as usize].entry == entry.0);
        self.stale = 0;
    }

    /// Cancels a timer, if it is set.
    #[inline]
    pub(crate) fn cancel(&mut self, node: NodeId, timer: T) {
        let Some(places) = self.places.get(node.index()) else { return };
        if let Ok(place) = places.binary_search_by(|(other, _)| other.cmp(&timer)) {
            self.slots[places[place].1 as usize].fires = None;
        }
    }

    /// The key of the next timer.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<Key> {
        loop {
            let mut head = self.heap.peek_mut()?;
            let entry = head.0;
            let slot = &mut self.slots[entry.slot() as usize];
            if slot.entry != entry {
                PeekMut::pop(head);
                self.stale -= 1;
                continue;
            }
            match slot.fires {
                Some(fires) if fires == entry => return Some(entry),
                Some(fires) => {
                    slot.entry = fires;
                    head.0 = fires;
                }
                None => {
                    PeekMut::pop(head);
                    self.vacate(entry.slot());
                }
            }
        }
    }

    /// The next timer; call after [`Timers::peek`].
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Due<T>> {
        let slot = self.heap.pop()?.0.slot();
        let due = self.slots[slot as usize].due;
        self.vacate(slot);
        Some(due)
    }

    /// The timer of a slot is gone; it has no entry any longer.
    #[inline]
    fn vacate(&mut self, slot: u32) {
        let Due { node, timer, .. } = self.slots[slot as usize].due;
        let places = &mut self.places[node.index()];
        if let Ok(place) = places.binary_search_by(|(other, _)| other.cmp(&timer)) {
            places.remove(place);
        }
        self.free.push(slot);
        // No entry equals it: no two have the same time and order.
        self.slots[slot as usize].entry = Key::new(0, 0, slot);
    }

    /// Moves a node's timers, when the rate of its clock changes.
    pub(crate) fn reschedule(&mut self, node: NodeId, mut time: impl FnMut(u64) -> u64) {
        let places = self.places.get(node.index()).cloned().unwrap_or_default();
        for (_, slot) in places {
            if let Some(fires) = self.slots[slot as usize].fires {
                self.fire_at(slot, Key::new(time(fires.time()), fires.order(), slot));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn due(node: u32, timer: u8) -> Due<u8> {
        Due { node: NodeId::new(node), timer, incarnation: 0, step: 0 }
    }

    /// A generator good enough to mix cases.
    struct Mix(u64);

    impl Mix {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 33) % bound
        }
    }

    #[test]
    fn timers_fire_as_those_of_a_plain_map_do() {
        for seed in 0..200 {
            let mut mix = Mix(seed);
            let mut timers = Timers::new();
            let mut plain: BTreeMap<(u32, u8), (u64, u64)> = BTreeMap::new();
            let mut now = 0;
            for order in 1..600 {
                let (node, timer) = (mix.below(3) as u32, mix.below(5) as u8);
                match mix.below(8) {
                    0..=4 => {
                        let time = now + mix.below(50);
                        timers.set(time, order, due(node, timer));
                        plain.insert((node, timer), (time, order));
                    }
                    5 => {
                        timers.cancel(NodeId::new(node), timer);
                        plain.remove(&(node, timer));
                    }
                    6 => {
                        let later = |time: u64| time + 7;
                        timers.reschedule(NodeId::new(node), later);
                        let of_node = plain.iter_mut().filter(|((owner, _), _)| *owner == node);
                        of_node.for_each(|(_, (time, _))| *time = later(*time));
                    }
                    _ => {
                        let next = plain.iter().min_by_key(|(_, when)| **when);
                        let next = next.map(|(timer, when)| (*timer, *when));
                        let peeked = timers.peek().map(|key| (key.time(), key.order()));
                        assert_eq!(peeked, next.map(|(_, when)| when));
                        let popped = timers.pop().map(|due| (due.node.number(), due.timer));
                        assert_eq!(popped, next.map(|(timer, _)| timer));
                        if let Some((timer, (time, _))) = next {
                            plain.remove(&timer);
                            now = time;
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_piles_up() {
        let mut timers = Timers::new();
        for round in 0..10_000 {
            // Far away, then near: what was far away is stale at once.
            timers.set(1_000_000 + round, 2 * round, due(0, 1));
            timers.set(round, 2 * round + 1, due(0, 1));
            timers.peek();
            timers.pop();
        }
        assert!(timers.heap.len() <= 2 * STALE + 2, "{} entries", timers.heap.len());
        assert_eq!((timers.slots.len(), timers.places[0].len()), (1, 0));
    }
}
