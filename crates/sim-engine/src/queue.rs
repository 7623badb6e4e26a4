//! What is going to happen, in the total order of (time, tie-break, sequence).
//!
//! In two parts, as their needs differ. Messages and the world's own events are only ever pushed
//! and popped: packed keys in a heap, payloads in a [`Slab`], never inline in the heap.
//! Timers are set, replaced and cancelled by key: a priority queue by key, in which setting is one
//! push that replaces, and a cancelled timer keeps its place with a flag, so that nothing piles up.

use std::hash::{BuildHasherDefault, Hash};

use priority_queue::PriorityQueue;
use rustc_hash::FxHasher;
use sim_node::NodeId;

/// When something happens: time (64 bits), tie-break and sequence (40), slot of the payload (24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(u128);

/// The place among the events of one instant, 40 bits: a sequence number, or a drawn tie-break of 8
/// bits before the sequence number's lower 32.
pub(crate) type Order = u64;

pub(crate) const ORDER_BITS: u32 = 40;
pub(crate) const TIE_BITS: u32 = 8;
const SLOT_BITS: u32 = 24;

/// The most messages and events that can be pending: what the slots can number, with room to spare.
pub(crate) const PENDING_MAX: usize = 1 << 22;

impl Key {
    #[inline]
    pub(crate) fn new(time: u64, order: Order, slot: u32) -> Self {
        let low = (order << SLOT_BITS) | u64::from(slot);
        Self(u128::from(time) << 64 | u128::from(low))
    }

    #[inline]
    pub(crate) fn time(self) -> u64 {
        (self.0 >> 64) as u64
    }

    #[inline]
    pub(crate) fn order(self) -> Order {
        self.0 as u64 >> SLOT_BITS
    }

    #[inline]
    pub(crate) fn slot(self) -> u32 {
        self.0 as u32 & ((1 << SLOT_BITS) - 1)
    }
}

/// Payloads by slot; the list of free slots lies in the empty ones.
#[derive(Clone, Debug)]
pub(crate) struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: u32,
}

#[derive(Clone, Debug)]
enum Slot<T> {
    Full(T),
    /// The next free slot.
    Empty(u32),
}

const NO_SLOT: u32 = u32::MAX;

impl<T> Slab<T> {
    pub(crate) fn new() -> Self {
        Self { slots: Vec::new(), free: NO_SLOT }
    }

    /// Puts a value into a slot, unless [`PENDING_MAX`] are full.
    #[inline(always)]
    pub(crate) fn insert(&mut self, value: T) -> Option<u32> {
        let slot = self.free;
        let Some(place) = self.slots.get_mut(slot as usize) else { return self.grow(value) };
        let Slot::Empty(next) = *place else { unreachable!("a free slot is empty") };
        self.free = next;
        *place = Slot::Full(value);
        Some(slot)
    }

    #[cold]
    fn grow(&mut self, value: T) -> Option<u32> {
        let slot = self.slots.len();
        if slot >= PENDING_MAX {
            return None;
        }
        self.slots.push(Slot::Full(value));
        Some(slot as u32)
    }

    /// What a full slot holds.
    #[inline]
    pub(crate) fn get(&self, slot: u32) -> Option<&T> {
        match self.slots.get(slot as usize)? {
            Slot::Full(value) => Some(value),
            Slot::Empty(_) => None,
        }
    }

    #[inline(always)]
    pub(crate) fn take(&mut self, slot: u32) -> T {
        let place = &mut self.slots[slot as usize];
        let full = std::mem::replace(place, Slot::Empty(self.free));
        self.free = slot;
        match full {
            Slot::Full(value) => value,
            Slot::Empty(_) => unreachable!("a key names a full slot"),
        }
    }
}

/// A timer's place: its key without a slot, the incarnation that set it, and the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// The slot bits hold the flag that it was cancelled, which does not count in the order.
    key: Key,
    pub(crate) incarnation: u32,
    pub(crate) step: u64,
}

const CANCELLED: u32 = 1;

impl Due {
    #[inline]
    pub(crate) fn new(time: u64, order: Order, incarnation: u32, step: u64) -> Self {
        Self { key: Key::new(time, order, 0), incarnation, step }
    }

    #[inline]
    fn is_cancelled(&self) -> bool {
        self.key.slot() == CANCELLED
    }

    fn cancelled(self) -> Self {
        Self { key: Key::new(self.key.time(), self.key.order(), CANCELLED), ..self }
    }

    fn at(self, time: u64) -> Self {
        Self { key: Key::new(time, self.key.order(), self.key.slot()), ..self }
    }
}

impl PartialOrd for Due {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    /// The earlier is the greater: the queue pops its greatest.
    #[inline]
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.key.cmp(&self.key)
    }
}

/// The timers of all nodes.
#[derive(Clone, Debug)]
pub(crate) struct Timers<T: Hash + Eq> {
    queue: PriorityQueue<(NodeId, T), Due, BuildHasherDefault<FxHasher>>,
}

impl<T: Copy + Hash + Eq> Timers<T> {
    pub(crate) fn new() -> Self {
        Self { queue: PriorityQueue::with_default_hasher() }
    }

    /// Sets a timer, replacing the one of the same key.
    #[inline]
    pub(crate) fn set(&mut self, node: NodeId, timer: T, due: Due) {
        self.queue.push((node, timer), due);
    }

    /// Cancels a timer, if it is set.
    #[inline]
    pub(crate) fn cancel(&mut self, node: NodeId, timer: T) {
        self.queue.change_priority_by(&(node, timer), |due| *due = due.cancelled());
    }

    /// The key of the next timer that is not cancelled.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<Key> {
        loop {
            let due = self.queue.peek()?.1;
            if !due.is_cancelled() {
                return Some(due.key);
            }
            self.queue.pop();
        }
    }

    /// The next timer; call after [`Timers::peek`].
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<(NodeId, T, Due)> {
        self.queue.pop().map(|((node, timer), due)| (node, timer, due))
    }

    /// Moves a node's timers, when the rate of its clock changes. It looks at every timer.
    pub(crate) fn reschedule(&mut self, node: NodeId, mut time: impl FnMut(u64) -> u64) {
        for ((owner, _), due) in self.queue.iter_mut() {
            if *owner == node {
                *due = due.at(time(due.key.time()));
            }
        }
    }
}
