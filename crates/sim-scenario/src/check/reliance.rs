//! Compares what the protocol's settings rely on with the assumed model. Whether the scenario keeps
//! its assumptions, or breaks them on purpose, is checked elsewhere.

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
        "assume it with `{model}`; to break it on purpose, add `broken: true` to the model"
    );
    sheet.push(
        Diagnostic::error(
            place,
            format!("`{field}` relies on an assumption that the model does not make"),
        )
        .label(format!(
            "it relies on messages that take at most {bound}, and on no failures but crashes"
        ))
        .help(help),
    );
}
