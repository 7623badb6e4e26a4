//! [`past`]: how a violation came about in a handful of lines, the earliest first.

use std::collections::BTreeSet;
use std::io::{self, Write};

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::Report;

use crate::paint::{BROKEN, DIM, FAULT, Painted};
use crate::story::{around, phrases};
use crate::trace::{Replay, Texts, Trace};
use crate::words;

/// How many steps of the chain are shown, and how many faults among them.
const STEPS: usize = 5;
const INCIDENTS: usize = 3;

/// Writes the steps that led to the first violation, with the faults that struck their nodes.
///
/// # Errors
/// The writer's.
pub(crate) fn past(
    out: &mut dyn Write,
    report: &Report,
    width: usize,
    replay: &mut Replay<'_>,
) -> io::Result<()> {
    let Some(violation) = report.violations.first() else { return Ok(()) };
    let trace = Trace::of(replay);
    let all = trace.steps.len() as u64;
    // A debt is not broken at a step: what its node did last is the nearest to it.
    let own = violation.node.and_then(|node| trace.steps_of(node, all).next());
    let Some(root) = violation.step.filter(|step| *step < all).or(own.map(|(step, _)| step)) else {
        return Ok(());
    };
    let mut shown: BTreeSet<u64> = trace.chain(root).into_iter().take(STEPS).collect();
    shown.extend(violation.witnesses.iter().filter(|step| **step < all).take(2));
    let texts = Texts::of(shown.clone(), replay);
    let cast: BTreeSet<NodeId> =
        shown.iter().filter_map(|step| Some(trace.step(*step)?.node)).collect();

    let mut lines: Vec<(u64, SimTime, String, bool)> = Vec::new();
    for step in &shown {
        let (Some(row), Some(seen)) = (trace.step(*step), texts.step(*step)) else { continue };
        // Steps stand behind the incidents before them: both are ordered by twice their place.
        lines.push((step * 2 + 1, row.at, format!("{} {}", row.node, phrases::whole(seen)), false));
    }
    let struck = trace.incidents.iter().enumerate().rev().filter(|(index, incident)| {
        incident.after as u64 <= root
            && cast.iter().any(|node| incident.touches(*node))
            && !trace.is_told_by_its_fault(*index)
    });
    for (_, incident) in struck.take(INCIDENTS) {
        let text = around::incident_without_time(incident);
        lines.push((incident.after as u64 * 2, incident.at, text, true));
    }
    lines.sort();
    let first = trace.chain(root).len().saturating_sub(STEPS);
    if first > 0 {
        writeln!(
            out,
            "  {}",
            Painted(DIM, format_args!("… {} before", words::count(first as u64, "step")))
        )?;
    }
    for (order, at, text, incident) in &lines {
        let step = if *incident { String::new() } else { format!("step {}", order / 2) };
        let room = width.saturating_sub(2 + 12 + 2 + 11).max(20);
        let style = match (incident, order / 2 == root) {
            (true, _) => FAULT,
            (false, true) => BROKEN,
            (false, false) => crate::paint::PLAIN,
        };
        for (row, line) in words::wrap(text, room).iter().enumerate() {
            let (at, step) =
                if row == 0 { (words::instant(*at), step.as_str()) } else { (String::new(), "") };
            writeln!(
                out,
                "  {:>12}  {} {}",
                at,
                Painted(DIM, format_args!("{step:<10}")),
                Painted(style, line)
            )?;
        }
    }
    Ok(())
}
