//! How fast scenarios run, with everything on: digest, record, counters, all properties.
//! `cargo xtask bench protocols` runs it. It measures, and judges nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use sim_scenario::{Prepared, RunOptions, load_file};

const USAGE: &str =
    "usage: cargo xtask bench protocols [--json] [--runs N] [--seeds N]   (11 runs of 100 seeds)";

/// What is measured, one scenario for each protocol worth it.
const SCENARIOS: &[&str] = &[
    "raft/leader-isolated.ron",
    "paxos/multi-leader-isolated.ron",
    "chain-replication/head-isolated.ron",
    "chain-replication/craq-head-isolated.ron",
    "primary-backup/primary-isolated.ron",
    "election/bully-survives-crashes.ron",
    "failure-detectors/omega-storm.ron",
];

fn main() -> ExitCode {
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios"));
    let catalogue = catalogue::catalogue();
    let mut rows = Vec::new();
    for name in SCENARIOS {
        match load_file(&root.join(name), &catalogue) {
            Ok(loaded) => rows.push(measure(name, loaded.prepared.as_ref(), &options)),
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::from(2);
            }
        }
    }
    let table = Table { runs: options.runs, seeds: options.seeds, rows };
    match options.json {
        true => println!("{}", serde_json::to_string(&table).expect("numbers and names")),
        false => table.print(),
    }
    ExitCode::SUCCESS
}

struct Options {
    json: bool,
    runs: usize,
    seeds: u64,
}

impl Options {
    fn parse(arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self { json: false, runs: 11, seeds: 100 };
        // `cargo bench` itself adds `--bench`.
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => options.json = true,
                "--runs" => options.runs = arguments.next()?.parse().ok().filter(|it| *it > 0)?,
                "--seeds" => options.seeds = arguments.next()?.parse().ok().filter(|it| *it > 0)?,
                _ => return None,
            }
        }
        Some(options)
    }
}

#[derive(serde::Serialize)]
struct Table {
    runs: usize,
    seeds: u64,
    rows: Vec<Row>,
}

/// One scenario. Each number is the median of the runs.
#[derive(serde::Serialize)]
struct Row {
    scenario: &'static str,
    /// Virtual seconds in a second of processor time: how many times faster than real time it
    /// runs.
    times_real_time: f64,
    events_per_second: f64,
    /// Of one run over all seeds; the same each time.
    events: u64,
}

fn measure(scenario: &'static str, prepared: &dyn Prepared, options: &Options) -> Row {
    let (mut faster, mut events_per_second, mut events) = (Vec::new(), Vec::new(), 0);
    // One run more, which only warms caches and pages.
    for run in 0..=options.runs {
        let (mut virtual_ns, mut handled) = (0, 0);
        let began = thread_nanos();
        for seed in 0..options.seeds {
            let report = prepared.run(seed, &RunOptions::default());
            virtual_ns += report.ended_at_ns;
            handled += report.steps;
        }
        let nanos = (thread_nanos() - began) as f64;
        if run > 0 {
            faster.push(virtual_ns as f64 / nanos);
            events_per_second.push(handled as f64 * 1e9 / nanos);
        }
        events = handled;
    }
    Row {
        scenario,
        times_real_time: median(faster),
        events_per_second: median(events_per_second),
        events,
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
        println!("medians of {} runs over {} seeds, by processor time", self.runs, self.seeds);
        println!("{:<38}{:>20}{:>18}{:>14}", "", "times real time", "events a second", "events");
        for row in &self.rows {
            println!(
                "{:<38}{:>20.0}{:>18.0}{:>14}",
                row.scenario, row.times_real_time, row.events_per_second, row.events
            );
        }
    }
}

/// Nanoseconds that this thread has spent on a processor: what others do on the machine is not in
/// it.
#[cfg(unix)]
fn thread_nanos() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Where there is no such clock, wall time since the first call.
#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "a measurement, outside of any run")]
fn thread_nanos() -> u64 {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed().as_nanos() as u64
}
