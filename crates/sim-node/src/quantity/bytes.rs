//! [`Bytes`]: an amount of memory.

use std::fmt;
use std::str::FromStr;

use super::text::{QuantityError, clip, scaled, split_number, text_or_integers};

/// An amount of memory in bytes.
///
/// Text form: `"512KiB"`, `"64MiB"`, `"1.5GiB"`, `"100B"`; it is shown to a tenth of its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(u64);

const UNITS: [(&str, u64); 5] =
    [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

impl Bytes {
    /// So many bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// So many times 2^20 bytes, as many as can be told at most.
    #[must_use]
    pub const fn from_mib(mib: u64) -> Self {
        Self(mib.saturating_mul(1 << 20))
    }

    /// The number of bytes.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl FromStr for Bytes {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = |why: &str| {
            QuantityError(format!(
                "the amount of memory `{}` {why}; write it as in \"512KiB\", \"64MiB\" or \"4GiB\"",
                clip(text)
            ))
        };
        let (whole, fraction, unit) =
            split_number(text.trim()).ok_or_else(|| wrong("is not a number"))?;
        let scale = UNITS.iter().find(|(name, _)| *name == unit);
        let (_, scale) = scale.ok_or_else(|| match unit {
            "" => wrong("has no unit"),
            _ => wrong("has an unknown unit"),
        })?;
        scaled(whole, fraction, *scale).map(Self).map_err(wrong)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().find(|(_, scale)| self.0 >= *scale);
        let (name, scale) = unit.copied().unwrap_or(("B", 1));
        let tenths = u128::from(self.0) * 10 / u128::from(scale);
        match (tenths / 10, tenths % 10) {
            (whole, 0) => write!(f, "{whole}{name}"),
            (whole, tenth) => write!(f, "{whole}.{tenth}{name}"),
        }
    }
}

text_or_integers!(Bytes, "an amount of memory in quotes, such as \"4GiB\"", |b: &Bytes| b.0);
