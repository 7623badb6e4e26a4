//! The engine, its queue alone, and the bare loop, interleaved in rounds within one process, so
//! that whatever else the machine does strikes all three alike. `cargo xtask bench engine` runs it.

#![expect(unreachable_pub, reason = "shared with the other benches and tests")]

mod workload;

use std::process::ExitCode;

use serde::Serialize;
use workload::{FAR_APART, Play, WORKLOADS, Workload, bare, full, split};

const USAGE: &str =
    "usage: cargo xtask bench engine [--json] [--rounds N]   (N from 1, 11 by default)";

fn main() -> ExitCode {
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let rows = WORKLOADS.iter().map(|workload| measure(*workload, options.rounds)).collect();
    let distances = measure_distances(FAR_APART, options.rounds);
    let unit = "nanoseconds of processor time";
    let table = Table { rounds: options.rounds, unit, rows, distances };
    match options.json {
        true => println!("{}", serde_json::to_string(&table).expect("numbers and names")),
        false => table.print(),
    }
    ExitCode::SUCCESS
}

struct Options {
    json: bool,
    rounds: usize,
}

impl Options {
    fn parse(arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self { json: false, rounds: 11 };
        // `cargo bench` itself adds `--bench`.
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => options.json = true,
                "--rounds" => {
                    options.rounds = arguments.next()?.parse().ok().filter(|rounds| *rounds > 0)?;
                }
                _ => return None,
            }
        }
        Some(options)
    }
}

#[derive(Serialize)]
struct Table {
    rounds: usize,
    unit: &'static str,
    rows: Vec<Row>,
    distances: Distances,
}

/// One workload. Ratios are medians of the rounds' ratios, not ratios of medians.
#[derive(Serialize)]
struct Row {
    workload: String,
    events: u64,
    full: f64,
    split: f64,
    bare: f64,
    full_to_bare: f64,
    full_to_split: f64,
    budget: f64,
    within_budget: bool,
}

/// One workload with a table of latencies and without; the ratio is the median of the rounds'.
#[derive(Serialize)]
struct Distances {
    workload: String,
    without: f64,
    with: f64,
    ratio: f64,
    budget: f64,
}

fn measure_distances(workload: Workload, rounds: usize) -> Distances {
    let mut pairs = Vec::new();
    for round in 0..=rounds as u64 {
        let with = || full::run_far_apart(workload, round).per_event();
        let without = || full::run(workload, round).per_event();
        let pair = match round % 2 {
            0 => {
                let first = without();
                (first, with())
            }
            _ => {
                let first = with();
                (without(), first)
            }
        };
        if round > 0 {
            pairs.push(pair);
        }
    }
    let of = |pick: fn(&(f64, f64)) -> f64| median(pairs.iter().map(pick).collect());
    Distances {
        workload: workload.name(),
        without: of(|pair| pair.0),
        with: of(|pair| pair.1),
        ratio: of(|(without, with)| with / without),
        budget: 1.2,
    }
}

fn measure(workload: Workload, rounds: usize) -> Row {
    let mut rows = Vec::new();
    // One round more, which only warms caches and pages.
    for round in 0..=rounds as u64 {
        let order = [0, 1, 2].map(|place| (place + round) % 3);
        let mut nanos = [0.0; 3];
        for which in order {
            nanos[which as usize] = match which {
                0 => full::run(workload, round).per_event(),
                1 => split::run(workload, round).per_event(),
                _ => bare::run(workload, round).per_event(),
            };
        }
        if round > 0 {
            rows.push(nanos);
        }
    }
    let of = |pick: fn(&[f64; 3]) -> f64| median(rows.iter().map(pick).collect());
    let full_to_bare = of(|[full, _, bare]| full / bare);
    Row {
        workload: workload.name(),
        events: workload.events,
        full: of(|nanos| nanos[0]),
        split: of(|nanos| nanos[1]),
        bare: of(|nanos| nanos[2]),
        full_to_bare,
        full_to_split: of(|[full, split, _]| full / split),
        budget: budget(workload),
        within_budget: full_to_bare <= budget(workload),
    }
}

/// The most that the engine may take, in times of the bare loop.
fn budget(workload: Workload) -> f64 {
    match (workload.play, workload.nodes) {
        (Play::Phold, 10) => 2.1,
        (Play::Phold, 1_000) | (Play::Protocol, 5) => 2.0,
        _ => 2.5,
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

impl Table {
    fn print(&self) {
        println!("{} per event, medians of {} rounds", self.unit, self.rounds);
        println!(
            "{:<27}{:>8}{:>8}{:>8}{:>11}{:>12}{:>8}",
            "", "engine", "split", "bare", "over bare", "over split", "budget"
        );
        for row in &self.rows {
            println!(
                "{:<27}{:>8.1}{:>8.1}{:>8.1}{:>11.2}{:>12.2}{:>8.1}{}",
                row.workload,
                row.full,
                row.split,
                row.bare,
                row.full_to_bare,
                row.full_to_split,
                row.budget,
                if row.within_budget { "" } else { "  over" },
            );
        }
        let Distances { workload, without, with, ratio, budget } = &self.distances;
        let over = if ratio <= budget { "" } else { "  over" };
        println!(
            "{workload}, each pair with its own latency: {with:.1}, without: {without:.1}, ratio \
             {ratio:.2}, budget {budget:.1}{over}"
        );
    }
}
