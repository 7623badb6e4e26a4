//! Named values behind unnamed ones, as in `Sometimes("LE1", of: 200)`, which RON itself does not
//! know.

use crate::outline::{Item, Part, Shape};
use crate::{Diagnostic, usage};

/// The names that may follow unnamed values.
const NAMES: [&str; 2] = ["cut", "of"];

/// The text as RON knows it: with those names blanked out and every other byte in its place.
pub(crate) fn unmixed(text: &str, outline: &Item) -> Result<String, Box<Diagnostic>> {
    let mut bytes = text.as_bytes().to_vec();
    if text.starts_with('\u{feff}') {
        // A byte order mark, as some editors leave it.
        bytes[..3].fill(b' ');
    }
    let mut open = vec![outline];
    while let Some(item) = open.pop() {
        let parts = item.parts();
        let named = parts.iter().filter(|part| part.key.is_some()).count();
        let is_mixed =
            matches!(item.shape, Shape::Group('(', _)) && named > 0 && named < parts.len();
        for part in parts {
            if let Some(key) = part.key.as_deref().filter(|_| is_mixed) {
                if part_is_first(parts, part) || !NAMES.contains(&&text[key.span.clone()]) {
                    return Err(mixture(text, item, part).into());
                }
                // Up to the value: the name, the colon, and a comment in between.
                bytes[key.span.start..part.value.span.start].fill(b' ');
            }
            open.push(&part.value);
        }
    }
    Ok(String::from_utf8(bytes).expect("whole words were replaced by blanks"))
}

fn part_is_first(parts: &[Part], part: &Part) -> bool {
    parts.first().is_some_and(|first| first.value.span == part.value.span)
}

fn mixture(text: &str, item: &Item, part: &Part) -> Diagnostic {
    let message = format!("{} mixes named and unnamed values", item.describe(text));
    let diagnostic = Diagnostic::error(part.span(), message).label("this one has a name");
    match usage::example(item.name(text)) {
        Some(example) => diagnostic.help(format!("it is written as in `{example}`")),
        None => diagnostic.help("give all of them their names, or none"),
    }
}
