//! [`Drift`]: how wrong a clock runs.

use std::fmt;
use std::str::FromStr;

use super::text::{QuantityError, clip, scaled, split_number, split_sign, text_or_integers};

/// How much faster (positive) or slower (negative) a clock runs than true time, in parts per
/// million.
///
/// Text form: `"+200ppm"`, `"-50ppm"`, `"1%"`. A clock cannot stand still or run backwards: at
/// least -999,999 ppm; it runs at most a thousand times too fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Drift(i32);

impl Drift {
    /// So many parts per million, from -999,999 to 999,000,000.
    ///
    /// # Panics
    /// Outside that range.
    #[must_use]
    pub const fn from_ppm(ppm: i32) -> Self {
        assert!(ppm >= -999_999 && ppm <= 999_000_000, "drift out of range");
        Self(ppm)
    }

    /// The drift in parts per million.
    #[must_use]
    pub const fn ppm(self) -> i32 {
        self.0
    }
}

impl FromStr for Drift {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = |why: &str| {
            QuantityError(format!(
                "the drift `{}` {why}; write it as in \"+200ppm\", \"-50ppm\" or \"1%\"",
                clip(text)
            ))
        };
        let (negative, rest) = split_sign(text);
        let (whole, fraction, unit) = split_number(rest).ok_or_else(|| wrong("is not a number"))?;
        let scale = match unit {
            "ppm" => 1,
            "%" => 10_000,
            _ => return Err(wrong("has no unit that fits")),
        };
        let parts = scaled(whole, fraction, scale).map_err(wrong)?;
        let parts = i32::try_from(parts).map_err(|_| wrong("is too large"))?;
        match (negative, parts) {
            (true, ..=999_999) => Ok(Self(-parts)),
            (false, ..=999_000_000) => Ok(Self(parts)),
            (true, _) => Err(wrong("would stop the clock")),
            (false, _) => Err(wrong("is too large")),
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+}ppm", self.0)
    }
}

text_or_integers!(Drift, "a drift in quotes, such as \"+200ppm\"", |d: &Drift| d.0);
