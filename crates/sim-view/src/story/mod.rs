//! [`explain`]: the causal story of a violation, or of any step, backwards from its end.

pub(crate) mod around;
mod chain;
mod narrator;
mod outline;
pub(crate) mod phrases;
mod plan;

use std::io::{self, Write};

use sim_check::Kind;
use sim_scenario::{Report, ScenarioFacts};

use crate::paint::{BOLD, Painted};
use crate::trace::{Replay, Trace};
use crate::words;

use narrator::Narrator;
use outline::Outline;

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
    if outline.roots.is_empty() {
        return Ok(());
    }
    let mut narrator = Narrator::new(subject, &trace, &outline, replay);
    // When something never happened, the conditions say more than the steps that were taken.
    if outline.obligation {
        surroundings(out, subject, &narrator, "The conditions at the end")?;
    }
    for root in &outline.roots {
        section(out, subject.width, &root.heading)?;
        for (mark, sentence) in narrator.chain(root) {
            paragraph(out, subject.width, mark, &sentence)?;
        }
    }
    if !outline.obligation {
        surroundings(out, subject, &narrator, "The conditions at that step")?;
    }
    let faults = narrator.faults();
    if !faults.is_empty() {
        section(out, subject.width, "The faults")?;
        for line in faults {
            paragraph(out, subject.width, "  ", &line)?;
        }
    }
    Ok(())
}

/// What never arrived, and the conditions.
fn surroundings(
    out: &mut dyn Write,
    subject: &Subject<'_>,
    narrator: &Narrator<'_>,
    conditions: &str,
) -> io::Result<()> {
    for (heading, lines) in
        [("Messages that never arrived", narrator.losses()), (conditions, narrator.conditions())]
    {
        if !lines.is_empty() {
            section(out, subject.width, heading)?;
        }
        for line in lines {
            paragraph(out, subject.width, "  - ", &line)?;
        }
    }
    Ok(())
}

fn section(out: &mut dyn Write, width: usize, heading: &str) -> io::Result<()> {
    writeln!(out)?;
    for line in words::wrap(heading, width) {
        writeln!(out, "{}", Painted(BOLD, line))?;
    }
    Ok(())
}

/// Lines behind a mark; the further ones stand under the first.
fn paragraph(out: &mut dyn Write, width: usize, mark: &str, text: &str) -> io::Result<()> {
    let indent = mark.chars().count();
    for (number, line) in words::wrap(text, width.saturating_sub(indent).max(20)).iter().enumerate()
    {
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
