//! `run`: a scenario with one seed.

use std::io::{self, Write};

use serde::Serialize;
use sim_scenario::{Catalogue, Report};
use sim_view::summary;

use crate::args::{RunArguments, TraceForm};
use crate::exit::{Exit, Failure};
use crate::output::{Output, tell};
use crate::runner::Runner;
use crate::saved::SavedRun;
use crate::slot::Slot;
use crate::trace::{self, Shown};

pub(crate) fn run(
    catalogue: &Catalogue,
    arguments: &RunArguments,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let RunArguments { file, seed, set, json, trace, until, save, history, window } = arguments;
    if *json && *trace == Some(TraceForm::Text) {
        return Err(Failure::new(
            "--json and --trace text cannot be combined: both define what is printed to standard output",
        ));
    }
    // A file that cannot be written is an error before anything runs.
    let slot = save.as_deref().map(SavedRun::slot).transpose()?;
    let lines = history.as_deref().map(|file| Slot::open(file, "history")).transpose()?;
    if let (Some(run), Some(lines)) = (&slot, &lines)
        && run.is_same_place(lines)
    {
        return Err(Failure::new("--save and --history name the same file"));
    }
    let mut runner = Runner::open(catalogue, file, set, *until)?.with_timeline();
    if lines.is_some() {
        runner = runner.with_history()?;
    }
    let report = match trace {
        None => runner.run(*seed),
        Some(form) => {
            let shown = Shown::of(&runner, *seed, window, *until)?;
            trace::trace(*form, &runner, *seed, shown, out)?
        }
    };
    let saved = slot.map_or(Ok(()), |slot| SavedRun::new(&runner, *until, &report).fill(slot));
    let kept = match (lines, &report.history) {
        (Some(slot), Some(history)) => slot.fill(history),
        _ => Ok(()),
    };
    if *trace == Some(TraceForm::Json) {
        out.json(&LastLine::Report(&report))?;
    } else if *json {
        out.json(&report)?;
    } else {
        at_a_glance(&runner, &report, out)?;
    }
    // The result is shown, whether or not it could be kept.
    out.flush()?;
    if let (Err(failure), Err(other)) = (&saved, &kept) {
        tell(failure);
        tell(other);
        return Ok(Exit::Misused);
    }
    saved.and(kept)?;
    Ok(Exit::of(&report))
}

/// The summary of a run.
pub(crate) fn at_a_glance(runner: &Runner, report: &Report, out: &mut Output) -> io::Result<()> {
    summary(out, runner.facts(), report, Output::text_width(), &mut |watcher| {
        runner.watch(report.seed, watcher);
    })
}

/// What the lines of a trace end with.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum LastLine<'a> {
    Report(&'a Report),
}
