//! Where a path of a [`Change`](super::Change) leads in the text of a scenario.

use crate::Diagnostic;
use crate::outline::{Item, Part, Shape};
use crate::words::nearest;

use super::Place;

/// Where the value at the end of this path stands, or would stand.
pub(super) fn place(text: &str, outline: &Item, path: &[String]) -> Result<Place, Box<Diagnostic>> {
    let mut item = outline;
    for (number, step) in path.iter().enumerate() {
        item = match below(text, item, step, &path[..number])? {
            Some(next) => next,
            None => return Ok(added(text, item, &path[number..])),
        };
    }
    Ok(Place { span: item.span.clone(), before: String::new(), after: String::new() })
}

/// What one step leads to from here; `None` when it is not there and can be added.
fn below<'i>(
    text: &str,
    item: &'i Item,
    step: &str,
    so_far: &[String],
) -> Result<Option<&'i Item>, Box<Diagnostic>> {
    let item = inside_some(text, item);
    match &item.shape {
        Shape::Group('[', parts) => entry(text, item, parts, step).map(Some),
        Shape::Group(bracket, parts) => {
            let by_key = parts.iter().find(|part| is_key(text, part, step, *bracket == '('));
            let unnamed = step.parse().ok().and_then(|place: usize| parts.get(place));
            let by_number = unnamed.filter(|part| *bracket == '(' && part.key.is_none());
            match by_key.or(by_number) {
                Some(part) => Ok(Some(&part.value)),
                None if *bracket == '(' && step.parse::<usize>().is_ok() => {
                    let values = parts.iter().filter(|part| part.key.is_none()).count();
                    Err(no_entry(&item.describe(text), item, step, values, "value without a name"))
                }
                None => Ok(None),
            }
        }
        Shape::Name if is_construct(text, item) => Ok(None),
        _ => {
            let found = item.describe(text);
            let path = match so_far {
                [] => "the file".to_owned(),
                path => format!("`{}`", path.join(".")),
            };
            Err(Diagnostic::error(item.span.clone(), format!("{path} has no part `{step}`"))
                .label("it has no parts")
                .help(format!("it is {found}, which can be set as a whole"))
                .into())
        }
    }
}

/// The entry of a list with this number, or the only one with this name.
fn entry<'i>(
    text: &str,
    item: &Item,
    parts: &'i [Part],
    step: &str,
) -> Result<&'i Item, Box<Diagnostic>> {
    if let Ok(place) = step.parse::<usize>() {
        let part = parts.get(place).map(|part| &part.value);
        return part.ok_or_else(|| no_entry("the list", item, step, parts.len(), "entry"));
    }
    let named: Vec<&Part> = parts
        .iter()
        .filter(|part| part.value.name(text).is_some_and(|name| plain(name) == plain(step)))
        .collect();
    let names: Vec<&str> = parts.iter().filter_map(|part| part.value.name(text)).collect();
    let message = match named.as_slice() {
        [part] => return Ok(&part.value),
        [] => match nearest(step, &names) {
            Some(near) => format!("the list has no entry `{step}`, did you mean `{near}`?"),
            None => format!("the list has no entry `{step}`"),
        },
        several => format!("{} entries of the list are called `{step}`", several.len()),
    };
    Err(Diagnostic::error(item.head(), message)
        .label("in this list")
        .help("entries go by their numbers, from 0, or by a name that no other entry has")
        .into())
}

fn no_entry(owner: &str, item: &Item, step: &str, entries: usize, what: &str) -> Box<Diagnostic> {
    let message = format!("{owner} has no {what} with the number {step}");
    let help = match entries {
        0 => format!("it has no {what}"),
        1 => format!("it has one {what}, with the number 0"),
        several => format!("their numbers are 0 to {}", several - 1),
    };
    Diagnostic::error(item.head(), message).label("here").help(help).into()
}

/// Whether a part has this key. Names of fields ignore case and dashes, as the command line does.
fn is_key(text: &str, part: &Part, step: &str, is_name: bool) -> bool {
    part.key.as_ref().is_some_and(|key| {
        let key = &text[key.span.clone()];
        if is_name { plain(key) == plain(step) } else { key.trim_matches('"') == step }
    })
}

fn plain(name: &str) -> String {
    name.replace(['-', '_'], "").to_lowercase()
}

/// The value in `Some(...)`, which may stand around any.
fn inside_some<'i>(text: &str, item: &'i Item) -> &'i Item {
    match (item.name(text), item.parts()) {
        (Some("Some"), [part]) => &part.value,
        _ => item,
    }
}

/// Whether a name alone stands for something that has fields: `Bully`, and not `true`.
fn is_construct(text: &str, item: &Item) -> bool {
    item.name(text).is_some_and(|name| name.starts_with(char::is_uppercase))
}

/// Where a field is added that is not there, with the fields that lead to what is set of it.
fn added(text: &str, item: &Item, path: &[String]) -> Place {
    let item = inside_some(text, item);
    // Keys of maps are numbers or texts.
    let is_text = matches!(item.shape, Shape::Group('{', _)) && path[0].parse::<u32>().is_err();
    let mut before = if is_text { format!("\"{}\": ", path[0]) } else { format!("{}: ", path[0]) };
    let mut after = String::new();
    for (number, step) in path.iter().enumerate().skip(1) {
        let (open, close) = match (number, path[0].as_str()) {
            // The network that a scenario has when it says nothing of it.
            (1, "network") => ("Datagram(", ')'),
            (1, "nodes" | "images") => ("{", '}'),
            _ => ("(", ')'),
        };
        before += &format!("{open}{step}: ");
        after.insert(0, close);
    }
    let at = match (&item.shape, item.parts()) {
        (Shape::Group(..), [.., last]) => {
            before.insert_str(0, ", ");
            last.value.span.end
        }
        (Shape::Group(..), []) => item.span.end - 1,
        _ => {
            before.insert(0, '(');
            after.push(')');
            item.span.end
        }
    };
    Place { span: at..at, before, after }
}
