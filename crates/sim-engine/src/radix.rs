//! [`RadixQueue`]: the queue of keys, smallest first.
//!
//! A few keys wait in a heap. Of many, a heap would touch a cache line a level and miss most of
//! them; so only those that come next are in order, and the others wait unordered in buckets, a
//! bucket for each bit of time. A bucket is spread over the lower ones when its time comes: every
//! key moves a few times in all, each time from and to the end of a list. (A radix heap:
//! Ahuja, Mehlhorn, Orlin, Tarjan 1990. Unlike theirs, this one takes keys of the past, too.)

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::queue::Key;

/// So many keys are put in order at a time.
const RUN: usize = 64;
/// So many keys are few enough for a heap: its upper levels stay in the cache.
const FEW: usize = 4_096;
/// How many bits a time has.
const BITS: usize = 64;

/// A queue of keys, smallest first.
#[derive(Clone, Debug)]
pub(crate) struct RadixQueue {
    /// Whether all keys are in the heap, and all times near.
    few: bool,
    /// The next keys, in order, the first at the end.
    run: Vec<Key>,
    /// Keys that were near when they came.
    heap: BinaryHeap<Reverse<Key>>,
    /// With more keys than that in the heap, they are spread over the buckets.
    heap_max: usize,
    /// The last time that is near. Keys up to it are in the run or in the heap, all others in a
    /// bucket; while there is one in a bucket, there is one that is near.
    near: u64,
    /// A time that is near. A key is in the bucket of the highest bit in which its time differs.
    base: u64,
    /// No buckets in a world of few events.
    buckets: Vec<Vec<Key>>,
    /// Which buckets are not empty, bit by bit.
    filled: u64,
}

impl RadixQueue {
    pub(crate) fn new() -> Self {
        Self {
            few: true,
            run: Vec::new(),
            heap: BinaryHeap::new(),
            heap_max: FEW,
            near: u64::MAX,
            base: 0,
            buckets: Vec::new(),
            filled: 0,
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, key: Key) {
        if key.time() > self.near {
            return self.push_far(key);
        }
        self.heap.push(Reverse(key));
        if self.heap.len() > self.heap_max {
            self.spread();
        }
    }

    #[inline(never)]
    fn push_far(&mut self, key: Key) {
        self.put(key);
        self.keep_near();
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<Key> {
        if self.few { self.heap.peek().map(|key| key.0) } else { self.peek_of_many() }
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Key> {
        if self.few { self.heap.pop().map(|key| key.0) } else { self.pop_of_many() }
    }

    #[inline(never)]
    fn peek_of_many(&self) -> Option<Key> {
        let of_heap = self.heap.peek().map(|key| key.0);
        match self.run.last() {
            None => of_heap,
            Some(&of_run) => Some(of_heap.map_or(of_run, |key| key.min(of_run))),
        }
    }

    #[inline(never)]
    fn pop_of_many(&mut self) -> Option<Key> {
        let from_run = match self.run.last() {
            None => false,
            Some(of_run) => self.heap.peek().is_none_or(|of_heap| *of_run < of_heap.0),
        };
        let key = if from_run { self.run.pop() } else { self.heap.pop().map(|key| key.0) };
        self.keep_near();
        // Many of one instant are not few, though no bucket has any: what follows belongs there.
        if self.filled == 0 && self.run.is_empty() && self.heap.len() <= FEW {
            (self.few, self.near, self.heap_max) = (true, u64::MAX, FEW);
        }
        key
    }

    fn keep_near(&mut self) {
        if self.filled != 0 && self.run.is_empty() && self.heap.is_empty() {
            self.refill();
        }
    }

    /// Whether there are more keys than fit into the heap.
    #[inline]
    pub(crate) fn is_large(&self) -> bool {
        !self.few
    }

    /// Of many keys one that comes soon and one that comes later, if nothing comes in between.
    pub(crate) fn ahead(&self) -> Option<(Key, Key)> {
        match self.run.as_slice() {
            [.., later, _, soon, _] => Some((*soon, *later)),
            _ => None,
        }
    }

    /// Puts a key that is not near into its bucket.
    #[inline]
    fn put(&mut self, key: Key) {
        let bucket = highest_difference(key.time(), self.base);
        self.buckets[bucket].push(key);
        self.filled |= 1 << bucket;
    }

    /// Nothing is near any more: the first bucket is spread over the lower ones, and the lowest of
    /// all become the run.
    #[inline(never)]
    fn refill(&mut self) {
        let first = self.filled.trailing_zeros() as usize;
        let mut keys = self.take(first);
        self.base = keys.iter().map(|key| key.time()).min().unwrap_or(self.base);
        self.near = self.base;
        for key in keys.drain(..) {
            match key.time() == self.base {
                true => self.run.push(key),
                false => self.put(key),
            }
        }
        self.buckets[first] = keys;
        while self.filled != 0 {
            let next = self.filled.trailing_zeros() as usize;
            if self.run.len() + self.buckets[next].len() > RUN {
                break;
            }
            let mut keys = self.take(next);
            self.run.append(&mut keys);
            self.buckets[next] = keys;
            self.near = self.base | u64::MAX >> (BITS - 1 - next);
        }
        if self.filled == 0 {
            self.near = u64::MAX;
        }
        self.heap_max = FEW;
        self.run.sort_unstable_by_key(|key| Reverse(*key));
    }

    /// More keys are near than few: all are spread over the buckets, relative to the first of them.
    #[cold]
    fn spread(&mut self) {
        self.buckets.resize_with(BITS, Vec::new);
        self.few = false;
        let base = self.peek().map_or(self.base, Key::time);
        if base < self.base {
            // From a base before it, everything that was close to the old one is as far away.
            let close = highest_difference(base, self.base);
            for bucket in 0..close {
                let mut keys = self.take(bucket);
                self.buckets[close].append(&mut keys);
                self.filled |= u64::from(!self.buckets[close].is_empty()) << close;
            }
        }
        (self.base, self.near) = (base, base);
        let run = std::mem::take(&mut self.run).into_iter();
        let heap = std::mem::take(&mut self.heap).into_iter().map(|key| key.0);
        for key in run.chain(heap) {
            match key.time() == base {
                true => self.heap.push(Reverse(key)),
                false => self.put(key),
            }
        }
        // Those of one instant cannot be spread.
        self.heap_max = FEW.max(2 * self.heap.len());
    }

    /// Takes the keys out of a bucket.
    fn take(&mut self, bucket: usize) -> Vec<Key> {
        self.filled &= !(1 << bucket);
        std::mem::take(&mut self.buckets[bucket])
    }
}

/// The highest bit in which two times differ; they do.
#[inline]
fn highest_difference(one: u64, other: u64) -> usize {
    (one ^ other).ilog2() as usize
}
