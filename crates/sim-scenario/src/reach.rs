//! What a scenario demands to be reached: `reaches: [Role("leader", at: 2), Sent("Vote", times: 3)]`.
//!
//! It is read from the tree, as both of the names that may follow may be left out.

use sim_engine::{Reach, Situation};

use crate::Diagnostic;
use crate::check::{Cast, check_kind, check_mark, check_node, check_role};
use crate::draft::Draft;
use crate::fault::{FaultText, plain_form, shortened};
use crate::outline::{Item, Part, Shape};
use crate::sheet::Sheet;
use crate::words::{clip, list, nearest, unknown, unknown_in};

/// The names of situations.
pub(crate) const NAMES: [&str; 4] = ["Mark", "Role", "Sent", "Fault"];

/// The names that may follow the first value.
const FIELDS: [&str; 2] = ["at", "times"];

const EXAMPLE: &str = "write it as in `reaches: [Role(\"leader\", at: 2)]`";

/// What the scenario demands, checked. What is wrong is told to the sheet.
pub(crate) fn reaches(sheet: &mut Sheet<'_>, draft: &Draft<'_>, cast: &Cast<'_>) -> Vec<Reach> {
    if draft.reaches.is_none() {
        return Vec::new();
    }
    let field = sheet.field("reaches");
    if !matches!(field.shape, Shape::Group('[', _)) {
        let message = format!("expected a list in brackets, found {}", field.describe(sheet.text));
        let place = field.span.clone();
        sheet.push(Diagnostic::error(place, message).label("not a list").help(EXAMPLE));
        return Vec::new();
    }
    let items = field.parts().iter();
    items.filter_map(|part| reach(sheet, &part.value, &draft.faults, cast)).collect()
}

fn reach(
    sheet: &mut Sheet<'_>,
    item: &Item,
    faults: &[FaultText<'_>],
    cast: &Cast<'_>,
) -> Option<Reach> {
    let text = sheet.text;
    let Some(name) = item.name(text).filter(|name| NAMES.contains(name)) else {
        let place = item.name.clone().unwrap_or_else(|| item.span.clone());
        let message = match item.name(text) {
            Some(name) => unknown("situation", name, &NAMES),
            None => format!("expected a situation, found {}", item.describe(text)),
        };
        let help = format!("the names allowed here are {}", list(&NAMES));
        sheet.push(Diagnostic::error(place, message).label("no such situation").help(help));
        return None;
    };
    let first = item.parts().first().filter(|part| part.key.is_none());
    let Some(first) = first.filter(|part| matches!(part.value.shape, Shape::Text)) else {
        let message = format!("`{name}` needs the name of what is to be reached");
        let place = item.span.clone();
        sheet.push(Diagnostic::error(place, message).label("no text in quotes").help(EXAMPLE));
        return None;
    };
    let place = first.value.span.clone();
    let what: String = sheet.read(&sheet.plain[place.clone()], "the name")?;
    let (mut at, mut times) = (None, 1);
    for part in &item.parts()[1..] {
        match field(sheet, part, name)? {
            Field::At(node) => at = Some(node),
            Field::Times(some) => times = some,
        }
    }
    if let Some(node) = at {
        check_node(sheet, node, &item.at_field(text, "at").span, cast);
    }
    let what = match name {
        "Mark" => {
            check_mark(sheet, &what, &place, cast);
            Situation::Mark(what)
        }
        "Role" => {
            check_role(sheet, &what, &place, cast);
            Situation::Role(what)
        }
        "Sent" => {
            check_kind(sheet, &what, &place, cast);
            Situation::Sent(what)
        }
        _ => Situation::Struck(struck(sheet, &what, &first.value, faults)?),
    };
    let label = shortened(plain_form(&text[item.span.clone()]));
    Some(Reach { label, what, at, times })
}

enum Field {
    At(u32),
    Times(u64),
}

fn field(sheet: &mut Sheet<'_>, part: &Part, owner: &str) -> Option<Field> {
    let text = sheet.text;
    let key = part.key.as_ref().map(|key| &text[key.span.clone()]);
    let value = &sheet.plain[part.value.span.clone()];
    match key {
        Some("at") if owner == "Fault" => {
            let message = "a fault is of the whole scenario, and not at a node";
            sheet.push(Diagnostic::error(part.span(), message).label("cannot be said of a fault"));
            None
        }
        Some("at") => sheet.read(value, "`at`").map(Field::At),
        Some("times") => {
            let times = sheet.read(value, "`times`")?;
            if times == 0 {
                let message = "what happens no time is reached by every run";
                let place = part.value.span.clone();
                sheet.push(Diagnostic::error(place, message).label("at least 1"));
            }
            Some(Field::Times(times))
        }
        _ => {
            let message = match key {
                Some(key) => unknown_in("field", key, &format!("`{owner}`"), &FIELDS),
                None => format!("`{owner}` takes one name, and then `at: ...` and `times: ...`"),
            };
            sheet.push(Diagnostic::error(part.span(), message).label("not expected").help(EXAMPLE));
            None
        }
    }
}

/// The stable numbers of the faults whose text contains this.
fn struck(
    sheet: &mut Sheet<'_>,
    wanted: &str,
    item: &Item,
    faults: &[FaultText<'_>],
) -> Option<Vec<u64>> {
    let plain = plain_form(wanted);
    let matching = faults.iter().filter(|fault| !plain.is_empty() && fault.label.contains(&plain));
    let ids: Vec<u64> = matching.map(|fault| fault.id).collect();
    if !ids.is_empty() {
        return Some(ids);
    }
    let labels: Vec<&str> = faults.iter().map(|fault| fault.label.as_str()).collect();
    let mut message = format!("no fault of the scenario contains `{}`", clip(wanted));
    if let Some(nearest) = nearest(wanted, &labels) {
        message += &format!(", did you mean `{}`?", clip(nearest));
    }
    let help = match labels.as_slice() {
        [] => "the scenario has no faults".to_owned(),
        labels => {
            let labels: Vec<String> = labels.iter().map(|label| clip(label)).collect();
            format!("its faults are {}", list(&labels))
        }
    };
    let place = item.span.clone();
    sheet.push(Diagnostic::error(place, message).label("no such fault").help(help));
    None
}
