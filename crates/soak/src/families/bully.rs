//! Bully in its model: a message is handled within the bound while processes crash, recover and are
//! slow within it.

use super::{Family, Fields, Links, Mutant, Play};
use crate::Draw;
use crate::faults::Kind;
use crate::weather::HANDLING_MS;

pub(super) const FAMILY: Family =
    Family { name: "bully", play, mutants: &[Mutant { code: "B-no-wait", violates: &["BL2"] }] };

const OCCASIONS: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"candidate\")",
    "Mark(\"elected\")",
    "Mark(\"suspected\")",
    "Send(\"Election\")",
    "Send(\"Answer\")",
    "Send(\"Coordinator\")",
    "Send(\"Ping\")",
    "Send(\"Pong\")",
    "Receive(\"Election\")",
    "Receive(\"Answer\")",
    "Receive(\"Coordinator\")",
    "Receive(\"Ping\")",
    "Receive(\"Pong\")",
];

/// Crashes, which are all that the model has, and slowness within its bound.
const KINDS: &[Kind] = &[
    Kind::Crash,
    Kind::Crash,
    Kind::Crash,
    Kind::CrashInside,
    Kind::CrashInside,
    Kind::CrashInside,
    Kind::CrashOfAll,
    Kind::CrashForGood,
    Kind::BadLinks,
    Kind::SlowNode,
    Kind::Jump,
];

fn play(seed: u64, mutant: Option<&str>) -> Play {
    let mut draw = Draw::of(seed, "bully settings");
    let servers = draw.pick(&[1, 2, 3, 3, 4, 5, 5, 6, 7]);
    let mut fields = Fields::default();
    fields.set("nodes", servers);
    let handled_ms = HANDLING_MS + draw.pick(&[2, 5, 10, 20, 40]);
    // The model's steps take no time. Where they do, a timer waits for its turn, too: for each of
    // the four in a row that a takeover may take, the assumed bound has that time to spare.
    let bound_ms = handled_ms + 3 * HANDLING_MS;
    fields.plain("bound", format!("\"{bound_ms}ms\""));
    fields.plain("slack", draw.pick(&["\"1ns\"", "\"1us\"", "\"1ms\"", "\"5ms\""]));
    let period_ms = draw.pick(&[1, 20, 100, 300]);
    fields.set("period", format!("\"{period_ms}ms\""));
    if let Some(code) = mutant {
        fields.plain("mutant", format!("\"{code}\""));
    }
    Play {
        protocol: fields.construct("Bully"),
        workload: String::new(),
        servers,
        clients: servers..servers,
        links: Links::Bounded(handled_ms),
        drift_ppm: 0,
        bears_cuts: true,
        kinds: KINDS.to_vec(),
        plots: Vec::new(),
        leaders: &[],
        occasions: OCCASIONS,
        mobile: &[],
        // More than the settling time: fewer than thirty bounds and two periods.
        patience_ms: 30 * (bound_ms + 5) + 2 * period_ms,
        features: fields.features,
    }
}
