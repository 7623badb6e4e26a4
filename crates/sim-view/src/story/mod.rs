//! [`explain`]: the causal story of a violation, or of any step, backwards from its end.

pub(crate) mod around;
mod cause;
mod chain;
mod narrator;
mod outline;
pub(crate) mod phrases;
mod plan;

use std::io::{self, Write};

use sim_check::Kind;
use sim_scenario::{Report, ScenarioFacts};

use crate::names::Names;
use crate::paint::{BOLD, Painted};
use crate::trace::{Replay, Texts, Trace};
use crate::vain::Vain;
use crate::words;

use narrator::Narrator;
use outline::Outline;

/// Above what went on to the end and led nowhere.
const VAIN: &str = "What was repeated, and led nowhere";

/// Above messages that were lost on their way to nodes that were up.
const UNDELIVERED: &str = "Messages that never arrived";

/// What an explanation is about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The scenario.
    pub facts: &'a ScenarioFacts,
    /// The run.
    pub report: &'a Report,
    /// The step to explain; the one that violated the property when `None`.
    pub step: Option<u64>,
    /// How wide the lines may be.
    pub width: usize,
}

/// Explains in sentences how the violation came about, or the step that was asked for. The text
/// contains ANSI colours.
///
/// # Errors
/// The writer's.
pub fn explain(
    out: &mut dyn Write,
    subject: &Subject<'_>,
    replay: &mut Replay<'_>,
) -> io::Result<()> {
    let trace = Trace::of(replay);
    let outline = Outline::of(subject, &trace);
    for line in words::wrap(&outline.title, subject.width) {
        writeln!(out, "{}", Painted(BOLD, line))?;
    }
    for line in &outline.opening {
        paragraph(out, subject.width, "", line)?;
    }
    if subject.facts.others > 0 {
        paragraph(out, subject.width, "", &format!("{}.", Names::of(subject.facts).cast()))?;
    }
    for (heading, lines) in &outline.lists {
        list(out, subject.width, heading, lines)?;
    }
    if !outline.lists.is_empty() {
        return Ok(());
    }
    if outline.roots.is_empty() {
        return nothing_violated(out, subject, &trace, replay);
    }
    let mut narrator = Narrator::new(subject, &trace, &outline, replay);
    let causes = narrator.causes();
    let heading = if causes.len() == 1 { "The cause" } else { "The causes" };
    list(out, subject.width, heading, &causes)?;
    // When something never happened, what was tried instead says more than the last steps that
    // were taken.
    if outline.obligation {
        list(out, subject.width, VAIN, &narrator.in_vain())?;
        list(out, subject.width, UNDELIVERED, &narrator.losses())?;
    }
    for root in &outline.roots {
        section(out, subject.width, &root.heading)?;
        for (mark, sentence) in narrator.chain(root) {
            paragraph(out, subject.width, mark, &sentence)?;
        }
    }
    if !outline.obligation {
        list(out, subject.width, UNDELIVERED, &narrator.losses())?;
    }
    let faults = narrator.other_faults();
    if !faults.is_empty() {
        let is_rest = !narrator.has_all_faults(&faults);
        section(out, subject.width, if is_rest { "The other faults" } else { "The faults" })?;
        for line in faults {
            paragraph(out, subject.width, "  ", &line)?;
        }
    }
    Ok(())
}

/// Of a run in which nothing was violated, what was repeated and led nowhere all the same.
fn nothing_violated(
    out: &mut dyn Write,
    subject: &Subject<'_>,
    trace: &Trace,
    replay: &mut Replay<'_>,
) -> io::Result<()> {
    let vain = Vain::of(trace, subject.facts);
    let texts = Texts::of(vain.wanted().collect(), replay);
    list(out, subject.width, VAIN, &vain.always_the_same(trace, &texts))
}

/// Lines below a heading; nothing without lines.
fn list(out: &mut dyn Write, width: usize, heading: &str, lines: &[String]) -> io::Result<()> {
    if !lines.is_empty() {
        section(out, width, heading)?;
    }
    lines.iter().try_for_each(|line| paragraph(out, width, "  - ", line))
}

fn section(out: &mut dyn Write, width: usize, heading: &str) -> io::Result<()> {
    writeln!(out)?;
    for line in words::wrap(heading, width) {
        writeln!(out, "{}", Painted(BOLD, line))?;
    }
    Ok(())
}

/// Lines behind a mark; the further ones stand under the first. A text of several lines keeps them.
fn paragraph(out: &mut dyn Write, width: usize, mark: &str, text: &str) -> io::Result<()> {
    let indent = mark.chars().count();
    let lines = words::paragraphs(text, width.saturating_sub(indent).max(20));
    for (number, line) in lines.iter().enumerate() {
        if number == 0 {
            writeln!(out, "{mark}{line}")?;
        } else {
            writeln!(out, "{:indent$}{line}", "")?;
        }
    }
    Ok(())
}

/// Whether the first violation is an obligation that was never met.
pub(crate) fn is_obligation(report: &Report) -> bool {
    let code = report.violations.first().map(|violation| violation.code);
    report
        .properties
        .iter()
        .any(|property| Some(property.code) == code && property.kind == Kind::Liveness)
}
