//! [`Offset`]: how wrong a clock is.

use std::fmt;
use std::str::FromStr;

use super::Duration;
use super::text::{QuantityError, clip, split_sign, text_or_integers};

/// A signed length of time in whole nanoseconds, for offsets and jumps of clocks.
///
/// Text form: a [`Duration`] behind an optional sign, `"+5s"`, `"-20ms"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(i64);

impl Offset {
    /// So many nanoseconds, forwards or backwards.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// The offset in nanoseconds.
    #[must_use]
    pub const fn as_nanos(self) -> i64 {
        self.0
    }
}

impl FromStr for Offset {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (negative, rest) = split_sign(text);
        let length: Duration = rest.parse()?;
        let nanos = match negative {
            true => 0_i64.checked_sub_unsigned(length.0),
            false => i64::try_from(length.0).ok(),
        };
        let too_large = || QuantityError(format!("the offset `{}` is too large", clip(text)));
        nanos.map(Self).ok_or_else(too_large)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        write!(f, "{sign}{}", Duration(self.0.unsigned_abs()))
    }
}

text_or_integers!(Offset, "an offset in quotes, such as \"-20ms\"", |o: &Offset| o.0);
