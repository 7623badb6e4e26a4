//! Quantities that carry their unit: [`Duration`], [`Span`], [`Ratio`] and [`Drift`], with the text
//! form that scenario files use.
//!
//! All are integers underneath, so that no float decides an order. In a human-readable format (RON,
//! JSON) they are text; in any other, such as the digest of a run, they are plain integers.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Sub};
use std::str::FromStr;

use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length of time in whole nanoseconds, at most `u64::MAX` of them (about 584 years).
///
/// Text form: a number and a unit, `"150ms"`, `"1.5s"`, `"0s"`. The units are `ns`, `us`, `ms`,
/// `s`, `min` and `h`; a fraction finer than a nanosecond is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

/// A duration drawn by the driver, uniformly from `min` to `max`, both included.
///
/// A random timeout is a span, so a protocol needs no generator of its own and an exploration may
/// ignore its length. Text form: `"150ms..300ms"`, or one duration when both ends are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    min: Duration,
    max: Duration,
}

/// A probability between 0 and 1 in whole parts per billion.
///
/// Text form: `"1%"`, `"0.25"`, `"200ppm"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(u32);

/// How much faster (positive) or slower (negative) a clock runs than true time, in parts per
/// million.
///
/// Text form: `"+200ppm"`, `"-50ppm"`, `"1%"`. A clock cannot stand still or run backwards: at
/// least -999,999 ppm; it runs at most a thousand times too fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Drift(i32);

/// A signed length of time in whole nanoseconds, for offsets and jumps of clocks.
///
/// Text form: a [`Duration`] behind an optional sign, `"+5s"`, `"-20ms"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(i64);

/// Why a text is not the quantity that was asked for; its display says what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantityError(String);

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

/// Splits `"1.5ms"` into the digits before and after the point and the unit.
fn split_number(text: &str) -> Option<(&str, &str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let starts_with_digit = whole.starts_with(|c: char| c.is_ascii_digit());
    let lone_point = number.ends_with('.') || fraction.contains('.');
    (starts_with_digit && !lone_point).then_some((whole, fraction, unit.trim_start()))
}

/// `whole.fraction * scale` as an exact integer; the error says whether it is too fine or too
/// large.
fn scaled(whole: &str, fraction: &str, scale: u64) -> Result<u64, &'static str> {
    let fraction = fraction.trim_end_matches('0');
    let too_fine = "is finer than can be told apart";
    if fraction.len() > 18 {
        return Err(too_fine);
    }
    let whole: u64 = whole.parse().map_err(|_| "is too large")?;
    let mut total = u128::from(whole) * u128::from(scale);
    if !fraction.is_empty() {
        let denominator = 10_u128.pow(u32::try_from(fraction.len()).expect("at most 18 digits"));
        let part = fraction.parse::<u128>().map_err(|_| too_fine)? * u128::from(scale);
        if part % denominator != 0 {
            return Err(too_fine);
        }
        total += part / denominator;
    }
    u64::try_from(total).map_err(|_| "is too large")
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

/// Splits an optional sign off; true means negative.
fn split_sign(text: &str) -> (bool, &str) {
    let text = text.trim();
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
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

/// Keeps a wrong text short enough for a line of an error.
fn clip(text: &str) -> String {
    const LONGEST: usize = 40;
    let text = text.trim();
    if text.chars().count() <= LONGEST {
        return text.escape_debug().to_string();
    }
    let head: String = text.chars().take(LONGEST).collect();
    format!("{}...", head.escape_debug())
}

/// Writes `parts / scale` without trailing zeros.
fn write_decimal(f: &mut fmt::Formatter<'_>, parts: u64, scale: u64) -> fmt::Result {
    let (whole, rest) = (parts / scale, parts % scale);
    if rest == 0 {
        return write!(f, "{whole}");
    }
    let width = scale.ilog10() as usize;
    let digits = format!("{rest:0width$}");
    write!(f, "{whole}.{}", digits.trim_end_matches('0'))
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

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.min == self.max {
            return write!(f, "{}", self.min);
        }
        write!(f, "{}..{}", self.min, self.max)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, u64::from(self.0), 10_000_000)?;
        f.write_str("%")
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+}ppm", self.0)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        write!(f, "{sign}{}", Duration(self.0.unsigned_abs()))
    }
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for QuantityError {}

/// Text where people read, integers where the digest does.
macro_rules! text_or_integers {
    ($quantity:ident, $expecting:literal, $to_integers:expr) => {
        impl Serialize for $quantity {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    $to_integers(self).serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $quantity {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $quantity;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$quantity, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                if !deserializer.is_human_readable() {
                    return Err(D::Error::custom("quantities are read as text only"));
                }
                // Whatever stands there is taken, so that the error can say what belongs there.
                deserializer.deserialize_any(Text)
            }
        }
    };
}

text_or_integers!(Duration, "a duration in quotes, such as \"150ms\"", |d: &Duration| d.0);
text_or_integers!(Span, "a span in quotes, such as \"150ms..300ms\"", |s: &Span| (
    s.min.0, s.max.0
));
text_or_integers!(Ratio, "a ratio in quotes, such as \"1%\"", |r: &Ratio| r.0);
text_or_integers!(Drift, "a drift in quotes, such as \"+200ppm\"", |d: &Drift| d.0);
text_or_integers!(Offset, "an offset in quotes, such as \"-20ms\"", |o: &Offset| o.0);
