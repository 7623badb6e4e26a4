//! The range of a setting, as its author declares it: bounds in base units, and words.

use syn::parse::{Parse, ParseStream};
use syn::{Error, Lit, Result, Token};

use crate::text;

/// A range in base units (a number itself, nanoseconds, parts per billion), both ends included.
pub(crate) struct Range {
    pub(crate) least: u64,
    pub(crate) most: u64,
    /// As it follows "it must be".
    pub(crate) text: String,
}

/// A range as it is declared: `1..=99`, `"100us"..`, `.."100%"`.
pub(crate) struct Bounds {
    least: Option<Bound>,
    most: Option<Bound>,
    /// Whether the greatest is itself outside.
    below: bool,
}

/// A bound and its words.
struct Bound {
    value: u64,
    words: String,
}

impl Parse for Bounds {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let least = input.peek(Lit).then(|| bound(&input.parse()?)).transpose()?;
        let below = !input.peek(Token![..=]);
        if below {
            input.parse::<Token![..]>()?;
        } else {
            input.parse::<Token![..=]>()?;
        }
        let most = input.peek(Lit).then(|| bound(&input.parse()?)).transpose()?;
        Ok(Self { least, most, below })
    }
}

/// The range that an attribute declares; `positive` asks for greater than 0.
pub(crate) fn range(declared: Option<Bounds>, positive: bool) -> Option<Range> {
    let Bounds { least, most, below } =
        declared.unwrap_or(Bounds { least: None, most: None, below: false });
    let upper = most.as_ref().map(|most| if below { most.value - 1 } else { most.value });
    let least_value = least.as_ref().map_or(u64::from(positive), |least| least.value);
    let text = match (least, most) {
        (Some(least), Some(most)) if !below => format!("{} to {}", least.words, most.words),
        (Some(least), Some(most)) => {
            format!("at least {} and less than {}", least.words, most.words)
        }
        (Some(least), None) => format!("at least {}", least.words),
        (None, most) => {
            let least = positive.then(|| "greater than 0".to_owned());
            let bound = if below { "less than" } else { "at most" };
            let most = most.map(|most| format!("{bound} {}", most.words));
            least.into_iter().chain(most).collect::<Vec<_>>().join(", ")
        }
    };
    let range = Range { least: least_value, most: upper.unwrap_or(u64::MAX), text };
    (!range.text.is_empty()).then_some(range)
}

fn bound(lit: &Lit) -> Result<Bound> {
    match lit {
        Lit::Int(number) => {
            let value = number.base10_parse()?;
            Ok(Bound { value, words: text::number(value) })
        }
        Lit::Str(quantity) => {
            let words = quantity.value();
            let value = base_units(&words).ok_or_else(|| {
                Error::new_spanned(quantity, "a whole number with ns, us, ms, s, min, h or %")
            })?;
            let words = match words.as_str() {
                "24h" => "a day".to_owned(),
                "8760h" => "a year".to_owned(),
                _ => words,
            };
            Ok(Bound { value, words })
        }
        _ => Err(Error::new_spanned(lit, "a number, or a quantity in quotes")),
    }
}

/// A quantity in nanoseconds, or in parts per billion.
fn base_units(quantity: &str) -> Option<u64> {
    let unit_at = quantity.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = quantity.split_at(unit_at);
    let scale: u64 = match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "min" => 60 * 1_000_000_000,
        "h" => 3_600 * 1_000_000_000,
        "%" => 10_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(scale)
}
