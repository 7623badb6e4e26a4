//! [`Delay`]: how long something takes. Integer arithmetic, so every platform draws the same.

use serde::{Deserialize, Serialize};
use sim_node::Duration;

use crate::chance::between;

/// A distribution of durations: of a message's delay, a disk's sync, a service time.
///
/// One draw takes one 64-bit word of chance, whatever the distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Delay {
    /// Always the same.
    Constant(Duration),
    /// Uniform from the first to the second, both included.
    Uniform(Duration, Duration),
    /// Exponential, added to a least duration. Its tail is cut at 44 times the mean, which one draw
    /// in 2^64 reaches.
    Exponential {
        /// Mean of the exponential part.
        mean: Duration,
        /// Added to every draw; nothing by default.
        #[serde(default)]
        min: Duration,
    },
    /// Pareto (power law), cut at a greatest duration.
    Pareto {
        /// The scale, which is also the least duration.
        min: Duration,
        /// The tail index alpha, from 0.1 to 100; the mean is infinite up to 1.
        shape: f64,
        /// Draws beyond it become it.
        max: Duration,
    },
    /// One of several distributions, each with its weight.
    Mixture(Vec<(u32, Delay)>),
}

impl Delay {
    /// The greatest depth to which mixtures may be nested.
    pub const DEPTH_MAX: usize = 4;

    /// The duration that one word of chance stands for, in nanoseconds.
    #[inline]
    #[must_use]
    pub fn draw(&self, word: u64) -> u64 {
        match self {
            Self::Constant(length) => length.as_nanos(),
            Self::Uniform(min, max) => {
                between(word, min.as_nanos(), max.as_nanos().max(min.as_nanos()))
            }
            _ => self.draw_rare(word),
        }
    }

    fn draw_rare(&self, word: u64) -> u64 {
        match self {
            Self::Constant(_) | Self::Uniform(..) => self.draw(word),
            Self::Exponential { mean, min } => {
                min.as_nanos().saturating_add(exponential(word, mean.as_nanos()))
            }
            Self::Pareto { min, shape, max } => {
                pareto(word, min.as_nanos(), *shape, max.as_nanos())
            }
            Self::Mixture(parts) => {
                let total: u64 = parts.iter().map(|(weight, _)| u64::from(*weight)).sum();
                // The high bits choose the part, what they leave over draws within it.
                let scaled = u128::from(word) * u128::from(total);
                let (mut pick, rest) = ((scaled >> 64) as u64, scaled as u64);
                for (weight, part) in parts {
                    let weight = u64::from(*weight);
                    if pick < weight {
                        return part.draw(rest);
                    }
                    pick -= weight;
                }
                0
            }
        }
    }

    /// Whether every draw is the same.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }

    /// The least duration there is.
    #[must_use]
    pub fn least(&self) -> Duration {
        match self {
            Self::Constant(length) => *length,
            Self::Uniform(min, _) | Self::Exponential { min, .. } | Self::Pareto { min, .. } => {
                *min
            }
            Self::Mixture(parts) => {
                parts.iter().map(|(_, part)| part.least()).min().unwrap_or_default()
            }
        }
    }

    /// The greatest duration there is; `None` for a tail without a bound worth the name.
    #[must_use]
    pub fn greatest(&self) -> Option<Duration> {
        match self {
            Self::Constant(length) => Some(*length),
            Self::Uniform(_, max) | Self::Pareto { max, .. } => Some(*max),
            Self::Exponential { .. } => None,
            Self::Mixture(parts) => parts
                .iter()
                .try_fold(Duration::ZERO, |most, (_, part)| Some(part.greatest()?.max(most))),
        }
    }

    /// The mean, or for a Pareto with an infinite one its greatest duration; rounded.
    #[must_use]
    pub fn mean(&self) -> Duration {
        match self {
            Self::Constant(length) => *length,
            Self::Uniform(min, max) => {
                Duration::from_nanos(min.as_nanos().midpoint(max.as_nanos()))
            }
            Self::Exponential { mean, min } => *min + *mean,
            Self::Pareto { min, shape, max } if *shape > 1.0 => {
                let mean = min.as_nanos() as f64 * shape / (shape - 1.0);
                Duration::from_nanos(mean as u64).min(*max)
            }
            Self::Pareto { max, .. } => *max,
            Self::Mixture(parts) => {
                let total: u128 = parts.iter().map(|(weight, _)| u128::from(*weight)).sum();
                let sum: u128 = parts
                    .iter()
                    .map(|(weight, part)| u128::from(*weight) * u128::from(part.mean().as_nanos()))
                    .sum();
                let mean = sum.checked_div(total).unwrap_or(0);
                Duration::from_nanos(u64::try_from(mean).unwrap_or(u64::MAX))
            }
        }
    }
}

/// Fixed point with 32 bits behind the point.
const ONE: u64 = 1 << 32;
const LN_2: u128 = 2_977_044_472; // round(ln 2 * 2^32)

/// log2 of 1 + i/256 in fixed point, by repeated squaring.
const LOG2: [u64; 257] = {
    let mut table = [0; 257];
    let mut i = 0;
    while i < 257 {
        // 1 <= x < 2 in fixed point with 62 bits behind the point.
        let mut x = ((256 + i) as u128) << 54;
        let mut log = if i == 256 { ONE } else { 0 };
        let mut bit = if i == 256 { 0 } else { ONE >> 1 };
        while bit > 0 {
            x = (x * x) >> 62;
            if x >= 1 << 63 {
                x >>= 1;
                log |= bit;
            }
            bit >>= 1;
        }
        table[i] = log;
        i += 1;
    }
    table
};

/// -log2 of a word read as a fraction of 2^64, in fixed point: 0 to 64. Interpolated linearly
/// between 256 points, so off by less than 3 parts in a million.
fn minus_log2(word: u64) -> u64 {
    let word = word | 1;
    let zeros = word.leading_zeros();
    let mantissa = word << zeros; // the first bit is set
    let index = (mantissa >> 55 & 0xff) as usize;
    let rest = mantissa >> 23 & (ONE - 1); // where between the points, in fixed point
    let step = LOG2[index + 1] - LOG2[index];
    let log = LOG2[index] + (((u128::from(step) * u128::from(rest)) >> 32) as u64);
    u64::from(zeros + 1) * ONE - log
}

/// By inversion: -ln(u) * mean.
fn exponential(word: u64, mean: u64) -> u64 {
    let minus_ln = (u128::from(minus_log2(word)) * LN_2) >> 32;
    u64::try_from((minus_ln * u128::from(mean)) >> 32).unwrap_or(u64::MAX)
}

/// By inversion: min * u^(-1/shape), with a power function that is the same on every platform.
fn pareto(word: u64, min: u64, shape: f64, max: u64) -> u64 {
    let u = ((word >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    let length = min as f64 * libm::pow(u, -1.0 / shape);
    // A cast saturates, so an infinite length is the greatest one.
    (length as u64).clamp(min, max.max(min))
}
