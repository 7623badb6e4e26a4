//! What the engine is measured with: two workloads, each on three loops.
//!
//! * [`full`] is the engine with everything on: digest, record, counters, one property.
//! * [`bare`] is the least that a simulator can do: a heap of packed keys, no payload; a cancelled
//!   timer stays in the heap as a tombstone.
//! * [`split`] is the engine's own queue without the engine: messages in a heap with their payloads
//!   in a slab, timers in a queue where setting replaces.
//!
//! All three play the same workload with delays drawn in the same way, but not the same history:
//! they draw from different streams. What is compared is time per event, a message handled or a
//! timer fired.

pub mod bare;
pub mod clock;
pub mod full;

pub mod shape;
pub mod split;

/// What a loop did while it was measured.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Messages handled and timers fired.
    pub events: u64,
    /// The thread's time on its processor.
    pub nanos: u64,
}

impl Sample {
    /// Nanoseconds per event.
    pub fn per_event(self) -> f64 {
        self.nanos as f64 / self.events as f64
    }
}

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Play {
    /// PHOLD (Fujimoto 1990): each message handled sends one to a random node, so as many are
    /// pending as there are nodes.
    Phold,
    /// Like a protocol: each message handled cancels one timer and sets one. One message in two and
    /// a half carries a token; it is answered with 1 to 4 messages, one of which carries the token
    /// on.
    Protocol,
}

/// A workload of a size.
#[derive(Clone, Copy, Debug)]
pub struct Workload {
    /// What is played.
    pub play: Play,
    /// By so many nodes.
    pub nodes: u32,
    /// About how many events are measured.
    pub events: u64,
}

/// All that is measured.
pub const WORKLOADS: [Workload; 5] = [
    Workload { play: Play::Phold, nodes: 10, events: 1_000_000 },
    Workload { play: Play::Phold, nodes: 1_000, events: 1_000_000 },
    Workload { play: Play::Phold, nodes: 100_000, events: 500_000 },
    Workload { play: Play::Protocol, nodes: 5, events: 1_000_000 },
    Workload { play: Play::Protocol, nodes: 1_000, events: 1_000_000 },
];

/// What is measured with a table of latencies and without.
pub const FAR_APART: Workload = Workload { play: Play::Protocol, nodes: 100, events: 1_000_000 };

impl Workload {
    /// Its name in tables.
    pub fn name(self) -> String {
        match self.play {
            Play::Phold => format!("PHOLD, {} pending", self.nodes),
            Play::Protocol => format!("protocol-like, {} nodes", self.nodes),
        }
    }

    /// Virtual time in which about so many events happen, in nanoseconds. A message takes the mean
    /// delay; with the plain workload one is always under way per node, with the other two and a
    /// half.
    pub fn virtual_nanos(self, events: u64) -> u64 {
        let delay_mean = (shape::DELAY_MIN + shape::DELAY_MAX) / 2;
        let pending_times_ten = match self.play {
            Play::Phold => 10,
            Play::Protocol => 25,
        };
        events * delay_mean * 10 / (u64::from(self.nodes) * pending_times_ten)
    }

    /// Events before the measurement: every structure has its size, and the tombstones of the bare
    /// loop their number.
    pub fn warm_up(self) -> u64 {
        let lifetime = match self.play {
            Play::Phold => 2 * shape::DELAY_MAX,
            Play::Protocol => 2 * shape::TIMER_MAX,
        };
        (lifetime * self.events / self.virtual_nanos(self.events)).max(10_000)
    }
}
