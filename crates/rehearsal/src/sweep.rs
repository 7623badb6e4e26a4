//! `sweep`: a scenario with every seed of a range.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use sim_node::{counted, grouped};
use sim_scenario::{Catalogue, Expectation};
use sim_search::{Answer, Sweep};

use crate::args::SweepArguments;
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::runner::Runner;

/// How many violated seeds the text names.
const SHOWN: usize = 12;

#[derive(Serialize)]
struct SweepReport<'a> {
    title: &'a str,
    seeds: Seeds,
    held: u64,
    violated: u64,
    unknown: u64,
    /// False when it is undecided, too.
    as_expected: bool,
    /// Why it is undecided.
    undecided: Option<String>,
    violated_seeds: &'a [u64],
    violated_by_property: &'a BTreeMap<&'static str, u64>,
    unmet_by_property: &'a BTreeMap<&'static str, u64>,
    reached: Option<u64>,
    reaches: Vec<ReachReport<'a>>,
    steps: u64,
    digest: String,
    runs_per_second: f64,
}

/// Something that the scenario demands to be reached.
#[derive(Serialize)]
struct ReachReport<'a> {
    label: &'a str,
    /// How many runs got there.
    runs: u64,
}

#[derive(Serialize)]
struct Seeds {
    from: u64,
    /// Not included, so that it may be one more than the greatest seed.
    to: u128,
}

pub(crate) fn sweep(
    catalogue: &Catalogue,
    arguments: &SweepArguments,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let runner = Runner::open(catalogue, &arguments.file, &arguments.set, None)?;
    let seeds = arguments.seeds.clone();
    let bar = progress((seeds.end() - seeds.start()).saturating_add(1));
    let clock = Stopwatch::start();
    let run = |seed| runner.run(seed);
    let swept = sim_search::sweep(seeds, arguments.jobs, &run, &|_| bar.inc(1))
        .map_err(|error| Failure::new(error.to_string()))?;
    bar.finish_and_clear();
    let answer = Answer::of(&swept, &runner.facts().expect);
    let report = SweepReport {
        title: &runner.facts().title,
        seeds: Seeds { from: *swept.seeds.start(), to: u128::from(*swept.seeds.end()) + 1 },
        held: swept.held,
        violated: swept.violated,
        unknown: swept.unknown,
        as_expected: answer == Answer::Expected,
        undecided: (answer == Answer::Undecided).then(|| undecided(&runner, &swept)),
        violated_seeds: &swept.violated_seeds,
        violated_by_property: &swept.by_property,
        unmet_by_property: &swept.unmet_by_property,
        reached: (!swept.reaches.is_empty()).then_some(swept.reached),
        reaches: reaches(&runner, &swept),
        steps: swept.steps,
        digest: format!("{:016x}", swept.digest),
        runs_per_second: clock.per_second(swept.runs()),
    };
    if arguments.json {
        out.json(&report)?;
    } else {
        at_a_glance(&runner, &swept, answer, &report, out)?;
    }
    Ok(match answer {
        Answer::Expected => Exit::Expected,
        Answer::Unexpected => Exit::Unexpected,
        Answer::Undecided => Exit::Undecided,
    })
}

/// How many runs got to what the scenario demands to be reached.
fn reaches<'a>(runner: &'a Runner, swept: &Sweep) -> Vec<ReachReport<'a>> {
    let labels = runner.facts().reaches.iter();
    labels.zip(&swept.reaches).map(|(label, runs)| ReachReport { label, runs: *runs }).collect()
}

