//! [`explain`]: the causal story of a violation, or of any step, backwards from its end.

pub(crate) mod around;
mod chain;
mod outline;
pub(crate) mod phrases;
mod plan;
mod tell;

use std::io::{self, Write};

use sim_check::Kind;
use sim_scenario::{Report, ScenarioFacts};

use crate::paint::{BOLD, Painted};
use crate::trace::{Replay, Trace};
use crate::words;

use outline::Outline;
use tell::Teller;

/// Of what a story is told.
#[derive(Clone, Copy)]
pub struct Tale<'a> {
    /// The scenario.
    pub facts: &'a ScenarioFacts,
    /// The run.
    pub report: &'a Report,
    /// The step to explain; the one that broke the claim when `None`.
    pub step: Option<u64>,
    /// How wide the lines may be.
    pub width: usize,
}

/// Tells in sentences how the violation came about, or the step that was asked for. Text comes with
/// ANSI colours.
///
/// # Errors
/// The writer's.
pub fn explain(out: &mut dyn Write, tale: &Tale<'_>, replay: &mut Replay<'_>) -> io::Result<()> {
    let trace = Trace::of(replay);
    let outline = Outline::of(tale, &trace);
    write!(out, "{}", Painted(BOLD, &outline.title))?;
    writeln!(out)?;
    for line in &outline.opening {
        paragraph(out, tale.width, "", line)?;
    }
    if outline.roots.is_empty() {
        return Ok(());
    }
    let mut teller = Teller::new(tale, &trace, &outline, replay);
    // Of something that never happened, what stood in the way says more than what was done.
    if outline.obligation {
        surroundings(out, tale, &teller, "How things stood at the end")?;
    }
    for root in &outline.roots {
        section(out, &root.heading)?;
        for (mark, sentence) in teller.chain(root) {
            paragraph(out, tale.width, mark, &sentence)?;
        }
    }
    if !outline.obligation {
        surroundings(out, tale, &teller, "How things stood then")?;
    }
    let faults = teller.faults();
    if !faults.is_empty() {
        section(out, "The faults")?;
        for line in faults {
            paragraph(out, tale.width, "  ", &line)?;
        }
    }
    Ok(())
}

/// What never arrived, and how things stood.
fn surroundings(
    out: &mut dyn Write,
    tale: &Tale<'_>,
    teller: &Teller<'_>,
    standing: &str,
) -> io::Result<()> {
    for (heading, lines) in [("What never arrived", teller.losses()), (standing, teller.standing())]
    {
        if !lines.is_empty() {
            section(out, heading)?;
        }
        for line in lines {
            paragraph(out, tale.width, "  - ", &line)?;
        }
    }
    Ok(())
}

fn section(out: &mut dyn Write, heading: &str) -> io::Result<()> {
    writeln!(out, "\n{}", Painted(BOLD, heading))
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

/// Whether the first thing that fell is an obligation that was never paid.
pub(crate) fn is_obligation(report: &Report) -> bool {
    let code = report.violations.first().map(|violation| violation.code);
    report
        .properties
        .iter()
        .any(|property| Some(property.code) == code && property.kind == Kind::Liveness)
}
