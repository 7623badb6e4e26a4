//! The small words that all pictures share: names of nodes, counts, contents, times.

use std::borrow::Cow;

use sim_check::SimTime;
use sim_node::{Duration, NodeId};
pub(crate) use sim_node::{counted as count, grouped};
use sim_scenario::{CrashLoss, crash_loss_in_words};

use crate::plain;

/// So much room that nothing is cut.
pub(crate) const WHOLE: usize = usize::MAX;

/// Cuts text that is longer than so many characters behind a word, and says how many words are left
/// out; a word that is longer by itself is cut. Line breaks and other control characters become
/// spaces, so that a picture stays a picture.
pub(crate) fn cut(text: &str, width: usize) -> Cow<'_, str> {
    let smooth = !text.chars().any(char::is_control);
    if smooth && text.chars().count() <= width {
        return Cow::Borrowed(text);
    }
    let flat: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if flat.chars().count() <= width {
        return Cow::Owned(flat);
    }
    let words: Vec<&str> = flat.split_whitespace().collect();
    let room = width.saturating_sub(" and 1,024 more words".len());
    let mut used = 0;
    let fits = |word: &&&str| {
        used += word.chars().count() + 1;
        used <= room + 1
    };
    let kept = words.iter().take_while(fits).count();
    match (kept, words.len() - kept) {
        (_, 0) => Cow::Owned(words.join(" ")),
        (0, more) => {
            let mut first: String = words[0].chars().take(width.max(2) - 1).collect();
            if words[0].chars().count() > first.chars().count() {
                first.push('…');
            }
            match more - 1 {
                0 => Cow::Owned(first),
                more => Cow::Owned(format!("{first} and {}", count(more as u64, "more word"))),
            }
        }
        (kept, more) => {
            let kept = words[..kept].join(" ");
            let kept = kept.trim_end_matches([',', ';', ':']);
            Cow::Owned(format!("{kept} and {}", count(more as u64, "more word")))
        }
    }
}

/// A fault, a request or a demand as it stands in the scenario, or the first part of it.
pub(crate) fn as_written(label: &str) -> Cow<'_, str> {
    cut(label, 120)
}

/// As many of the items as fit into so many lines of a width, joined by commas; `rest` says in
/// words that there are so many more, those in `more` included.
pub(crate) fn fitting(
    items: &[String],
    more: u64,
    (width, lines): (usize, usize),
    rest: impl Fn(u64) -> String,
) -> String {
    for kept in (1..=items.len()).rev() {
        let mut text = items[..kept].join(", ");
        let hidden = more + (items.len() - kept) as u64;
        if hidden > 0 {
            text.push_str(&format!(" and {}", rest(hidden)));
        }
        if kept == 1 || wrap(&text, width).len() <= lines {
            return text;
        }
    }
    String::new()
}

/// What a crash lost, in words that follow "lost ".
pub(crate) fn crash_loss(loss: &CrashLoss, writes: &[String]) -> String {
    const WRITE: usize = 60;
    let writes: Vec<String> = writes.iter().map(|write| said(write, WRITE)).collect();
    crash_loss_in_words(loss, &writes)
}

/// What a timer, a request, a record or an indication says, in plain words.
pub(crate) fn said(text: &str, width: usize) -> String {
    if width == WHOLE { plain::whole(text) } else { plain::within(text, width) }
}

/// What a message says in plain words, with the name of its kind unless the text names it.
pub(crate) fn content(kind: &str, text: &str, width: usize) -> String {
    if text.contains(kind) {
        return said(text, width);
    }
    let room = if width == WHOLE { WHOLE } else { width.saturating_sub(kind.len() + 1) };
    format!("{kind} {}", said(text, room))
}

/// `n0`, and `n0'` of its second instance, where it is split in twins.
pub(crate) fn who(node: NodeId, twin: bool) -> String {
    let second = if twin { "'" } else { "" };
    format!("{node}{second}")
}

/// `n0`, `n0 and n1`, `n0, n1 and n2`; long lists are cut.
pub(crate) fn nodes(nodes: &[NodeId]) -> String {
    const SHOWN: usize = 12;
    let names: Vec<String> = nodes.iter().take(SHOWN).map(ToString::to_string).collect();
    if nodes.len() > SHOWN {
        let more = grouped((nodes.len() - SHOWN) as u64);
        return format!("{} and {more} more", names.join(", "));
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

/// The first lines of a text; where there are more, the last of them says how many words are left
/// out.
pub(crate) fn first_lines(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines = wrap(text, width);
    if lines.len() <= most {
        return lines;
    }
    let words = |lines: &[String]| -> usize {
        lines.iter().map(|line| line.split_whitespace().count()).sum()
    };
    let all = words(&lines);
    lines.truncate(most.max(1));
    let mut last: Vec<String> =
        lines.pop().iter().flat_map(|it| it.split(' ')).map(str::to_owned).collect();
    let before = words(&lines);
    loop {
        let more = count((all - before - last.len()) as u64, "more word");
        let line = format!("{} and {more}", last.join(" ").trim_end_matches([',', ';', ':']));
        if line.chars().count() <= width || last.pop().is_none() {
            lines.extend(wrap(&line, width));
            return lines;
        }
    }
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

/// Breaks text into lines as [`wrap`] does, and keeps its own lines and how far they are indented.
pub(crate) fn paragraphs(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let hanging = if lines.is_empty() { 0 } else { indent + 2 };
        for (place, part) in wrap(line, width.saturating_sub(hanging).max(20)).iter().enumerate() {
            let by = if place == 0 { indent } else { hanging };
            lines.push(format!("{:by$}{part}", ""));
        }
    }
    lines
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
