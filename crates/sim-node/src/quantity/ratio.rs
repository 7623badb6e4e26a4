//! [`Ratio`]: a probability.

use std::fmt;
use std::str::FromStr;

use super::text::{QuantityError, clip, scaled, split_number, text_or_integers, write_decimal};

/// A probability between 0 and 1 in whole parts per billion.
///
/// Text form: `"1%"`, `"0.25"`, `"200ppm"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(u32);

impl Ratio {
    /// Never.
    pub const ZERO: Self = Self(0);
    /// Always.
    pub const ONE: Self = Self(1_000_000_000);

    /// So many parts per billion.
    ///
    /// # Panics
    /// Above one billion.
    #[must_use]
    pub const fn from_parts_per_billion(parts: u32) -> Self {
        assert!(parts <= Self::ONE.0, "a ratio is at most one");
        Self(parts)
    }

    /// So many percent.
    ///
    /// # Panics
    /// Above 100.
    #[must_use]
    pub const fn from_percent(percent: u32) -> Self {
        assert!(percent <= 100, "a ratio is at most 100 percent");
        Self(percent * 10_000_000)
    }

    /// The ratio in parts per billion, 0 to 1,000,000,000.
    #[must_use]
    pub const fn parts_per_billion(self) -> u32 {
        self.0
    }
}

impl FromStr for Ratio {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = |why: &str| {
            QuantityError(format!(
                "the ratio `{}` {why}; write it as in \"1%\", \"0.25\" or \"200ppm\"",
                clip(text)
            ))
        };
        let (whole, fraction, unit) =
            split_number(text.trim()).ok_or_else(|| wrong("is not a number"))?;
        let scale = match unit {
            "" => 1_000_000_000,
            "%" => 10_000_000,
            "ppm" => 1_000,
            _ => return Err(wrong("has an unknown unit")),
        };
        let parts = scaled(whole, fraction, scale).map_err(wrong)?;
        match u32::try_from(parts) {
            Ok(parts) if parts <= Self::ONE.0 => Ok(Self(parts)),
            _ => Err(wrong("is above 1")),
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, u64::from(self.0), 10_000_000)?;
        f.write_str("%")
    }
}

text_or_integers!(Ratio, "a ratio in quotes, such as \"1%\"", |r: &Ratio| r.0);
