//! [`timeline`]: the course of a run in at most twenty lines. Bands along an axis of time show who
//! had which role, which faults were in force and when clients had answers; what follows them in
//! words has the exact times.

mod axis;
mod bands;
mod legend;
mod said;

use std::io::{self, Write};

use sim_scenario::{Report, ScenarioFacts};

use crate::paint::{DIM, PLAIN, Painted};
use crate::summary::{LABEL, ROOM, row_in};
use crate::words;

use axis::Axis;
use bands::Band;
use legend::Signs;

/// How many lines it takes at most.
const LINES: usize = 20;
/// Where there are fewer columns, a row in words may take twice as many lines.
const NARROW: usize = 50;

/// Writes the timeline of a run; nothing when the run has none, or when nothing is in it.
///
/// # Errors
/// The writer's.
pub(crate) fn timeline(
    out: &mut dyn Write,
    facts: &ScenarioFacts,
    report: &Report,
    width: usize,
) -> io::Result<()> {
    let Some(timeline) = &report.timeline else { return Ok(()) };
    let axis = Axis::of(timeline, report.ended_at_ns, width.saturating_sub(LABEL + 4));
    let room = width.saturating_sub(LABEL + 3).max(ROOM);
    let signs = Signs::of(facts, timeline, &axis, room);
    let legend = words::wrap(&signs.legend(&axis, |_| true), room).len();
    let wanted = bands::wanted(timeline, &signs);
    let (mut said, mut left) = (Vec::new(), 0);
    // Words give way to the nodes that led.
    for most in [usize::MAX, 2, 1] {
        said.clear();
        for row in said::said(facts, timeline, &signs) {
            let lines = row.lines.min(most);
            let lines = if room < NARROW { 2 * lines } else { lines };
            row_in(&mut said, &row.label, &row.within(room, lines), width, PLAIN)?;
        }
        let lines = said.iter().filter(|byte| **byte == b'\n').count();
        left = LINES.saturating_sub(lines + legend + 1);
        if left >= wanted {
            break;
        }
    }
    let bands = bands::bands(facts, timeline, &axis, &signs, left);
    if !bands.is_empty() {
        let label = Painted(DIM, format_args!("{:LABEL$}", "timeline"));
        writeln!(out, "  {label} {}", Painted(DIM, axis.scale()))?;
        for band in &bands {
            let label = Painted(DIM, format_args!("{:LABEL$}", band.label));
            writeln!(out, "  {label} {}", band.cells(&signs))?;
        }
        let legend = signs.legend(&axis, |sign| bands.iter().any(|band: &Band| band.has(sign)));
        row_in(out, "", &legend, width, DIM)?;
    }
    out.write_all(&said)
}
