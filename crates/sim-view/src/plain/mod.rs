//! [`plain`]: Rust's debug form in plain words.
//!
//! `Vote(VoteReply { term: Term(3), vote_granted: true, hint: None })` becomes `Vote (term 3, vote
//! granted true, no hint)`. A text that a protocol's author wrote for people stays as it is, and so
//! does what is no debug form at all.

mod read;
mod tell;

use read::Phrase;

use crate::words;

/// A debug form in plain words, of long lists the first few values; any other text as it is.
#[must_use]
pub fn plain(text: &str) -> String {
    Phrase::read(text).map_or_else(|| text.to_owned(), |phrase| phrase.brief())
}

/// A debug form in plain words, and nothing left out.
pub(crate) fn whole(text: &str) -> String {
    Phrase::read(text).map_or_else(|| text.to_owned(), |phrase| phrase.whole())
}

/// A debug form in plain words, and any other text, in about so many characters: whole values and
/// whole words, and how many more there are.
pub(crate) fn within(text: &str, width: usize) -> String {
    match Phrase::read(text) {
        Some(phrase) => phrase.within(width),
        None => words::cut(text, width).into_owned(),
    }
}

/// A sentence with every debug form in it in plain words.
pub(crate) fn sentence(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let is_name = next.is_ascii_uppercase()
            && !told.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '_'));
        if is_name && let Some((value, behind)) = Phrase::read_named(rest) {
            told.push_str(&value.whole());
            rest = behind;
            continue;
        }
        told.push(next);
        rest = &rest[next.len_utf8()..];
    }
    told
}

/// The text with every instant of a clock left out, so that two that differ in instants alone are
/// equal.
pub(crate) fn timeless(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = CLOCKS.iter().filter_map(|clock| rest.find(clock)).min() {
        let (before, clock) = rest.split_at(at);
        let Some(end) = clock.find(')') else { break };
        kept.push_str(before);
        rest = &clock[end + 1..];
    }
    kept + rest
}

/// How a node's clock shows an instant, in nanoseconds.
const CLOCKS: [&str; 2] = ["LocalTime(", "WallTime("];
