//! [`Axis`]: which instant stands in which column.

use sim_check::SimTime;
use sim_node::Duration;
use sim_scenario::Timeline;

use crate::words;

/// Between two labels of the axis.
const TICK: usize = 10;

/// Which instant stands in which column.
pub(super) struct Axis {
    /// How long a column lasts, in nanoseconds.
    pub(super) column: u64,
    pub(super) columns: usize,
    /// The end of the run.
    pub(super) ended: SimTime,
    /// When the last thing of the timeline happened, if the axis ends soon after it.
    pub(super) last: Option<SimTime>,
}

impl Axis {
    /// The axis of a run that ended at this time, at most so many columns wide. Where nothing
    /// happens in the second half of the run, the axis ends before.
    pub(super) fn of(timeline: &Timeline, ended: u64, width: usize) -> Self {
        let last = last(timeline).min(ended);
        let is_cut = (1..ended / 2).contains(&last);
        let shown = if is_cut { last + last / 8 } else { ended };
        let width = width.max(TICK);
        let column = nice(shown.div_ceil(width as u64).max(1));
        let columns = usize::try_from(shown / column).unwrap_or(width) + 1;
        Self {
            column,
            columns: columns.min(width),
            ended: SimTime::from_nanos(ended),
            last: is_cut.then_some(SimTime::from_nanos(last)),
        }
    }

    /// The column of an instant.
    pub(super) fn at(&self, at: SimTime) -> usize {
        let place = usize::try_from(at.as_nanos() / self.column).unwrap_or(usize::MAX);
        place.min(self.columns - 1)
    }

    /// The columns of a span, at least one; to the end without an end.
    pub(super) fn span(
        &self,
        from: SimTime,
        to: Option<SimTime>,
    ) -> std::ops::RangeInclusive<usize> {
        let first = self.at(from);
        // What ends at the beginning of a column is not in it.
        let last = to.map_or(self.columns - 1, |to| {
            self.at(SimTime::from_nanos(to.as_nanos().saturating_sub(1)))
        });
        first..=last.max(first)
    }

    /// The labels of every tenth column.
    pub(super) fn scale(&self) -> String {
        let mut text = String::new();
        for tick in (0..self.columns).step_by(TICK) {
            let label = Duration::from_nanos(self.column * tick as u64).to_string();
            let used = text.chars().count();
            // A label that would run into the one before, or beyond the page, is left out.
            if tick >= used && tick + label.len() <= self.columns.max(TICK) {
                text.push_str(&" ".repeat(tick - used));
                text.push_str(&label);
                text.push(' ');
            }
        }
        text.trim_end().to_owned()
    }

    /// What a column stands for.
    pub(super) fn in_words(&self) -> String {
        let column = Duration::from_nanos(self.column);
        match self.last {
            Some(last) if last < self.ended => {
                let (last, ended) = (words::instant(last), words::instant(self.ended));
                format!("a column is {column}, and nothing of this changes from {last} to {ended}")
            }
            _ => format!("a column is {column}"),
        }
    }
}

/// When the last thing of a timeline happened, in nanoseconds.
fn last(timeline: &Timeline) -> u64 {
    let Timeline { roles, marks, downs, faults, calm, clients, left_out: _ } = timeline;
    let ends = |from: SimTime, to: Option<SimTime>| to.unwrap_or(from);
    let roles = roles.iter().map(|span| ends(span.from, span.to));
    let marks = marks.iter().filter_map(|mark| Some(mark.places.last()?.at));
    let downs = downs.iter().map(|span| ends(span.from, span.to));
    let faults = faults.iter().map(|span| ends(span.from, span.to));
    let clients = clients.iter().filter_map(|clients| Some(clients.busy.last()?.1));
    let all = roles.chain(marks).chain(downs).chain(faults).chain(clients).chain(*calm);
    all.max().unwrap_or_default().as_nanos()
}

/// The next greater number of the form 1, 2 or 5 times a power of ten.
fn nice(least: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            let candidate = power.saturating_mul(factor);
            if candidate >= least {
                return candidate;
            }
        }
        power = power.saturating_mul(10);
    }
}
