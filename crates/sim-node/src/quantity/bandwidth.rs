//! [`Bandwidth`]: how many bytes a link carries in a second.

use std::fmt;
use std::str::FromStr;

use super::Bytes;
use super::text::{QuantityError, clip, text_or_integers};

/// How many bytes a link carries in a second, at least one.
///
/// Text form: an amount of [`Bytes`] and `/s`, `"10MiB/s"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bandwidth(u64);

impl Bandwidth {
    /// So many bytes a second; none counts as one.
    #[must_use]
    pub const fn per_second(bytes: u64) -> Self {
        Self(if bytes == 0 { 1 } else { bytes })
    }

    /// How many bytes a second.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// How long so many bytes take, in nanoseconds, rounded up; the longest time that can be told
    /// where it is longer.
    #[must_use]
    pub fn time_of(self, bytes: u64) -> u64 {
        let nanos = (u128::from(bytes) * 1_000_000_000).div_ceil(u128::from(self.0));
        u64::try_from(nanos).unwrap_or(u64::MAX)
    }
}

impl FromStr for Bandwidth {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = |why: &str| {
            let text = clip(text);
            QuantityError(format!("the bandwidth `{text}` {why}; write it as in \"10MiB/s\""))
        };
        let amount = text.trim().strip_suffix("/s").ok_or_else(|| wrong("has no `/s`"))?;
        match amount.parse::<Bytes>()?.get() {
            0 => Err(wrong("carries nothing")),
            bytes => Ok(Self(bytes)),
        }
    }
}

impl fmt::Display for Bandwidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", Bytes::new(self.0))
    }
}

text_or_integers!(Bandwidth, "a bandwidth in quotes, such as \"10MiB/s\"", |one: &Bandwidth| one.0);
