//! Quotes that are missing. One turns the rest of a file inside out, and what is wrong shows far
//! behind it; a formula without its two is no value of RON.

use std::ops::Range;

use crate::Diagnostic;
use crate::lex::{Kind, Word, Words};
use crate::outline::{Item, Shape};
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

/// The fields whose values are formulas.
const FORMULAS: [&str; 2] = ["at_most", "at_least"];

/// What is wrong with a text that has no tree: the formula without quotes in which it was found, if
/// it lies in one.
pub(crate) fn suspect_formula(text: &str, wrong: Diagnostic) -> Diagnostic {
    let Some(place) = wrong.span.clone() else { return wrong };
    let words = Words::new(text).map_while(Result::ok);
    let before: Vec<Word> = words.take_while(|word| word.span.start < place.start).collect();
    let is_field = |pair: &&[Word]| {
        let name = &text[pair[0].span.clone()];
        pair[1].kind == Kind::Colon && FORMULAS.contains(&name)
    };
    let Some([_, colon]) = before.windows(2).rfind(is_field) else { return wrong };
    let rest = &text[colon.span.end..];
    let start = colon.span.end + rest.len() - rest.trim_start().len();
    let formula = text[start..][..formula_length(&text[start..])].trim_end();
    // It would be a text, and nothing of it unexpected.
    if formula.starts_with('"') || !(start..start + formula.len()).contains(&place.start) {
        return wrong;
    }
    unquoted(text, start..start + formula.len())
}

/// The first formula without quotes that is a value of RON all the same: `max(n, 4)`, `'elected'`.
pub(crate) fn bare_formula(text: &str, outline: &Item) -> Option<Diagnostic> {
    let costs = outline.field(text, "costs")?.value.parts();
    let bounds = costs.iter().flat_map(|cost| {
        FORMULAS.iter().filter_map(|name| Some(&cost.value.field(text, name)?.value))
    });
    let is_bare = |bound: &&Item| match bound.shape {
        // Their readers say what is wrong with these.
        Shape::Text | Shape::Name | Shape::Number => false,
        Shape::Character => true,
        Shape::Group(..) => !matches!(bound.name(text), Some("Some")),
    };
    let bound = bounds.into_iter().find(is_bare)?;
    Some(unquoted(text, bound.span.clone()))
}

fn unquoted(text: &str, formula: Range<usize>) -> Diagnostic {
    let help = format!("formulas stand in quotes: `\"{}\"`", clip(&text[formula.clone()]));
    Diagnostic::error(formula, "found a formula without its quotes")
        .label("cannot be read")
        .help(help)
}

/// Up to where a formula goes: the end of its line, or the comma or bracket that no bracket of its
/// own is about.
fn formula_length(text: &str) -> usize {
    let mut depth = 0_u32;
    for (at, c) in text.char_indices() {
        match c {
            '\n' => return at,
            '(' => depth += 1,
            ')' | ']' | '}' | ',' if depth == 0 => return at,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}
