//! Turns an error of the `ron` crate into a diagnostic: the place in the whole file, what was
//! found, and what would be right.

use std::ops::Range;

use ron::Error;
use ron::error::{Position, SpannedError};
use sim_protocol::Field;

use crate::outline::{Item, Shape};
use crate::words::{line, list, nearest, unknown, unknown_in};
use crate::{Diagnostic, renamed, usage};

/// The file that an error is about.
pub(crate) struct Source<'a> {
    /// Its text.
    pub(crate) text: &'a str,
    /// Its tree.
    pub(crate) outline: &'a Item,
}

/// What is known of the part of the file that did not deserialise.
pub(crate) struct Region<'a> {
    /// Where the part begins in the file.
    pub(crate) offset: usize,
    /// Its text.
    pub(crate) text: &'a str,
    /// Its noun, when the error does not know a better name.
    pub(crate) noun: &'a str,
    /// The fields that may stand there, when it is the settings of a protocol.
    pub(crate) fields: &'a [Field],
}

/// The diagnostic for an error of `ron` in a part of the file.
pub(crate) fn explain(
    error: &SpannedError,
    region: &Region<'_>,
    source: &Source<'_>,
) -> Diagnostic {
    let start = region.offset + byte_offset(region.text, error.span.start);
    let end = region.offset + byte_offset(region.text, error.span.end);
    let place = trimmed(source.text, start..end.max(start));
    match &error.code {
        Error::NoSuchEnumVariant { expected, found, outer } => {
            let family = outer.as_deref();
            variant(family, found, expected, place)
        }
        Error::NoSuchStructField { expected, found, outer } => {
            let name = outer.as_deref().filter(|_| region.fields.is_empty());
            let name = name.unwrap_or_else(|| region.noun.trim_matches('`'));
            let owner = owner(outer.as_deref(), region);
            let help = format!("the fields of {owner} are {}", list(expected));
            let (message, label) = match renamed::new_name(name, found) {
                Some(new) => (renamed::message(found, new), renamed::LABEL),
                None => (unknown_in("field", found, &owner, expected), "no such field"),
            };
            Diagnostic::error(place, message).label(label).help(help)
        }
        Error::MissingStructField { field, outer } => {
            let group = source.outline.around(&place);
            let owner = owner(outer.as_deref(), region);
            let help = match region.fields.iter().find(|f| f.name == *field) {
                Some(f) => format!("`{field}` is a {}: {}", f, f.meaning),
                None => missing_help(outer.as_deref(), group.name(source.text), field),
            };
            Diagnostic::error(head(group), format!("{owner} lacks its field `{field}`"))
                .label(format!("`{field}` is missing"))
                .help(help)
        }
        Error::DuplicateStructField { field, outer } => {
            let owner = owner(outer.as_deref(), region);
            Diagnostic::error(place, format!("the field `{field}` of {owner} is given twice"))
                .label("the second time")
        }
        Error::Message(message) => custom(message, place, source),
        Error::IntegerOutOfBounds => {
            let item = source.outline.covering(&place);
            Diagnostic::error(item.span.clone(), "the number is out of range")
                .label("too large, or below zero where it must not be")
        }
        code => shape(code, place, source),
    }
}

/// A name in a place where one of a family of names is expected.
fn variant(
    family: Option<&str>,
    found: &str,
    expected: &[&str],
    place: Range<usize>,
) -> Diagnostic {
    let noun = usage::noun(family);
    if let Some(renamed) = former(family, found, &place) {
        return renamed;
    }
    let is_near = nearest(found, expected).is_some();
    let elsewhere = usage::family_of(found).filter(|other| Some(*other) != family && !is_near);
    if family == Some("Plan") && elsewhere == Some("Fault") {
        let example = usage::of("Fault", found).unwrap_or("Heal");
        return Diagnostic::error(place, format!("the fault `{found}` lacks its time"))
            .label("when?")
            .help(format!("it is written as in `At(\"2s\", {example})`"));
    }
    let label = match elsewhere {
        Some(other) => format!("this is a {}", usage::noun(Some(other))),
        None => format!("no such {noun}"),
    };
    let diagnostic = Diagnostic::error(place, unknown(noun, found, expected)).label(label);
    let help = format!("the names allowed here are {}", list(expected));
    if family == Some("Target") && !is_near {
        let role = found.to_lowercase();
        return diagnostic.help(format!("{help}; the holder of a role is `Role(\"{role}\")`"));
    }
    diagnostic.help(help)
}

/// A name that was replaced, where its family or, without its time, a fault stands.
fn former(family: Option<&str>, found: &str, place: &Range<usize>) -> Option<Diagnostic> {
    let families = [family?, if family == Some("Plan") { "Fault" } else { "" }];
    let (family, new) = families
        .into_iter()
        .find_map(|family| Some((family, renamed::new_name(family, found)?)))?;
    let diagnostic =
        Diagnostic::error(place.clone(), renamed::message(found, new)).label(renamed::LABEL);
    Some(match usage::of(family, new) {
        Some(example) => diagnostic.help(format!("it is written as in `{example}`")),
        None => diagnostic,
    })
}

/// An error in a value's own words, such as a duration without a unit.
fn custom(message: &str, place: Range<usize>, source: &Source<'_>) -> Diagnostic {
    let item = source.outline.covering(&place);
    let is_value = place.is_empty() || matches!(item.shape, Shape::Text | Shape::Number);
    let place = if is_value { item.span.clone() } else { place };
    Diagnostic::error(place, line(message)).label("here")
}

