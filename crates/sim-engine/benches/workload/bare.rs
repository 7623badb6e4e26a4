//! The bare loop: a binary heap of packed keys and one stream of chance. No payload, no state but
//! the number of messages handled, no cancelling: a timer that was cancelled or replaced stays in
//! the heap and is dropped when its time comes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;

use super::shape::{Chance, FAN_OUT_MAX, TIMERS, content, key, sequence, time};
use super::{Play, Sample, Workload, clock};

/// Set in the content of a key: a timer, whose number follows. Otherwise a message to a node.
const TIMER: u32 = 1 << 23;
/// Set in the content of a message's key: it carries a token.
const TOKEN: u32 = 1 << 22;

/// Plays a workload and measures its second part.
pub fn run(workload: Workload, seed: u64) -> Sample {
    let mut world = Bare::new(workload, seed);
    world.play(workload.warm_up());
    let before = clock::thread_nanos();
    world.play(workload.events);
    let nanos = clock::thread_nanos() - before;
    black_box(&world.handled);
    Sample { events: workload.events, nanos }
}

struct Bare {
    play: Play,
    nodes: u32,
    chance: Chance,
    heap: BinaryHeap<Reverse<u128>>,
    now: u64,
    sequence: u64,
    handled: Vec<u32>,
    /// By timer: the sequence number with which it was set last, or 0.
    armed: Vec<u64>,
}

impl Bare {
    fn new(workload: Workload, seed: u64) -> Self {
        let Workload { play, nodes, .. } = workload;
        let mut world = Self {
            play,
            nodes,
            chance: Chance::new(seed),
            heap: BinaryHeap::new(),
            now: 0,
            sequence: 1,
            handled: vec![0; nodes as usize],
            armed: vec![0; (nodes * TIMERS) as usize],
        };
        for node in 0..nodes {
            world.send(node, TOKEN);
            if play == Play::Protocol {
                world.set(node * TIMERS);
            }
        }
        world
    }

    fn play(&mut self, events: u64) {
        let mut left = events;
        while left > 0 {
            let Reverse(key) = self.heap.pop().expect("the workload keeps itself going");
            let content = content(key);
            if content & TIMER != 0 {
                let timer = content & !TIMER;
                if self.armed[timer as usize] != sequence(key) {
                    continue;
                }
                self.now = time(key);
                self.set(timer);
            } else {
                self.now = time(key);
                self.handle(content & !TOKEN, content & TOKEN != 0);
            }
            left -= 1;
        }
    }

    fn handle(&mut self, node: u32, token: bool) {
        let handled = &mut self.handled[node as usize];
        *handled = handled.wrapping_add(1);
        let turn = *handled;
        match self.play {
            Play::Phold => self.send(node, TOKEN),
            Play::Protocol => {
                self.armed[(node * TIMERS + (turn - 1) % TIMERS) as usize] = 0;
                self.set(node * TIMERS + turn % TIMERS);
                if token {
                    self.send(node, TOKEN);
                    for _ in 0..self.chance.below(FAN_OUT_MAX) {
                        self.send(node, 0);
                    }
                }
            }
        }
    }

    fn send(&mut self, from: u32, token: u32) {
        let to = self.chance.other(from, self.nodes);
        let arrival = self.now + self.chance.delay();
        self.push(arrival, to | token);
    }

    fn set(&mut self, timer: u32) {
        self.armed[timer as usize] = self.sequence;
        let due = self.now + self.chance.timer();
        self.push(due, timer | TIMER);
    }

    fn push(&mut self, time: u64, content: u32) {
        self.heap.push(Reverse(key(time, self.sequence, content)));
        self.sequence += 1;
    }
}
