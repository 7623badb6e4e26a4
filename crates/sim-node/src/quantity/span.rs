//! [`Span`]: a duration that the driver draws.

use std::fmt;
use std::str::FromStr;

use super::Duration;
use super::text::{QuantityError, clip, text_or_integers};

/// A duration drawn by the driver, uniformly from `min` to `max`, both included.
///
/// A random timeout is a span, so a protocol needs no generator of its own and an exploration may
/// ignore its length. Text form: `"150ms..300ms"`, or one duration when both ends are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    min: Duration,
    max: Duration,
}

impl Span {
    /// A span of exactly this length.
    #[must_use]
    pub const fn exactly(length: Duration) -> Self {
        Self { min: length, max: length }
    }

    /// From `min` to `max`, both included.
    ///
    /// # Panics
    /// When `max` is shorter than `min`.
    #[must_use]
    pub const fn between(min: Duration, max: Duration) -> Self {
        assert!(min.0 <= max.0, "a span must not end before it starts");
        Self { min, max }
    }

    /// The shortest length it may have.
    #[must_use]
    pub const fn shortest(self) -> Duration {
        self.min
    }

    /// The longest length it may have.
    #[must_use]
    pub const fn longest(self) -> Duration {
        self.max
    }
}

impl From<Duration> for Span {
    fn from(length: Duration) -> Self {
        Self::exactly(length)
    }
}

impl FromStr for Span {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let Some((min, max)) = text.split_once("..") else {
            return text.parse().map(Self::exactly);
        };
        let (min, max): (Duration, Duration) = (min.parse()?, max.parse()?);
        if max < min {
            let message = format!("the span `{}` ends before it starts", clip(text));
            return Err(QuantityError(message));
        }
        Ok(Self { min, max })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.min == self.max {
            return write!(f, "{}", self.min);
        }
        write!(f, "{}..{}", self.min, self.max)
    }
}

text_or_integers!(Span, "a span in quotes, such as \"150ms..300ms\"", |s: &Span| (
    s.min.0, s.max.0
));
