//! The queue of keys gives them back in the order of a plain heap, however many there are and
//! however their times lie.

#![expect(dead_code, reason = "the engine uses more of these files than this test")]

#[path = "../src/queue.rs"]
mod queue;
#[path = "../src/radix.rs"]
mod radix;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use queue::Key;
use radix::RadixQueue;

/// A generator good enough to mix cases (SplitMix64).
struct Mix(u64);

impl Mix {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(mixed ^ mixed >> 31) * u128::from(bound)) >> 64) as u64
    }

    /// How long from now: at once, soon, later, or in another age.
    fn delay(&mut self, shape: u64) -> u64 {
        match (shape + self.below(3)) % 6 {
            0 => 0,
            1 => 1_000_000 + self.below(9_000_000),
            2 => self.below(1_000),
            3 => 5_000_000,
            4 => self.below(1 << 40),
            _ => 1_000_000,
        }
    }
}

#[test]
fn keys_come_out_in_the_order_of_a_heap() {
    for seed in 0..120 {
        let mut mix = Mix(seed);
        let (mut ours, mut plain) = (RadixQueue::new(), BinaryHeap::new());
        let mut now = 0;
        for order in 0..20_000 {
            // A third of the runs grow, a third keep their size, a third fall empty now and then.
            let pending = plain.len() as u64;
            let grows =
                mix.below(100) < [68, if pending < 6_000 { 95 } else { 48 }, 50][seed as usize % 3];
            if grows {
                let time = now + mix.delay(seed / 3);
                let key = Key::new(time, mix.below(2) << 39 | order, order as u32);
                ours.push(key);
                plain.push(Reverse(key));
            } else {
                let (ours, plain) = (ours.pop(), plain.pop().map(|key| key.0));
                assert_eq!(ours, plain, "seed {seed}, operation {order}");
                // What a timer does in between may be earlier than the next key.
                let next = plain.map_or(now, Key::time);
                now = if seed % 2 == 0 { next } else { now + (next.max(now) - now) / 2 };
            }
            assert_eq!(ours.peek(), plain.peek().map(|key| key.0), "seed {seed}, {order}");
        }
        while let Some(Reverse(key)) = plain.pop() {
            assert_eq!(ours.pop(), Some(key), "seed {seed}, at the end");
        }
        assert_eq!(ours.pop(), None);
    }
}
