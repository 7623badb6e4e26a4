//! The small words that all pictures share: names of nodes, counts, contents, times.

use std::borrow::Cow;

use sim_check::SimTime;
use sim_node::{Duration, NodeId};

/// Cuts text that is longer than so many characters, and says so with an ellipsis. Line breaks and
/// other control characters become spaces, so that a picture stays a picture.
pub(crate) fn clip(text: &str, width: usize) -> Cow<'_, str> {
    let smooth = !text.chars().any(char::is_control);
    if smooth && text.chars().count() <= width {
        return Cow::Borrowed(text);
    }
    let mut flat = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut cut: String = flat.by_ref().take(width).collect();
    if flat.next().is_some() {
        cut.pop();
        cut.push('…');
    }
    Cow::Owned(cut)
}

/// What a message says, with the name of its kind unless the text names it.
pub(crate) fn content(kind: &str, text: &str, width: usize) -> String {
    if text.contains(kind) {
        return clip(text, width).into_owned();
    }
    clip(&format!("{kind} {text}"), width).into_owned()
}

/// `n0`, `n0 and n1`, `n0, n1 and n2`; long lists are cut.
pub(crate) fn nodes(nodes: &[NodeId]) -> String {
    const SHOWN: usize = 12;
    let names: Vec<String> = nodes.iter().take(SHOWN).map(ToString::to_string).collect();
    if nodes.len() > SHOWN {
        return format!("{} and {} more", names.join(", "), nodes.len() - SHOWN);
    }
    list(&names)
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(items: &[impl AsRef<str>]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [before @ .., last] => {
            let before: Vec<&str> = before.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", before.join(", "), last.as_ref())
        }
    }
}

/// `1 message`, `2 messages`, `1,024 messages`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A number with commas between the thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration for reading: three decimals at most, in the unit that fits.
pub(crate) fn duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let coarse = match nanos {
        1_000_000_000.. => nanos - nanos % 1_000_000,
        1_000_000.. => nanos - nanos % 1_000,
        _ => nanos,
    };
    Duration::from_nanos(coarse).to_string()
}

/// An instant for reading in a sentence.
pub(crate) fn instant(at: SimTime) -> String {
    let nanos = at.as_nanos();
    let coarse = if nanos < 1_000_000 { nanos } else { nanos - nanos % 1_000 };
    Duration::from_nanos(coarse).to_string()
}

/// Breaks text into lines of at most `width` characters, between words where there are any.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + rest.len() <= width {
            line.push(' ');
            used += 1;
        } else if used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while rest.len() > width {
            lines.push(rest.drain(..width).collect());
        }
        used += rest.len();
        line.extend(rest);
    }
    if used > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}
