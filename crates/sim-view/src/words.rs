//! The small words that all pictures share: names of nodes, counts, contents, times.

use std::borrow::Cow;

use sim_check::SimTime;
use sim_node::{Duration, NodeId};
pub(crate) use sim_node::{counted as count, grouped};
use sim_scenario::{CrashLoss, crash_loss_in_words};

use crate::plain::plain;

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

/// What a crash lost, in words that follow "lost ".
pub(crate) fn crash_loss(loss: &CrashLoss, writes: &[String]) -> String {
    const WRITE: usize = 60;
    let writes: Vec<String> = writes.iter().map(|write| said(write, WRITE)).collect();
    crash_loss_in_words(loss, &writes)
}

/// What a timer, a request, a record or an indication says, in plain words.
pub(crate) fn said(text: &str, width: usize) -> String {
    clip(&plain(text), width).into_owned()
}

/// What a message says in plain words, with the name of its kind unless the text names it.
pub(crate) fn content(kind: &str, text: &str, width: usize) -> String {
    if text.contains(kind) {
        return said(text, width);
    }
    clip(&format!("{kind} {}", plain(text)), width).into_owned()
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

/// How often in words: "once", "twice", "five times", "1,024 times".
pub(crate) fn times(number: u64) -> String {
    const SMALL: [&str; 10] =
        ["three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    match number {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        3..=12 => format!("{} times", SMALL[number as usize - 3]),
        _ => count(number, "time"),
    }
}

/// As much of a text as fits into so many lines of a width, with an ellipsis where it is cut.
pub(crate) fn within(text: &str, width: usize, most: usize) -> String {
    let mut lines = wrap(text, width);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let kept: String = last.chars().take(width.saturating_sub(2)).collect();
            *last = format!("{} …", kept.trim_end_matches([',', ';', ' ']));
        }
    }
    lines.join(" ")
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
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
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
