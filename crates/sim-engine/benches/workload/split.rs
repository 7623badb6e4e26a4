//! The split loop: the engine's queue without the engine. Messages wait in a heap of packed keys
//! with their payloads in a slab; timers in a priority queue, where setting replaces and a
//! cancelled one keeps its place with a flag.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::BuildHasherDefault;
use std::hint::black_box;

use priority_queue::PriorityQueue;
use rustc_hash::FxHasher;

use super::shape::{Chance, FAN_OUT_MAX, TIMERS, content, key, time};
use super::{Play, Sample, Workload, clock};

/// Plays a workload and measures its second part.
pub fn run(workload: Workload, seed: u64) -> Sample {
    let mut world = Split::new(workload, seed);
    world.play(workload.warm_up());
    let before = clock::thread_nanos();
    world.play(workload.events);
    let nanos = clock::thread_nanos() - before;
    black_box(&world.handled);
    Sample { events: workload.events, nanos }
}

/// Set in the content of a timer's key: it does not fire.
const DISARMED: u128 = 1;

#[derive(Clone, Copy)]
struct Message {
    from: u32,
    to: u32,
    token: bool,
}

enum Slot {
    Empty { next: u32 },
    Full(Message),
}

const NO_SLOT: u32 = u32::MAX;

struct Split {
    play: Play,
    nodes: u32,
    chance: Chance,
    messages: BinaryHeap<Reverse<u128>>,
    slab: Vec<Slot>,
    first_empty: u32,
    timers: PriorityQueue<(u32, u32), Reverse<u128>, BuildHasherDefault<FxHasher>>,
    now: u64,
    sequence: u64,
    handled: Vec<u32>,
}

impl Split {
    fn new(workload: Workload, seed: u64) -> Self {
        let Workload { play, nodes, .. } = workload;
        let mut world = Self {
            play,
            nodes,
            chance: Chance::new(seed),
            messages: BinaryHeap::new(),
            slab: Vec::new(),
            first_empty: NO_SLOT,
            timers: PriorityQueue::with_default_hasher(),
            now: 0,
            sequence: 1,
            handled: vec![0; nodes as usize],
        };
        for node in 0..nodes {
            world.send(node, true);
            if play == Play::Protocol {
                world.set(node, 0);
            }
        }
        world
    }

    fn play(&mut self, events: u64) {
        let mut left = events;
        while left > 0 {
            let message = self.messages.peek().expect("the workload keeps itself going").0;
            match self.timers.peek() {
                Some((_, &Reverse(timer))) if timer < message => {
                    let ((node, name), _) = self.timers.pop().expect("it was there");
                    if timer & DISARMED != 0 {
                        continue;
                    }
                    self.now = time(timer);
                    self.set(node, name);
                }
                _ => {
                    self.messages.pop();
                    self.now = time(message);
                    let message = self.take(content(message));
                    self.handle(message);
                }
            }
            left -= 1;
        }
    }

    fn handle(&mut self, message: Message) {
        let node = message.to;
        black_box(message.from);
        let handled = &mut self.handled[node as usize];
        *handled = handled.wrapping_add(1);
        let turn = *handled;
        match self.play {
            Play::Phold => self.send(node, true),
            Play::Protocol => {
                self.cancel(node, (turn - 1) % TIMERS);
                self.set(node, turn % TIMERS);
                if message.token {
                    self.send(node, true);
                    for _ in 0..self.chance.below(FAN_OUT_MAX) {
                        self.send(node, false);
                    }
                }
            }
        }
    }

    fn send(&mut self, from: u32, token: bool) {
        let to = self.chance.other(from, self.nodes);
        let arrival = self.now + self.chance.delay();
        let slot = self.put(Message { from, to, token });
        self.messages.push(Reverse(key(arrival, self.sequence, slot)));
        self.sequence += 1;
    }

    fn set(&mut self, node: u32, name: u32) {
        let due = self.now + self.chance.timer();
        self.timers.push((node, name), Reverse(key(due, self.sequence, 0)));
        self.sequence += 1;
    }

    fn cancel(&mut self, node: u32, name: u32) {
        self.timers.change_priority_by(&(node, name), |priority| priority.0 |= DISARMED);
    }

    fn put(&mut self, message: Message) -> u32 {
        match self.slab.get_mut(self.first_empty as usize) {
            Some(slot) => {
                let index = self.first_empty;
                if let Slot::Empty { next } = *slot {
                    self.first_empty = next;
                }
                *slot = Slot::Full(message);
                index
            }
            None => {
                self.slab.push(Slot::Full(message));
                self.slab.len() as u32 - 1
            }
        }
    }

    fn take(&mut self, index: u32) -> Message {
        let slot = &mut self.slab[index as usize];
        let Slot::Full(message) = *slot else { unreachable!("a key names a full slot") };
        *slot = Slot::Empty { next: self.first_empty };
        self.first_empty = index;
        message
    }
}
