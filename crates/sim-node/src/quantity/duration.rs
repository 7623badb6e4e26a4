//! [`Duration`]: a length of time.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Sub};
use std::str::FromStr;

use super::Ratio;
use super::text::{QuantityError, clip, scaled, split_number, text_or_integers, write_decimal};

/// A length of time in whole nanoseconds, at most `u64::MAX` of them (about 584 years).
///
/// Text form: a number and a unit, `"150ms"`, `"1.5s"`, `"0s"`. The units are `ns`, `us`, `ms`,
/// `s`, `min` and `h`; a fraction finer than a nanosecond is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(pub(super) u64);

const NANOS_PER_UNIT: [(&str, u64); 6] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest duration.
    pub const MAX: Self = Self(u64::MAX);

    /// So many nanoseconds.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// So many microseconds; saturates at [`Duration::MAX`].
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros.saturating_mul(1_000))
    }

    /// So many milliseconds; saturates at [`Duration::MAX`].
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// So many seconds; saturates at [`Duration::MAX`].
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// The whole length in nanoseconds.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Whether this is no time at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or [`Duration::MAX`].
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, or zero when `other` is longer.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// `times` as long, or [`Duration::MAX`].
    #[must_use]
    pub const fn saturating_mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }

    /// Shorter by a part of it, rounded down: what is left of a lease on a clock that may run
    /// faster by so much.
    #[must_use]
    pub const fn less(self, part: Ratio) -> Self {
        let kept = (Ratio::ONE.parts_per_billion() - part.parts_per_billion()) as u128;
        let billion = Ratio::ONE.parts_per_billion() as u128;
        // No more than what it is a part of, so it fits.
        Self((self.0 as u128 * kept / billion) as u64)
    }
}

impl Add for Duration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.saturating_add(other)
    }
}

impl AddAssign for Duration {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Duration {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.saturating_sub(other)
    }
}

impl Mul<u64> for Duration {
    type Output = Self;
    fn mul(self, times: u64) -> Self {
        self.saturating_mul(times)
    }
}

impl Div<u64> for Duration {
    type Output = Self;
    fn div(self, parts: u64) -> Self {
        Self(self.0 / parts)
    }
}

impl FromStr for Duration {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let shape = || {
            QuantityError(format!("`{}` is not a duration such as \"150ms\" or \"2s\"", clip(text)))
        };
        let (whole, fraction, unit) = split_number(text.trim()).ok_or_else(shape)?;
        if unit.is_empty() {
            let message = format!(
                "the duration `{}` has no unit; write it as in \"150ms\" or \"2s\"",
                clip(text)
            );
            return Err(QuantityError(message));
        }
        let Some(&(_, nanos)) = NANOS_PER_UNIT.iter().find(|(name, _)| *name == unit) else {
            let message = format!(
                "unknown unit `{}` in `{}`; units of time are ns, us, ms, s, min and h",
                clip(unit),
                clip(text)
            );
            return Err(QuantityError(message));
        };
        scaled(whole, fraction, nanos).map(Self).map_err(|why| {
            QuantityError(format!(
                "the duration `{}` {why}; it is counted in whole nanoseconds, up to 584 years",
                clip(text)
            ))
        })
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, nanos) = match self.0 {
            0 | 1_000_000_000.. => ("s", 1_000_000_000),
            1_000_000.. => ("ms", 1_000_000),
            1_000.. => ("us", 1_000),
            _ => ("ns", 1),
        };
        write_decimal(f, self.0, nanos)?;
        f.write_str(unit)
    }
}

text_or_integers!(Duration, "a duration in quotes, such as \"150ms\"", |d: &Duration| d.0);
