//! `run`: a scenario with one seed.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use sim_node::Duration;
use sim_scenario::{Catalogue, Report};
use sim_view::summary;

use crate::args::{RunArguments, TraceForm};
use crate::exit::{Exit, Failure};
use crate::output::{Output, tell};
use crate::runner::Runner;
use crate::saved::SavedRun;
use crate::slot::{Slot, is_same_place};
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
    if window.states.is_some() && *trace == Some(TraceForm::Text) {
        return Err(Failure::new("--states is for --trace json: a picture shows no states"));
    }
    if let (Some(run), Some(lines)) = (save, history)
        && is_same_place(run, lines)
    {
        return Err(Failure::new("--save and --history name the same file"));
    }
    let mut runner = Runner::open(catalogue, file, set, *until)?.with_timeline();
    if history.is_some() {
        runner = runner.with_history()?;
    }
    let keeps = Keeps { save: save.as_deref(), history: history.as_deref() };
    if keeps.anything() {
        out.go_on_when_closed();
    }
    keeps.warn_early();
    let report = match trace {
        None => runner.run(*seed),
        Some(form) => {
            let shown = Shown::of(*form, &runner, *seed, window, *until)?;
            trace::trace(*form, &runner, *seed, shown, out)?
        }
    };
    // The result is shown first, whether or not it can be kept, and kept whether or not it can be
    // shown.
    let shown = match (trace, json) {
        (Some(TraceForm::Json), _) => out.json(&LastLine::Report(&report)),
        (_, true) => out.json(&report),
        (_, false) => at_a_glance(&runner, &report, out),
    };
    let shown = shown.and_then(|()| out.flush());
    let is_kept = keeps.keep(&runner, *until, &report);
    shown?;
    Ok(if is_kept { Exit::of(&report) } else { Exit::Misused })
}

/// Where a run and its history are to be kept.
#[derive(Clone, Copy)]
struct Keeps<'a> {
    save: Option<&'a Path>,
    history: Option<&'a Path>,
}

impl Keeps<'_> {
    fn anything(self) -> bool {
        self.save.is_some() || self.history.is_some()
    }

    /// Says before a long run what cannot be kept of it.
    fn warn_early(self) {
        let saved = self.save.map(SavedRun::slot).and_then(Result::err);
        let kept = self.history.map(history_slot).and_then(Result::err);
        for failure in saved.into_iter().chain(kept) {
            tell(&format!("warning: {}; the run is done all the same", failure.sentence()));
        }
    }

    /// Keeps what is to be kept. Returns whether it could, and says why it could not.
    fn keep(self, runner: &Runner, until: Option<Duration>, report: &Report) -> bool {
        let save = |file| SavedRun::new(runner, until, report).fill(SavedRun::slot(file)?);
        let saved = self.save.map_or(Ok(()), save);
        let kept = match (self.history, &report.history) {
            (Some(file), Some(history)) => {
                history_slot(file).and_then(|slot| slot.fill_with(|out| history.write(out)))
            }
            _ => Ok(()),
        };
        [saved, kept].into_iter().filter_map(Result::err).map(|failure| tell(&failure)).count() == 0
    }
}

fn history_slot(file: &Path) -> Result<Slot, Failure> {
    Slot::open(file, "history")
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
