//! `explain`: the causes of a violation or of a step, and the influence of a fault.

use std::io::Write;

use sim_node::counted;
use sim_scenario::{Catalogue, Report};
use sim_view::{Side, Subject, divergence};

use crate::args::{ExplainArguments, plain};
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::runner::Runner;

pub(crate) fn explain(
    catalogue: &Catalogue,
    arguments: &ExplainArguments,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let open = || Runner::open(catalogue, &arguments.file, &arguments.set, None);
    let runner = open()?;
    let report = runner.run(arguments.seed);
    if arguments.without.is_empty() {
        story(&runner, &report, arguments.step, out)?;
    } else {
        let faults = &runner.facts().faults;
        let mut left_out = Vec::new();
        for fault in &arguments.without {
            left_out.push(place_of(fault, faults)?);
        }
        let other = open()?.without(left_out.clone());
        compared(&runner, &report, &other, &left_out, out)?;
    }
    if !report.violations.is_empty() || !report.as_expected {
        writeln!(out, "\nreproduce: {}\ndigest: {:016x}", report.reproduce, report.digest)?;
    }
    Ok(Exit::of(&report))
}

fn story(
    runner: &Runner,
    report: &Report,
    step: Option<u64>,
    out: &mut Output,
) -> Result<(), Failure> {
    if let Some(step) = step.filter(|step| *step >= report.steps) {
        let steps = counted(report.steps, "step");
        return Err(Failure::new(format!(
            "there is no step {step}: the run has {steps}, counted from 0"
        )));
    }
    let subject = Subject { facts: runner.facts(), report, step, width: Output::text_width() };
    sim_view::explain(out, &subject, &mut |watcher| {
        runner.watch(report.seed, watcher);
    })?;
    let (file, seed) = (runner.file(), report.seed);
    writeln!(out, "\nTo see more:")?;
    let mut more = |line: &str, what: &str| {
        writeln!(out, "  rehearse {line}")?;
        out.entry("      ", what)
    };
    more(
        &format!("run {file} --seed {seed} --trace text"),
        "shows the whole run as a space-time diagram",
    )?;
    more(&format!("explain {file} --seed {seed} --step N"), "explains step N")?;
    if let Some(struck) = report.faults.iter().position(|fault| fault.struck > 0) {
        more(
            &format!("explain {file} --seed {seed} --without {struck}"),
            &format!("compares with a run without fault {struck}"),
        )?;
    }
    Ok(())
}

fn compared(
    runner: &Runner,
    report: &Report,
    other: &Runner,
    left_out: &[usize],
    out: &mut Output,
) -> Result<(), Failure> {
    for place in left_out {
        let label = &runner.facts().faults[*place];
        let seed = report.seed;
        out.entry(
            "",
            &format!("The run with fault {place}, {label}, and the run without it, seed {seed}."),
        )?;
    }
    let changed = other.run(report.seed);
    let (with, without) = match left_out.len() {
        1 => ("with the fault", "without it"),
        _ => ("with the faults", "without them"),
    };
    let mut left = |watcher: &mut dyn sim_scenario::Watcher| {
        runner.watch(report.seed, watcher);
    };
    let mut right = |watcher: &mut dyn sim_scenario::Watcher| {
        other.watch(report.seed, watcher);
    };
    let left = Side { name: with, report, replay: &mut left };
    let right = Side { name: without, report: &changed, replay: &mut right };
    Ok(divergence(out, Output::text_width(), left, right)?)
}

/// The place of the fault in the scenario's list. `wanted` is its number, or a part of its text
/// that no other fault contains.
fn place_of(wanted: &str, faults: &[String]) -> Result<usize, Failure> {
    if faults.is_empty() {
        return Err(Failure::new("the scenario has no faults to leave out"));
    }
    if let Ok(place) = wanted.parse::<usize>() {
        return match place < faults.len() {
            true => Ok(place),
            false => Err(choice(&format!("there is no fault {place}"), faults)),
        };
    }
    let simple = |text: &str| plain(text).replace([' ', '"'], "");
    let needle = simple(wanted);
    let found: Vec<usize> = faults
        .iter()
        .enumerate()
        .filter(|(_, label)| simple(label).contains(&needle))
        .map(|(place, _)| place)
        .collect();
    match found.as_slice() {
        [place] => Ok(*place),
        [] => Err(choice(&format!("no fault contains the text `{wanted}`"), faults)),
        _ => Err(choice(&format!("more than one fault contains the text `{wanted}`"), faults)),
    }
}

fn choice(problem: &str, faults: &[String]) -> Failure {
    let mut text = format!("{problem}; the faults are");
    for (place, label) in faults.iter().enumerate() {
        text.push_str(&format!("\n  {place}  {label}"));
    }
    Failure::new(text)
}
