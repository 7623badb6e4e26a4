//! [`parting`]: where two runs of one scenario part.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};

use sim_check::SimTime;
use sim_scenario::{Report, Seen, Watcher};

use crate::paint::{BOLD, DIM, Painted};
use crate::story::phrases;
use crate::summary::ending;
use crate::trace::Replay;
use crate::words;

/// One of the two runs.
pub struct Side<'a> {
    /// What it is called: "with the fault".
    pub name: &'a str,
    /// What became of it.
    pub report: &'a Report,
    /// Shows it again.
    pub replay: &'a mut Replay<'a>,
}

/// Tells where two runs part, in both, and how each of them ends. What the faults themselves do is
/// not compared, only what comes of it. Text comes with ANSI colours.
///
/// # Errors
/// The writer's.
pub fn parting(out: &mut dyn Write, left: Side<'_>, right: Side<'_>) -> io::Result<()> {
    let mut prints = Prints::default();
    (left.replay)(&mut prints);
    let mut first =
        FirstDifference { prints: &prints.prints, run: Numbered::default(), at: 0, found: None };
    (right.replay)(&mut first);
    let shorter = (first.found.is_none() && first.at < prints.prints.len()).then_some(first.at);
    let wide = left.name.chars().count().max(right.name.chars().count());
    match first.found.or(shorter) {
        None => writeln!(out, "The two runs are the same, step for step.")?,
        Some(place) => {
            let sides = [Pick::at(place, left.replay), Pick::at(place, right.replay)];
            let same = sides[0].steps.min(sides[1].steps);
            writeln!(
                out,
                "The two runs are the same for {}. Then they part:",
                words::count(same, "step")
            )?;
            for (name, pick) in [left.name, right.name].into_iter().zip(&sides) {
                let found = pick.found.as_ref();
                let text = found.map_or_else(|| "the run ends".to_owned(), describe);
                writeln!(out, "  {}  {text}", Painted(DIM, format_args!("{name:wide$}")))?;
            }
        }
    }
    writeln!(out, "{}", Painted(BOLD, "How each of them ends"))?;
    for (name, report) in [(left.name, left.report), (right.name, right.report)] {
        writeln!(out, "  {}  {}", Painted(DIM, format_args!("{name:wide$}")), ending(report))?;
    }
    Ok(())
}

/// Whether it is compared: what faults do is not, for it is known to differ.
fn counts(seen: &Seen) -> bool {
    !matches!(seen, Seen::Fault { .. })
}

fn describe(seen: &Seen) -> String {
    let at = |at: &SimTime| words::instant(*at);
    match seen {
        Seen::Step { step, at: when, node, .. } => {
            format!("step {step}, {}: {node} {}", at(when), phrases::whole(seen))
        }
        Seen::Sent { at: when, from, to, kind, text, arrives, lost, .. } => {
            let fate = match (arrives, lost) {
                (_, Some(why)) => format!("lost: {why}"),
                (Some(arrives), None) => format!("due at {}", at(arrives)),
                (None, None) => "kept".to_owned(),
            };
            let what = words::content(kind, text, 60);
            format!("{}: {from} sends {what} to {to}, {fate}", at(when))
        }
        Seen::Lost { message, at: when, why } => {
            format!("{}: message #{message} is lost: {why}", at(when))
        }
        Seen::Crashed { at: when, node } => format!("{}: {node} crashes", at(when)),
        Seen::Calm { at: when, core } => {
            format!("{}: the calm begins with the core {}", at(when), words::nodes(core))
        }
        Seen::Fault { at: when, label, .. } => format!("{}: {label}", at(when)),
    }
}

/// Names messages by the order in which they were sent: their ids may differ where nothing else
/// does.
#[derive(Default)]
struct Numbered {
    sent: u64,
    under_way: BTreeMap<u64, u64>,
}

impl Numbered {
    /// A fingerprint of what was seen.
    fn print(&mut self, mut seen: Seen) -> u64 {
        match &mut seen {
            Seen::Sent { message, .. } => {
                self.under_way.insert(*message, self.sent);
                *message = self.sent;
                self.sent += 1;
            }
            Seen::Lost { message, .. } => {
                *message = self.under_way.remove(message).unwrap_or(u64::MAX);
            }
            Seen::Step {
                what: sim_scenario::Happening::Message { message: Some(message), .. },
                ..
            } => {
                *message = self.under_way.remove(message).unwrap_or(u64::MAX);
            }
            _ => {}
        }
        let mut hasher = DefaultHasher::new();
        format!("{seen:?}").hash(&mut hasher);
        hasher.finish()
    }
}

#[derive(Default)]
struct Prints {
    run: Numbered,
    prints: Vec<u64>,
}

impl Watcher for Prints {
    fn see(&mut self, seen: Seen) {
        if counts(&seen) {
            let print = self.run.print(seen);
            self.prints.push(print);
        }
    }
}

struct FirstDifference<'a> {
    prints: &'a [u64],
    run: Numbered,
    at: usize,
    found: Option<usize>,
}

impl Watcher for FirstDifference<'_> {
    fn see(&mut self, seen: Seen) {
        if self.found.is_some() || !counts(&seen) {
            return;
        }
        if self.prints.get(self.at) != Some(&self.run.print(seen)) {
            self.found = Some(self.at);
        }
        self.at += 1;
    }
}

/// Finds what is seen at a place, and counts the steps before it.
struct Pick {
    place: usize,
    at: usize,
    steps: u64,
    found: Option<Seen>,
}

impl Pick {
    fn at(place: usize, replay: &mut Replay<'_>) -> Self {
        let mut pick = Self { place, at: 0, steps: 0, found: None };
        replay(&mut pick);
        pick
    }
}

impl Watcher for Pick {
    fn see(&mut self, seen: Seen) {
        if !counts(&seen) || self.found.is_some() {
            return;
        }
        if self.at == self.place {
            self.found = Some(seen);
            return;
        }
        self.at += 1;
        self.steps += u64::from(matches!(seen, Seen::Step { .. }));
    }
}
