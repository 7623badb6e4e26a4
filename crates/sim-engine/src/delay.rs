//! [`Delay`]: how long something takes. Integer arithmetic, so every platform draws the same.

use serde::{Deserialize, Serialize};
use sim_node::Duration;

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
    /// Exponential, added to a least duration. Its tail is cut at 44 times the mean, which one draw in
    /// 2^64 reaches.
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
