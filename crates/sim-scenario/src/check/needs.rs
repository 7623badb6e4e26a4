//! Settings that have no effect, as another one that they need is not set.

use sim_protocol::Settings;

use crate::Diagnostic;
use crate::outline::Item;
use crate::sheet::Sheet;

/// Warns of those that the scenario gives; `item` is the construct whose fields they are.
pub(crate) fn check_needs(sheet: &mut Sheet<'_>, item: &Item, settings: &impl Settings) {
    for field in settings.idle() {
        let Some(needed) = field.needs else { continue };
        let Some(given) = item.field(sheet.text, field.name) else { continue };
        let message = format!("`{}` has no effect, as `{needed}` is not set", field.name);
        let help = format!("set `{needed}`, or leave `{}` out", field.name);
        let diagnostic = Diagnostic::warning(given.span(), message);
        sheet.push(diagnostic.label("changes nothing").help(help));
    }
}
