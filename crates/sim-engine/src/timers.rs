//! [`Timers`]: timers by node and key, of which the next can be found.
//!
//! A priority queue by key, in which setting a timer is one push that replaces. A timer that is set
//! again and again fires seldom, as a heartbeat puts an election off; a cancelled one keeps its
//! place with a flag, so nothing piles up.

use std::cmp::Ordering;
use std::hash::{BuildHasherDefault, Hash};

use priority_queue::PriorityQueue;
use rustc_hash::FxHasher;
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
pub(crate) struct Timers<T: Hash + Eq> {
    queue: PriorityQueue<(NodeId, T), Place, BuildHasherDefault<FxHasher>>,
}

/// When a timer fires, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// Its slot is a flag: [`SET`] or [`CANCELLED`].
    key: Key,
    incarnation: u32,
    step: u64,
}

const SET: u32 = 0;
const CANCELLED: u32 = 1;

impl Place {
    #[inline]
    fn moved(self, time: u64, flag: u32) -> Self {
        Self { key: Key::new(time, self.key.order(), flag), ..self }
    }
}

impl PartialOrd for Place {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    /// The earlier is the greater: the queue pops its greatest.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

impl<T: Copy + Hash + Eq> Timers<T> {
    pub(crate) fn new() -> Self {
        Self { queue: PriorityQueue::with_default_hasher() }
    }

    /// Sets a timer, replacing the one of the same key.
    #[inline]
    pub(crate) fn set(&mut self, time: u64, order: Order, due: Due<T>) {
        let Due { node, timer, incarnation, step } = due;
        let place = Place { key: Key::new(time, order, SET), incarnation, step };
        self.queue.push((node, timer), place);
    }

    /// Cancels a timer, if it is set.
    #[inline]
    pub(crate) fn cancel(&mut self, node: NodeId, timer: T) {
        self.queue.change_priority_by(&(node, timer), |place| {
            *place = place.moved(place.key.time(), CANCELLED);
        });
    }

    /// The key of the next timer.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<Key> {
        loop {
            let key = self.queue.peek()?.1.key;
            if key.slot() == SET {
                return Some(key);
            }
            self.queue.pop();
        }
    }

    /// Whose timer is next, and its key; call after [`Timers::peek`].
    pub(crate) fn first(&self) -> Option<(NodeId, T)> {
        self.queue.peek().map(|(of, _)| *of)
    }

    /// The next timer; call after [`Timers::peek`].
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Due<T>> {
        let ((node, timer), Place { incarnation, step, .. }) = self.queue.pop()?;
        Some(Due { node, timer, incarnation, step })
    }

    /// Moves a node's timers, when the rate of its clock changes. It looks at every timer.
    pub(crate) fn reschedule(&mut self, node: NodeId, mut time: impl FnMut(u64) -> u64) {
        for ((owner, _), place) in self.queue.iter_mut() {
            if *owner == node && place.key.slot() == SET {
                *place = place.moved(time(place.key.time()), SET);
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
            timers.set(1_000_000 + round, 2 * round, due(0, 1));
            timers.cancel(NodeId::new(0), 1);
            timers.set(round, 2 * round + 1, due(0, 2));
            timers.peek();
            timers.pop();
        }
        assert!(timers.queue.len() <= 1, "{} entries", timers.queue.len());
    }
}
