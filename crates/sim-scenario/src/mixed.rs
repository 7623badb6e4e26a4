//! Named values behind unnamed ones, as in `Sometimes("LE1", of: 200)`, which RON itself does not
//! know.

use crate::outline::{Item, Part, Shape};
use crate::{Diagnostic, usage};

/// The names that may follow unnamed values, and in which constructs.
const NAMES: [(&str, &[&str]); 6] = [
    ("cut", &["Partition", "Isolate", "OneWay", "Bridge"]),
    ("first", &["Pause"]),
    ("for", &["At", "When", "Every"]),
    ("kind", &["Hold"]),
    ("of", &["Sometimes"]),
    ("settings", &["Restart"]),
];

/// Who reads what lies in some brackets. The names of the language mean nothing to a protocol.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    Language,
    /// A workload: the language as far as it is plain requests.
    Workload,
    Protocol,
    /// What must be reached: it says itself which names may follow.
    Reaches,
}

/// The text as RON knows it: with those names blanked out and every other byte in its place.
pub(crate) fn unmixed(text: &str, outline: &Item) -> Result<String, Box<Diagnostic>> {
    let mut bytes = text.as_bytes().to_vec();
    if text.starts_with('\u{feff}') {
        // A byte order mark, as some editors leave it.
        bytes[..3].fill(b' ');
    }
    let mut open = vec![(outline, Reader::Language)];
    while let Some((item, reader)) = open.pop() {
        let parts = item.parts();
        let named = parts.iter().filter(|part| part.key.is_some()).count();
        let is_mixed =
            matches!(item.shape, Shape::Group('(', _)) && named > 0 && named < parts.len();
        for (place, part) in parts.iter().enumerate() {
            if let Some(key) = part.key.as_deref().filter(|_| is_mixed) {
                if place == 0 || !may_have(text, item, reader, &text[key.span.clone()]) {
                    return Err(mixture(text, item, reader, part).into());
                }
                // Up to the value: the name, the colon, and a comment in between.
                bytes[key.span.start..part.value.span.start].fill(b' ');
            }
            open.push((&part.value, reader_within(text, item, reader, place)));
        }
    }
    Ok(String::from_utf8(bytes).expect("whole words were replaced by blanks"))
}

/// Who reads a part of what this reader reads.
fn reader_within(text: &str, item: &Item, reader: Reader, place: usize) -> Reader {
    match (reader, item.name(text)) {
        (Reader::Language, Some("Scenario")) => {
            let key = item.parts()[place].key.as_ref().map(|key| &text[key.span.clone()]);
            match key {
                Some("protocol" | "nodes" | "images") => Reader::Protocol,
                Some("workload") => Reader::Workload,
                Some("reaches") => Reader::Reaches,
                _ => Reader::Language,
            }
        }
        (Reader::Language, Some("Crash" | "Restart"))
            if item.parts()[place].key.as_ref().map(|key| &text[key.span.clone()])
                == Some("settings") =>
        {
            Reader::Protocol
        }
        (Reader::Workload, Some("Requests") | None) => Reader::Workload,
        // `At("1s", 0, request)`
        (Reader::Workload, Some("At")) if place < 2 => Reader::Language,
        (Reader::Workload | Reader::Protocol, _) => Reader::Protocol,
        (Reader::Language, _) => Reader::Language,
        (Reader::Reaches, _) => Reader::Reaches,
    }
}

/// Whether a value of this construct may have this name, though others have none.
fn may_have(text: &str, item: &Item, reader: Reader, name: &str) -> bool {
    let owner = item.name(text).filter(|_| reader == Reader::Language).unwrap_or_default();
    reader == Reader::Reaches
        || NAMES.iter().any(|(known, owners)| *known == name && owners.contains(&owner))
}

fn mixture(text: &str, item: &Item, reader: Reader, part: &Part) -> Diagnostic {
    let message = format!("{} mixes named and unnamed values", item.describe(text));
    let diagnostic = Diagnostic::error(part.span(), message).label("this one has a name");
    match usage::example(item.name(text).filter(|_| reader == Reader::Language)) {
        Some(example) => diagnostic.help(format!("write it as in `{example}`")),
        None => diagnostic.help("give all of them their names, or none"),
    }
}
