//! The eventually perfect failure detector, and Omega above it: all kinds of faults, over timeouts
//! from the hopeless to the generous.

use super::{Family, Fields, Links, Mutant, Play};
use crate::Draw;
use crate::faults::{CALM_MS, Kind};

pub(super) const DETECTOR: Family = Family {
    name: "eventually-perfect",
    play: |seed, mutant| {
        play("EventuallyPerfect", Draw::of(seed, "eventually-perfect settings"), mutant)
    },
    mutants: &[Mutant { code: "FD-no-restore", violates: &["EPFD2"] }],
};

pub(super) const OMEGA: Family = Family {
    name: "omega",
    play: |seed, mutant| play("Omega", Draw::of(seed, "omega settings"), mutant),
    mutants: &[],
};

const OCCASIONS: &[&str] = &["Send(\"Heartbeat\")", "Receive(\"Heartbeat\")"];

/// Every kind but mobile faults, which would strike at each heartbeat, and so without end.
fn kinds() -> Vec<Kind> {
    Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Mobile).collect()
}

fn play(protocol: &str, mut draw: Draw, mutant: Option<&str>) -> Play {
    let servers = draw.pick(&[2, 3, 3, 4, 5, 6]);
    let mut fields = Fields::default();
    fields.set("nodes", servers);
    let period_ms = draw.pick(&[50, 100, 200]);
    fields.set("period", format!("\"{period_ms}ms\""));
    // Half a period is always too short, and one and a half are long enough in the calm. A timeout
    // in between would err so rarely that a deadline cannot tell whether it has erred for the last
    // time.
    let halves = draw.pick(&[1, 1, 3, 5, 11]);
    fields.set("timeout", format!("\"{}ms\"", halves * period_ms / 2));
    fields.plain("increase", format!("\"{}ms\"", draw.pick(&[1, 2, 4]) * period_ms));
    if let Some(code) = mutant {
        fields.plain("mutant", format!("\"{code}\""));
    }
    Play {
        protocol: fields.construct(protocol),
        workload: String::new(),
        servers,
        clients: servers..servers,
        links: Links::Any,
        drift_ppm: 10_000,
        bears_cuts: true,
        kinds: kinds(),
        plots: Vec::new(),
        leaders: &["Random(1)"],
        occasions: OCCASIONS,
        mobile: &[],
        // Timeouts may have grown as long as the storm; and what holds must have held for as long
        // as it took to come about.
        patience_ms: 2 * CALM_MS + 10 * period_ms,
        features: fields.features,
    }
}
