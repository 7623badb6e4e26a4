//! FloodMax in its model: nothing fails, on graphs of every shape; messages, steps and clocks are
//! as late as a round allows.

use super::{Family, Fields, Links, Play};
use crate::Draw;
use crate::faults::Kind;
use crate::weather::HANDLING_MS;

pub(super) const FAMILY: Family = Family { name: "flood-max", play, mutants: &[] };

const OCCASIONS: &[&str] =
    &["Role(\"leader\")", "Mark(\"elected\")", "Send(\"Highest\")", "Receive(\"Highest\")"];

/// What makes messages and rounds late.
const KINDS: &[Kind] = &[Kind::BadLinks, Kind::SlowNode, Kind::Jump];

fn play(seed: u64, mutant: Option<&str>) -> Play {
    assert_eq!(mutant, None, "no bug of it is known");
    let mut draw = Draw::of(seed, "flood-max settings");
    let mut fields = Fields::default();
    let (servers, shape, name) = graph(&mut draw);
    fields.plain("nodes", servers);
    fields.plain("graph", shape);
    fields.features.push(format!("graph: {name}"));
    fields.set("order", draw.pick(&["Ascending", "Descending", "Drawn", "Drawn", "Drawn"]));
    fields.maybe(&mut draw, 50, "optimised", true);
    let handled_ms = HANDLING_MS + draw.pick(&[5, 20, 60, 150]);
    let mut drift_ppm = 0;
    let mut kinds = KINDS.to_vec();
    if draw.chance(50) {
        drift_ppm = draw.pick(&[10, 100, 1_000]);
        kinds.push(Kind::Drift);
    }
    // A round begins when its timer is handled, which may have to wait for its turn. And clocks
    // that drift are apart by at most twice the drift of all rounds, which are fewer than so many,
    // of less than 200 ms each.
    let apart_ms = (2 * drift_ppm * ROUNDS * 200).div_ceil(1_000_000);
    let round_ms = handled_ms + HANDLING_MS + apart_ms + draw.pick(&[1, 10]);
    fields.plain("round_length", format!("\"{round_ms}ms\""));
    Play {
        protocol: fields.construct("FloodMax"),
        workload: String::new(),
        servers,
        clients: servers..servers,
        links: Links::Bounded(handled_ms),
        drift_ppm,
        bears_cuts: true,
        kinds,
        plots: Vec::new(),
        leaders: &[],
        occasions: OCCASIONS,
        mobile: &[],
        patience_ms: ROUNDS * round_ms,
        features: fields.features,
    }
}

/// More than the diameter of any graph here.
const ROUNDS: u64 = 16;

/// How many nodes there are, the graph as it is written, and its name.
fn graph(draw: &mut Draw) -> (u32, String, &'static str) {
    let nodes = draw.between(1, 14);
    let size = u32::try_from(nodes).expect("a small number");
    match draw.below(10) {
        0 => (size, "Ring".to_owned(), "Ring"),
        1 => (size, "Line".to_owned(), "Line"),
        2 => (size, "Complete".to_owned(), "Complete"),
        3 => (size, "Star".to_owned(), "Star"),
        4 => (size, "Tree".to_owned(), "Tree"),
        5 => {
            let (columns, rows) = (draw.between(1, 4), draw.between(1, 4));
            let size = u32::try_from(columns * rows).expect("a small number");
            (size, format!("Grid({columns}, {rows})"), "Grid")
        }
        6 => {
            // A ring in one direction, and chords.
            let ring = (0..nodes.max(2)).map(|node| (node, (node + 1) % nodes.max(2)));
            let mut arcs: Vec<(u64, u64)> = ring.collect();
            for _ in 0..draw.below(nodes + 1) {
                let (from, to) = (draw.below(nodes), draw.below(nodes));
                if from != to {
                    arcs.push((from, to));
                }
            }
            let arcs: Vec<String> =
                arcs.iter().map(|(from, to)| format!("({from}, {to})")).collect();
            (size.max(2), format!("Arcs([{}])", arcs.join(", ")), "Arcs")
        }
        _ => {
            let (least, most) = (nodes - 1, nodes * (nodes - 1) / 2);
            let edges = draw.between(least, most.min(2 * nodes).max(least));
            let number = draw.below(1_000_000);
            (size, format!("Random(edges: {edges}, seed: {number})"), "Random")
        }
    }
}
