//! Keys that stand twice in a map: a reader would take the last and silently drop the others.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::Diagnostic;
use crate::fault::plain_form;
use crate::outline::{Item, Shape};
use crate::words::clip;

/// An error for each key that a map of the text has twice.
pub(crate) fn check_maps(text: &str, outline: &Item) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut open = vec![outline];
    while let Some(item) = open.pop() {
        if matches!(item.shape, Shape::Group('{', _)) {
            check_map(text, item, &mut found);
        }
        open.extend(item.parts().iter().map(|part| &part.value));
    }
    found
}

fn check_map(text: &str, map: &Item, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<String, Range<usize>> = BTreeMap::new();
    for key in map.parts().iter().filter_map(|part| part.key.as_deref()) {
        let plain = plain_key(text, key);
        if let Some(first) = seen.get(&plain) {
            let message = format!("the map has the key `{}` twice", clip(&plain));
            let diagnostic = Diagnostic::error(key.span.clone(), message)
                .label("the second time")
                .context(first.clone(), "the first time");
            found.push(diagnostic);
        } else {
            seen.insert(plain, key.span.clone());
        }
    }
}

/// A key in the form that keys are compared in: `+0x1_0` and `16` are one.
fn plain_key(text: &str, key: &Item) -> String {
    let written = &text[key.span.clone()];
    let plain = plain_form(written);
    if !matches!(key.shape, Shape::Number) {
        return plain;
    }
    let digits = plain.trim_start_matches('+').replace('_', "").to_lowercase();
    let number = match digits.get(..2) {
        Some("0x") => u128::from_str_radix(&digits[2..], 16),
        Some("0o") => u128::from_str_radix(&digits[2..], 8),
        Some("0b") => u128::from_str_radix(&digits[2..], 2),
        _ => digits.parse(),
    };
    number.map_or(plain, |number| number.to_string())
}
