//! The invitation algorithm: timeouts and periods of all proportions, and every kind of fault but
//! the loss of a disk.

use super::{Family, Fields, Links, Play};
use crate::Draw;
use crate::faults::Kind;

pub(super) const FAMILY: Family = Family { name: "invitation", play, mutants: &[] };

const OCCASIONS: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"candidate\")",
    "Mark(\"merging\")",
    "Mark(\"merged\")",
    "Mark(\"recovered\")",
    "Send(\"Invitation\")",
    "Send(\"Accept\")",
    "Send(\"Ready\")",
    "Receive(\"AreYouCoordinator\")",
    "Receive(\"Coordinator\")",
    "Receive(\"AreYouThere\")",
    "Receive(\"There\")",
    "Receive(\"Invitation\")",
    "Receive(\"Accept\")",
    "Receive(\"Ready\")",
    "Write",
];

/// What mobile faults wait for: steps of coordinators that merge, and of those whom they merge.
const MOBILE: &[&str] = &[
    "Role(\"candidate\")",
    "Mark(\"merged\")",
    "Mark(\"recovered\")",
    "Receive(\"Coordinator\")",
    "Receive(\"AreYouThere\")",
    "Receive(\"Invitation\")",
    "Receive(\"Invitation\")",
    "Receive(\"Accept\")",
    "Receive(\"Ready\")",
];

/// What parts groups, and what makes founders forget.
const OFTEN: &[Kind] =
    &[Kind::Isolation, Kind::Partition, Kind::Crash, Kind::CrashInside, Kind::Mobile];

fn play(seed: u64, mutant: Option<&str>) -> Play {
    assert_eq!(mutant, None, "no bug of it is known");
    let mut draw = Draw::of(seed, "invitation settings");
    let servers = draw.pick(&[1, 2, 3, 3, 4, 5, 5, 6, 7]);
    let mut fields = Fields::default();
    fields.set("nodes", servers);
    // More than three messages and a sync take in the calm, with the steps between them.
    let timeout_ms = draw.pick(&[100, 150, 300]);
    fields.set("timeout", format!("\"{timeout_ms}ms\""));
    let shortest_ms = draw.pick(&[50, 200, 500]);
    let longest_ms = shortest_ms + draw.pick(&[50, 100, 400]);
    fields.plain("period", format!("\"{shortest_ms}ms..{longest_ms}ms\""));
    let priority_ms = draw.pick(&[20, 100, 300]);
    fields.set("priority_delay", format!("\"{priority_ms}ms\""));
    // A check and the wait for those above.
    let round_ms = longest_ms + 2 * timeout_ms + u64::from(servers) * priority_ms;
    Play {
        protocol: fields.construct("Invitation"),
        workload: String::new(),
        servers,
        clients: servers..servers,
        links: Links::Any,
        drift_ppm: 10_000,
        bears_cuts: true,
        kinds: [Kind::ALL, OFTEN].concat(),
        plots: Vec::new(),
        leaders: &[],
        occasions: OCCASIONS,
        mobile: MOBILE,
        patience_ms: 12 * round_ms,
        features: fields.features,
    }
}
