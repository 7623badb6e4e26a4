//! The numbers that all loops share, and how the two without an engine draw.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The shortest and the longest delay of a message, in nanoseconds; uniform in between.
pub const DELAY_MIN: u64 = 1_000_000;
/// See [`DELAY_MIN`].
pub const DELAY_MAX: u64 = 10_000_000;

/// The shortest and the longest a timer is set to, in nanoseconds; uniform in between.
pub const TIMER_MIN: u64 = 150_000_000;
/// See [`TIMER_MIN`].
pub const TIMER_MAX: u64 = 300_000_000;

/// How many timers a node has. The n-th message that it handles cancels timer n and sets the next
/// one, so one is set at a time.
pub const TIMERS: u32 = 2;

/// A token is answered with at most so many messages.
pub const FAN_OUT_MAX: u64 = 4;

/// The one stream of the loops without an engine.
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// A stream by its seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// One of `0..n`, by the high half of a product: no division, one word a draw.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// A delay of a message.
    pub fn delay(&mut self) -> u64 {
        DELAY_MIN + self.below(DELAY_MAX - DELAY_MIN + 1)
    }

    /// A length of a timer.
    pub fn timer(&mut self) -> u64 {
        TIMER_MIN + self.below(TIMER_MAX - TIMER_MIN + 1)
    }

    /// Any node but this one.
    pub fn other(&mut self, node: u32, nodes: u32) -> u32 {
        let drawn = self.below(u64::from(nodes - 1)) as u32;
        drawn + u32::from(drawn >= node)
    }
}

/// Time and sequence in front, so that keys are in order of time and then of making; 24 bits of
/// content.
pub fn key(time: u64, sequence: u64, content: u32) -> u128 {
    (u128::from(time) << 64) | (u128::from(sequence) << 24) | u128::from(content)
}

/// The time in a key.
pub fn time(key: u128) -> u64 {
    (key >> 64) as u64
}

/// The sequence number in a key.
pub fn sequence(key: u128) -> u64 {
    (key as u64) >> 24
}

/// The content of a key.
pub fn content(key: u128) -> u32 {
    (key as u32) & 0xff_ffff
}
