//! The text form of quantities: numbers, signs, units, and what is wrong with a text.

use std::fmt;

/// Why a text is not the quantity that was asked for; its display says what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantityError(pub(super) String);

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for QuantityError {}

/// Splits `"1.5ms"` into the digits before and after the point and the unit.
pub(super) fn split_number(text: &str) -> Option<(&str, &str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let starts_with_digit = whole.starts_with(|c: char| c.is_ascii_digit());
    let lone_point = number.ends_with('.') || fraction.contains('.');
    (starts_with_digit && !lone_point).then_some((whole, fraction, unit.trim_start()))
}

/// `whole.fraction * scale` as an exact integer; the error says whether it is too fine or too
/// large.
pub(super) fn scaled(whole: &str, fraction: &str, scale: u64) -> Result<u64, &'static str> {
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

/// Splits an optional sign off; true means negative.
pub(super) fn split_sign(text: &str) -> (bool, &str) {
    let text = text.trim();
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Keeps a wrong text short enough for a line of an error.
pub(super) fn clip(text: &str) -> String {
    const LONGEST: usize = 40;
    let text = text.trim();
    if text.chars().count() <= LONGEST {
        return text.escape_debug().to_string();
    }
    let head: String = text.chars().take(LONGEST).collect();
    format!("{}...", head.escape_debug())
}

/// Writes `parts / scale` without trailing zeros.
pub(super) fn write_decimal(f: &mut fmt::Formatter<'_>, parts: u64, scale: u64) -> fmt::Result {
    let (whole, rest) = (parts / scale, parts % scale);
    if rest == 0 {
        return write!(f, "{whole}");
    }
    let width = scale.ilog10() as usize;
    let digits = format!("{rest:0width$}");
    write!(f, "{whole}.{}", digits.trim_end_matches('0'))
}

/// Text where people read, integers where the digest does.
macro_rules! text_or_integers {
    ($quantity:ident, $expecting:literal, $to_integers:expr) => {
        impl serde::Serialize for $quantity {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    $to_integers(self).serialize(serializer)
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $quantity {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $quantity;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$quantity, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                if !deserializer.is_human_readable() {
                    return Err(serde::de::Error::custom("quantities are read as text only"));
                }
                // Whatever stands there is taken, so that the error can say what belongs there.
                deserializer.deserialize_any(Text)
            }
        }
    };
}

pub(super) use text_or_integers;
