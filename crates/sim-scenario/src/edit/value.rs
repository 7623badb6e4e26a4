//! The value of a change: RON, in which quantities need no quotes.

use std::ops::Range;

/// The value with quotes around the quantities that have none: `Uniform("1ms", "5ms")` for
/// `Uniform(1ms, 5ms)`. Whatever else it is stays as it is.
pub(super) fn quoted(value: &str) -> String {
    let mut quoted = String::new();
    let mut copied = 0;
    for word in bare_words(value) {
        if is_quantity(&value[word.clone()]) {
            quoted += &value[copied..word.start];
            quoted += &format!("\"{}\"", &value[word.clone()]);
            copied = word.end;
        }
    }
    quoted + &value[copied..]
}

/// Runs of the characters that names, numbers and quantities are made of, outside of quotes.
fn bare_words(value: &str) -> Vec<Range<usize>> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '%' | '+' | '-' | '/');
    let mut words: Vec<Range<usize>> = Vec::new();
    let (mut in_quotes, mut escaped) = (false, false);
    for (at, c) in value.char_indices() {
        if in_quotes {
            in_quotes = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c == '"' {
            in_quotes = true;
        } else if is_part(c) {
            let end = at + c.len_utf8();
            match words.last_mut().filter(|word| word.end == at) {
                Some(word) => word.end = end,
                None => words.push(at..end),
            }
        }
    }
    words
}

/// Whether it is a number with a unit, or a span of two of them. Which units there are, and which
/// of them fits, is for its reader to say.
fn is_quantity(word: &str) -> bool {
    match word.split_once("..") {
        Some((least, most)) => has_unit(least) && has_unit(most),
        None => has_unit(word),
    }
}

fn has_unit(number: &str) -> bool {
    let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
    let unit = digits.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '.'));
    let starts_well = digits.starts_with(|c: char| c.is_ascii_digit());
    // `1e9` is a number, and so is `0x1f`.
    let is_number = digits.parse::<f64>().is_ok() || digits.starts_with("0x");
    // A bandwidth has bytes by the second.
    let is_unit = unit.ends_with('%')
        || unit.strip_suffix("/s").unwrap_or(unit).chars().all(char::is_alphabetic);
    starts_well && !is_number && !unit.is_empty() && is_unit
}
