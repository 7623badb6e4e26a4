//! [`Page`]: where the columns stand, and how a row is written.

use std::io::{self, Write};

use anstyle::Style;
use sim_check::SimTime;

use super::picture::Picture;
use crate::paint::{DIM, Painted};
use crate::words;

/// How far apart two lanes stand at least, and at most.
const SPACING: (usize, usize) = (4, 22);
/// How wide the column of words is at least.
const WORDS: usize = 34;
/// How wide it is at least where there are no lanes; a narrower page is overrun.
const NARROW: usize = 16;
/// Between the last lane and the words.
const GAP: usize = 3;
/// How many rows of words one event may take.
const WORD_ROWS: usize = 4;
/// After so many rows the names of the lanes are written again.
const ROWS_PER_HEAD: usize = 60;

/// Where the columns stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) clock: Clock,
    /// How many lanes are drawn: one for each node, or none.
    pub(super) lanes: usize,
    pub(super) spacing: usize,
    /// How wide the words may be, and the whole page.
    words: usize,
    width: usize,
}

impl Layout {
    pub(super) fn new(nodes: usize, deadline: SimTime, width: usize) -> Self {
        let clock = Clock::until(deadline);
        let left = width.saturating_sub(clock.width() + 1 + STEP + 2);
        let spacing = left.saturating_sub(WORDS + GAP + 1) / nodes.saturating_sub(1).max(1);
        let spacing = spacing.min(SPACING.1);
        if spacing < SPACING.0 || left < WORDS + GAP + 1 {
            return Self::list(deadline, width);
        }
        let picture = (nodes - 1) * spacing + 1 + GAP;
        Self { clock, lanes: nodes, spacing, words: left - picture, width }
    }

    /// Without lanes.
    pub(super) fn list(deadline: SimTime, width: usize) -> Self {
        let clock = Clock::until(deadline);
        let left = width.saturating_sub(clock.width() + 1 + STEP + 2);
        Self { clock, lanes: 0, spacing: 0, words: left.max(NARROW), width }
    }

    /// How wide the lanes are together.
    pub(super) fn picture(&self) -> usize {
        if self.lanes == 0 { 0 } else { (self.lanes - 1) * self.spacing + 1 }
    }

    /// Whether an arrow between two neighbours has room for the number of its message.
    pub(super) fn has_room_for_numbers(&self) -> bool {
        self.lanes > 0 && self.spacing >= 7
    }
}

/// How wide the column of step numbers is.
const STEP: usize = 6;

/// The unit of the time column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    unit: &'static str,
    nanos: u64,
    decimals: usize,
    digits: usize,
}

impl Clock {
    fn until(deadline: SimTime) -> Self {
        let (unit, nanos, decimals) = match deadline.as_nanos() {
            0..1_000_000 => ("us", 1_000, 3),
            1_000_000..10_000_000_000 => ("ms", 1_000_000, 3),
            _ => ("s", 1_000_000_000, 6),
        };
        let digits = (deadline.as_nanos() / nanos).to_string().len();
        Self { unit, nanos, decimals, digits }
    }

    fn width(self) -> usize {
        self.digits + 1 + self.decimals + self.unit.len()
    }

    fn show(self, at: SimTime) -> String {
        let whole = at.as_nanos() / self.nanos;
        let rest = at.as_nanos() % self.nanos;
        let grain = self.nanos / 10_u64.pow(u32::try_from(self.decimals).expect("few decimals"));
        let Self { unit, decimals, digits, .. } = self;
        format!("{whole:digits$}.{:0decimals$}{unit}", rest / grain)
    }
}

/// Writes rows, and remembers the first error instead of stopping the run.
pub(super) struct Page<W> {
    pub(super) layout: Layout,
    out: W,
    failed: Option<io::Error>,
    rows: usize,
    /// Whether an event may take as many rows as it needs.
    is_whole: bool,
}

impl<W: Write> Page<W> {
    pub(super) fn new(out: W, layout: Layout) -> Self {
        Self { layout, out, failed: None, rows: 0, is_whole: false }
    }

    /// Whether the events that follow may take as many rows as they need.
    pub(super) fn set_whole(&mut self, is_whole: bool) {
        self.is_whole = is_whole;
    }

    /// Whether the writer has failed, so that nothing more is written.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// A text across the page, in as many lines as it needs.
    pub(super) fn line(&mut self, style: Style, text: &str) {
        let wide = self.layout.width;
        let lines = match text.chars().count() > wide {
            true => words::wrap(text, wide),
            false => vec![text.to_owned()],
        };
        for line in lines {
            self.write(&format!("{}\n", Painted(style, line)));
        }
    }

    /// The names of the columns.
    pub(super) fn head(&mut self) {
        let Layout { clock, lanes, spacing, .. } = self.layout;
        let mut line = format!("{:>time$} {:>STEP$}  ", "time", "step", time = clock.width());
        for lane in 0..lanes {
            let wide = if lane + 1 == lanes { 1 + GAP } else { spacing };
            line.push_str(&format!("{:<wide$}", format!("n{lane}")));
        }
        line.push_str("what happens");
        self.write(&format!("{}\n", Painted(DIM, line)));
    }

    /// An event: its picture, its words, then further rows when the words are long. `quiet` is the
    /// picture of the further rows.
    pub(super) fn event(
        &mut self,
        at_step: (Option<SimTime>, Option<u64>),
        picture: &Picture,
        quiet: &Picture,
        style: Style,
        text: &str,
    ) {
        if self.rows > 0 && self.rows.is_multiple_of(ROWS_PER_HEAD) {
            self.head();
        }
        self.rows += 1;
        let Layout { clock, lanes, words: wide, .. } = self.layout;
        // What has few words in a row gets more rows.
        let rows = (WORD_ROWS * WORDS).div_ceil(wide).max(WORD_ROWS);
        let lines = match self.is_whole {
            true => words::wrap(text, wide),
            false => words::first_lines(text, wide, rows),
        };
        let gap = if lanes > 0 { GAP } else { 0 };
        for (number, line) in lines.iter().enumerate() {
            let (at, step) = if number == 0 { at_step } else { (None, None) };
            let at = at.map(|at| clock.show(at)).unwrap_or_default();
            let step = step.map(|step| step.to_string()).unwrap_or_default();
            let picture = if number == 0 { picture } else { quiet };
            let row = format!(
                "{} {}  {picture}{:gap$}{}\n",
                Painted(DIM, format_args!("{at:>time$}", time = clock.width())),
                Painted(DIM, format_args!("{step:>STEP$}")),
                "",
                Painted(style, line),
            );
            self.write(&row);
        }
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => Ok(self.out),
        }
    }

    fn write(&mut self, text: &str) {
        if self.failed.is_none() {
            self.failed = self.out.write_all(text.as_bytes()).err();
        }
    }
}