/// An error about the shape of a value: a number where a text is expected, too few values, and so
/// on.
fn shape(code: &Error, place: Range<usize>, source: &Source<'_>) -> Diagnostic {
    let text = source.text;
    let item = source.outline.covering(&place);
    let group = source.outline.around(&place);
    let found = item.describe(text);
    let is_fraction = matches!(item.shape, Shape::Number) && text[item.span.clone()].contains('.');
    let (message, label) = match code {
        // A whole number is read up to the point, and then a comma should follow.
        Error::ExpectedComma if is_fraction => {
            (format!("expected a whole number, found {found}"), "not a whole number")
        }
        Error::ExpectedString => {
            (format!("expected a text in quotes, found {found}"), "not a text")
        }
        Error::ExpectedInteger => {
            (format!("expected a whole number, found {found}"), "not a number")
        }
        Error::ExpectedFloat => (format!("expected a number, found {found}"), "not a number"),
        Error::ExpectedBoolean => {
            (format!("expected `true` or `false`, found {found}"), "neither true nor false")
        }
        Error::ExpectedArray => {
            (format!("expected a list in brackets, found {found}"), "not a list")
        }
        Error::ExpectedMap => (format!("expected a map in braces, found {found}"), "not a map"),
        Error::ExpectedIdentifier => (format!("expected a name, found {found}"), "not a name"),
        Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) => {
            (format!("{found} lacks its parentheses"), "its values are missing")
        }
        Error::ExpectedStructLikeEnd => return too_much(place, source),
        Error::ExpectedDifferentLength { found: 1, .. } => {
            (format!("{} needs more than one value", group.describe(text)), "too few values")
        }
        Error::ExpectedDifferentLength { found: 0, .. } => {
            (format!("{} is empty", group.describe(text)), "its values are missing")
        }
        Error::ExpectedDifferentLength { found, .. } => {
            (format!("{} does not take {found} values", group.describe(text)), "too few values")
        }
        Error::ExceededRecursionLimit => ("the scenario is nested too deeply".to_owned(), "here"),
        code => (line(&code.to_string()).to_lowercase(), "cannot be read"),
    };
    let about_the_group = matches!(code, Error::ExpectedDifferentLength { .. });
    let at = if about_the_group { group.span.clone() } else { item.span.clone() };
    let mut diagnostic = Diagnostic::error(at, message).label(label);
    if matches!((code, &item.shape), (Error::ExpectedString, Shape::Number)) {
        let units = "quantities with their unit: `\"150ms\"`, `\"1%\"`";
        return diagnostic.help(format!("texts and quantities are written in quotes, {units}"));
    }
    let lacks_values =
        matches!(code, Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_));
    let own = usage::example(item.name(text)).filter(|_| lacks_values);
    if let Some(example) = own.or_else(|| usage::example(group.name(text))) {
        diagnostic = diagnostic.help(format!("it is written as in `{example}`"));
    }
    diagnostic
}

/// More values than something takes.
fn too_much(place: Range<usize>, source: &Source<'_>) -> Diagnostic {
    let text = source.text;
    let inner = source.outline.covering(&place);
    // `Heal()` is refused at its parenthesis, `Heal, 3` at the 3.
    let takes_nothing = inner.name.as_ref().is_some_and(|name| name.end <= place.start);
    let group = if takes_nothing { inner } else { source.outline.around(&place) };
    let place = if takes_nothing { group.span.clone() } else { inner.span.clone() };
    let values = if takes_nothing { "no values" } else { "fewer values" };
    let message = format!("{} takes {values}", group.describe(text));
    let diagnostic = Diagnostic::error(place, message).label("too many values");
    match usage::example(group.name(text)) {
        Some(example) => diagnostic.help(format!("it is written as in `{example}`")),
        None => diagnostic,
    }
}

fn owner(outer: Option<&str>, region: &Region<'_>) -> String {
    match outer {
        Some("Model") => "the model".to_owned(),
        Some("Trigger") => "the trigger".to_owned(),
        Some("DiskSpec") => "an entry of `disks`".to_owned(),
        Some("ClockSpec") => "an entry of `clocks`".to_owned(),
        Some("Service") => "an entry of `service`".to_owned(),
        Some("Link") => "an entry of `links`".to_owned(),
        // The types of settings have names that no scenario shows.
        Some(outer) if region.fields.is_empty() => format!("`{outer}`"),
        _ => region.noun.to_owned(),
    }
}

fn missing_help(outer: Option<&str>, group: Option<&str>, field: &str) -> String {
    let group = if outer == Some("Trigger") { Some("When") } else { group };
    match usage::example(group) {
        Some(example) => format!("it is written as in `{example}`"),
        None => format!("add `{field}: ...`"),
    }
}

/// What stands before the first value in the brackets: enough to show which group is meant.
fn head(group: &Item) -> Range<usize> {
    let end = group.name.as_ref().map_or(group.span.start + 1, |name| name.end);
    group.span.start..end.min(group.span.end)
}

/// The byte at a line and column of a text, both counted from 1 and in characters.
fn byte_offset(text: &str, position: Position) -> usize {
    let mut line_start = 0;
    for _ in 1..position.line {
        match text[line_start..].find('\n') {
            Some(end) => line_start += end + 1,
            None => return text.len(),
        }
    }
    let mut characters = text[line_start..].char_indices();
    characters.nth(position.col.saturating_sub(1)).map_or(text.len(), |(at, _)| line_start + at)
}

/// The place without the blanks that it begins with.
fn trimmed(text: &str, place: Range<usize>) -> Range<usize> {
    let end = place.end.min(text.len());
    let start = place.start.min(end);
    let blanks = text[start..end].len() - text[start..end].trim_start().len();
    start + blanks..end
}
