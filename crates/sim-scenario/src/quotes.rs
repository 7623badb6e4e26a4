//! A quote that is missing turns the rest of a file inside out: what is wrong shows far behind it.

use std::ops::Range;

use crate::Diagnostic;
use crate::lex::{Kind, Words};
use crate::words::clip;

/// What is wrong with a text that has no tree: the text in quotes that was not closed, where one
/// seems to have swallowed what follows it, and otherwise what was found.
pub(crate) fn suspect(text: &str, wrong: Diagnostic) -> Diagnostic {
    let Some(place) = wrong.span.clone() else { return wrong };
    let words = Words::new(text).map_while(Result::ok);
    let texts = words.filter(|word| word.kind == Kind::Text && word.span.start < place.start);
    let swallows = |span: &Range<usize>| {
        let inner = &text[span.clone()];
        // `"a toy, protocol: Raft(nodes: 3), deadline: "`, and then `2s`.
        let is_before = span.end == place.start && inner.contains(": ");
        inner.starts_with('"') && (inner.contains('\n') || is_before)
    };
    let Some(unclosed) = texts.map(|word| word.span).find(swallows) else { return wrong };
    let rest = &text[unclosed.clone()];
    let line = rest.lines().next().unwrap_or(rest);
    let meant = line.trim_end().trim_end_matches(',');
    let meant = meant.split_once(", ").map_or(meant, |(first, _)| first);
    let message = "found a text whose closing quote is missing";
    Diagnostic::error(unclosed.start..unclosed.start + line.len(), message)
        .label("this text does not end where it should")
        .context(place, wrong.message)
        .help(format!("close it, as in `{}\"`", clip(meant)))
}