fn at_a_glance(
    runner: &Runner,
    swept: &Sweep,
    answer: Answer,
    report: &SweepReport<'_>,
    out: &mut Output,
) -> Result<(), Failure> {
    let Seeds { from, to } = report.seeds;
    let name = runner.facts().protocol.name;
    out.entry("", &format!("{} ({name}, seeds {from}..{to})", report.title))?;
    let runs = counted(swept.runs(), "run");
    let [held, violated, unknown] = [swept.held, swept.violated, swept.unknown].map(grouped);
    out.entry("  ", &format!("{runs}: {held} held, {violated} violated, {unknown} unknown"))?;
    let name = |code: &str| {
        let claims = &runner.facts().protocol.properties;
        let claim = claims.iter().find(|claim| claim.code == code);
        claim.map_or_else(|| code.to_owned(), |claim| format!("{code} {}", claim.name))
    };
    for (code, runs) in &swept.by_property {
        out.entry("  ", &format!("{} was violated in {}", name(code), grouped(*runs)))?;
    }
    for (code, runs) in &swept.unmet_by_property {
        out.entry("  ", &format!("{} was not met in {}", name(code), grouped(*runs)))?;
    }
    if !swept.violated_seeds.is_empty() {
        let shown: Vec<String> =
            swept.violated_seeds.iter().take(SHOWN).map(ToString::to_string).collect();
        let more = swept.violated_seeds.len().saturating_sub(SHOWN) as u64;
        let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
        let seeds = if swept.violated_seeds.len() == 1 { "seed" } else { "seeds" };
        out.entry("  ", &format!("violated with {seeds}: {}{more}", shown.join(", ")))?;
    }
    if let Some(runs) = report.reached {
        let (runs, all) = (grouped(runs), counted(swept.runs(), "run"));
        out.entry("  ", &format!("{runs} of {all} reached what the scenario demands"))?;
        for reach in report.reaches.iter().filter(|reach| reach.runs < swept.runs()) {
            out.entry("  ", &format!("{} was reached in {}", reach.label, grouped(reach.runs)))?;
        }
    }
    let expected = match &runner.facts().expect {
        Expectation::Holds => "every property holds, with every seed".to_owned(),
        Expectation::Safe => "every safety property holds, with every seed".to_owned(),
        Expectation::Violates(code) => {
            format!("only {code} is violated, with every seed")
        }
        Expectation::Sometimes { code, of } => {
            let seeds = counted(*of, "seed");
            format!("only {code} is violated, with at least one of {seeds}")
        }
    };
    let answer = match answer {
        Answer::Expected => "as expected:",
        Answer::Unexpected => "not as expected: the scenario expects that",
        Answer::Undecided => "undecided: the scenario expects that",
    };
    out.entry("  ", &format!("{answer} {expected}"))?;
    if let Some(why) = &report.undecided {
        out.entry("  ", why)?;
    }
    writeln!(out, "  {:.0} runs a second", report.runs_per_second)?;
    if let Some(seed) = swept.violated_seeds.first() {
        writeln!(out, "\nreproduce: {}", runner.reproduce(*seed))?;
    }
    writeln!(out, "digest: {}", report.digest)?;
    Ok(())
}

/// Why it is undecided whether a sweep is as expected.
fn undecided(runner: &Runner, swept: &Sweep) -> String {
    let runs = swept.runs();
    match &runner.facts().expect {
        Expectation::Sometimes { code, of } if runs < *of => {
            let of = counted(*of, "seed");
            format!("{code} was not violated, and {runs} of {of} are too few to decide")
        }
        _ => {
            let verb = if swept.unknown == 1 { "is" } else { "are" };
            let runs = counted(runs, "run");
            format!("{} of {runs} {verb} undecided", grouped(swept.unknown))
        }
    }
}

/// A bar on standard error, if that is a terminal.
fn progress(runs: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(runs), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} seeds, {eta} to go");
    bar.with_style(style.expect("the template is right"))
}

/// Real time, which no run sees.
struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "the speed of a sweep is measured outside its runs"
    )]
    fn start() -> Self {
        Self(Instant::now())
    }

    /// How many a second, to a tenth.
    fn per_second(&self, runs: u64) -> f64 {
        let seconds = self.0.elapsed().as_secs_f64().max(1e-9);
        (runs as f64 / seconds * 10.0).round() / 10.0
    }
}
