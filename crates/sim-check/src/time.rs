//! Simulation time, which drivers and properties see and protocols never do.

use std::fmt;
use std::ops::{Add, Sub};

use serde::Serialize;
use sim_node::Duration;

/// An instant of virtual time: nanoseconds since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SimTime(u64);

impl SimTime {
    /// The beginning of the run.
    pub const ZERO: Self = Self(0);
    /// The last instant there is; never reached.
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `nanos` nanoseconds after the beginning.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the beginning.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
}

impl From<Duration> for SimTime {
    fn from(since_the_beginning: Duration) -> Self {
        Self(since_the_beginning.as_nanos())
    }
}

impl Add<Duration> for SimTime {
    type Output = Self;
    /// The instant so much later, or [`SimTime::MAX`].
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_nanos()))
    }
}

impl Sub for SimTime {
    type Output = Duration;
    /// The time since `earlier`; zero when `earlier` is the later instant.
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Duration::from_nanos(self.0).fmt(f)
    }
}
