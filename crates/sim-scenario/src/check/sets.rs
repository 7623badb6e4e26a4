//! Sets of nodes by name: they exist, and somebody asks for them.

use sim_engine::NodeSet;

use super::Cast;
use super::nodes::check_node_set;
use crate::Diagnostic;
use crate::draft::Draft;
use crate::outline::{Item, Shape};
use crate::sheet::Sheet;

/// Each set holds nodes that exist, and its name stands somewhere else.
pub(super) fn check(sheet: &mut Sheet<'_>, draft: &Draft<'_>, cast: &Cast<'_>) {
    let text = sheet.text;
    let sets = sheet.field("sets");
    for part in sets.parts() {
        let Some(key) = part.key.as_deref() else { continue };
        let written = &text[key.span.clone()];
        let named = draft.sets.iter().find(|(name, _)| format!("{name:?}") == written);
        let Some((name, set)) = named else { continue };
        if let NodeSet::Set(_) = set {
            sheet.push(
                Diagnostic::error(part.value.span.clone(), "a set that is made of another set")
                    .label("not nodes")
                    .help("name its nodes, as in `Nodes([0, 1])`"),
            );
            continue;
        }
        check_node_set(sheet, set, &part.value, cast);
        if !is_asked_for(sheet, written, sets) {
            let message = format!("the scenario never asks for the set `{name}`");
            sheet.push(Diagnostic::warning(key.span.clone(), message).label("has no effect"));
        }
    }
}

/// Whether a text stands somewhere outside these brackets.
fn is_asked_for(sheet: &Sheet<'_>, written: &str, apart: &Item) -> bool {
    let mut open = vec![sheet.outline];
    while let Some(item) = open.pop() {
        if item.span == apart.span {
            continue;
        }
        if matches!(item.shape, Shape::Text) && &sheet.text[item.span.clone()] == written {
            return true;
        }
        open.extend(item.parts().iter().map(|part| &part.value));
    }
    false
}
