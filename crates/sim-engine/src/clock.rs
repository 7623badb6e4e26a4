//! A node's clocks: an offset, a drift, and a wall clock that may also jump. Integer arithmetic.

use sim_node::{Drift, LocalTime, Offset, WallTime};

const MILLION: u128 = 1_000_000;

/// The clocks of one node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clock {
    /// Simulation time and the monotonic clock at the last change of rate.
    since: u64,
    local: u64,
    drift: Drift,
    /// What the wall clock shows more than the monotonic one.
    wall: i64,
}

impl Clock {
    pub(crate) fn new(offset: Offset, drift: Drift) -> Self {
        let nanos = offset.as_nanos();
        // A monotonic clock never shows less than zero; the wall clock may.
        Self { since: 0, local: nanos.max(0).unsigned_abs(), drift, wall: nanos.min(0) }
    }

    /// Units of local time per million units of simulation time.
    fn rate(&self) -> u128 {
        // Drift is above -1,000,000 by construction.
        u128::try_from(1_000_000 + i64::from(self.drift.ppm())).unwrap_or(1)
    }

    pub(crate) fn drift(&self) -> Drift {
        self.drift
    }

    /// The monotonic clock at an instant of simulation time.
    pub(crate) fn monotonic(&self, now: u64) -> LocalTime {
        let elapsed = u128::from(now.saturating_sub(self.since)) * self.rate() / MILLION;
        let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
        LocalTime::from_nanos(self.local.saturating_add(elapsed))
    }

    /// The wall clock at an instant of simulation time.
    pub(crate) fn wall(&self, now: u64) -> WallTime {
        let monotonic = i64::try_from(self.monotonic(now).as_nanos()).unwrap_or(i64::MAX);
        WallTime::from_nanos(monotonic.saturating_add(self.wall))
    }

    /// How long in simulation time a length of local time takes, rounded up: a timer is never
    /// early.
    #[inline]
    pub(crate) fn to_simulation(self, local: u64) -> u64 {
        if self.drift.ppm() == 0 {
            return local;
        }
        let length = (u128::from(local) * MILLION).div_ceil(self.rate());
        u64::try_from(length).unwrap_or(u64::MAX)
    }

    pub(crate) fn jump(&mut self, by: Offset) {
        self.wall = self.wall.saturating_add(by.as_nanos());
    }

    /// Changes the rate from now on. Returns the clock as it was, to move timers by.
    pub(crate) fn set_drift(&mut self, now: u64, drift: Drift) -> Self {
        let before = *self;
        self.local = self.monotonic(now).as_nanos();
        self.since = now;
        self.drift = drift;
        before
    }
}
