//! What the protocol's settings rely on against the assumed model. That the scenario keeps its
//! assumption, or breaks it on purpose, is checked with the assumption.

use sim_engine::{Failures, Timing};

use super::Cast;
use crate::Diagnostic;
use crate::draft::Draft;
use crate::sheet::Sheet;

pub(crate) fn check(sheet: &mut Sheet<'_>, draft: &Draft<'_>, cast: &Cast<'_>) {
    let (Some((field, bound)), Some(protocol)) = (cast.relies_on, &draft.protocol) else { return };
    let in_time = matches!(draft.model.timing, Timing::Synchronous { bound: assumed }
        if assumed <= bound);
    if in_time && draft.model.failures <= Failures::CrashRecovery {
        return;
    }
    let place = protocol.item.at_field(sheet.text, field).span.clone();
    let model =
        format!("model: (timing: Synchronous(bound: \"{bound}\"), failures: CrashRecovery)");
    let help = format!(
        "assumption it with `{model}`; to take it away on purpose, add `broken: true` to the model"
    );
    sheet.push(
        Diagnostic::error(place, format!("`{field}` relies on what the scenario does not assume"))
            .label(format!("messages take at most {bound}, and nothing but crashes happens"))
            .help(help),
    );
}
