//! [`past`]: how a violation came about in a handful of lines, the earliest first.

use std::collections::BTreeSet;
use std::io::{self, Write};

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::Report;

use crate::paint::{BOLD, BROKEN, DIM, FAULT, LOST, Painted};
use crate::story::{around, is_debt, phrases};
use crate::trace::{Event, Loss, Replay, Texts, Trace};
use crate::words;

/// How many steps of the chain are shown, of what its node heard, and how many faults among them.
const STEPS: usize = 5;
const HEARD: usize = 2;
const INCIDENTS: usize = 3;
/// How many kinds of losses are shown of a debt.
const LOSSES: usize = 3;

/// Writes the steps that led to the first violation, with the faults that struck their nodes; of a
/// debt that was never paid, what stood out last.
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
    let debt = is_debt(report);
    let (root, mut shown) = if debt {
        (None, standing_out(&trace, violation.node))
    } else {
        let root = violation.step.filter(|step| *step < all).or(all.checked_sub(1));
        let mut shown: BTreeSet<u64> =
            root.iter().flat_map(|root| trace.chain(*root)).take(STEPS).collect();
        shown.extend(violation.witnesses.iter().filter(|step| **step < all).take(2));
        (root, shown)
    };
    // A timer says little of why: what the node heard before it fired says more.
    let heard = root.map(|root| trace.heard(0, root, HEARD)).unwrap_or_default();
    shown.extend(&heard);
    let texts = Texts::of(shown.clone(), replay);
    let senders = heard.iter().filter_map(|step| match trace.step(*step)?.event {
        Event::Message { from, .. } => Some(from),
        _ => None,
    });
    let cast: BTreeSet<NodeId> =
        shown.iter().filter_map(|step| Some(trace.step(*step)?.node)).chain(senders).collect();

    let mut lines: Vec<(u64, SimTime, String, bool)> = Vec::new();
    for step in &shown {
        let (Some(row), Some(seen)) = (trace.step(*step), texts.step(*step)) else { continue };
        // Steps stand behind the incidents before them: both are ordered by twice their place.
        lines.push((step * 2 + 1, row.at, format!("{} {}", row.node, phrases::whole(seen)), false));
    }
    let struck = trace.incidents.iter().enumerate().rev().filter(|(index, incident)| {
        let involved = debt || cast.iter().any(|node| incident.touches(*node));
        involved
            && root.is_none_or(|root| incident.after as u64 <= root)
            && !trace.is_told_by_its_fault(*index)
    });
    for (_, incident) in struck.take(INCIDENTS) {
        let text = around::incident_without_time(incident);
        lines.push((incident.after as u64 * 2, incident.at, text, true));
    }
    lines.sort();
    let heading = if debt { "What stood out last" } else { "The steps that led there" };
    writeln!(out, "\n{}", Painted(BOLD, heading))?;
    let first = root.map_or(0, |root| trace.chain(root).len().saturating_sub(STEPS));
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
        let style = match (incident, root == Some(order / 2)) {
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
    if debt {
        let near =
            |loss: &&Loss| violation.node.is_none_or(|node| loss.from == node || loss.to == node);
        let losses: Vec<&Loss> = trace.losses.iter().filter(near).collect();
        for line in around::losses_summed(&losses, LOSSES) {
            writeln!(out, "  {:>12}  {:<10} {}", "lost", "", Painted(LOST, line))?;
        }
    }
    Ok(())
}

/// The last steps that stood out, of one node or of all.
fn standing_out(trace: &Trace, node: Option<NodeId>) -> BTreeSet<u64> {
    let rows = trace.rows(0, u64::MAX);
    let those = rows.filter(|(_, row)| row.notable && node.is_none_or(|node| row.node == node));
    those.map(|(step, _)| step).take(STEPS).collect()
}
