//! Settings that have no effect, as another one that they need is not set.

use sim_protocol::Settings;

use crate::Diagnostic;
use crate::outline::Item;
use crate::sheet::Sheet;

/// Warns of those that the scenario gives; `item` is the construct whose fields they are. Nodes may
/// differ: what counts is whether they have an effect in any of the settings that come of them.
pub(crate) fn check_needs<S: Settings>(sheet: &mut Sheet<'_>, item: &Item, settings: &[&S]) {
    let Some((first, others)) = settings.split_first() else { return };
    for field in first.idle() {
        let is_idle = |one: &&S| one.idle().iter().any(|idle| idle.name == field.name);
        if !others.iter().all(is_idle) {
            continue;
        }
        let Some(needed) = field.needs else { continue };
        let Some(given) = item.field(sheet.text, field.name) else { continue };
        let message = format!("`{}` has no effect, as `{needed}` is not set", field.name);
        let help = format!("set `{needed}`, or leave `{}` out", field.name);
        let diagnostic = Diagnostic::warning(given.span(), message);
        sheet.push(diagnostic.label("changes nothing").help(help));
    }
}
