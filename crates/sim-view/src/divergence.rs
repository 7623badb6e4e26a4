//! [`divergence`]: where two runs of one scenario diverge.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};

use anstyle::Style;
use sim_check::SimTime;
use sim_scenario::{Report, Seen, Watcher};

use crate::paint::{self, BOLD, DIM, PLAIN, Painted};
use crate::story::phrases;
use crate::summary::{ROOM, ending};
use crate::trace::Replay;
use crate::words;

/// One of the two runs.
pub struct Side<'a> {
    /// What it is called: "with the fault".
    pub name: &'a str,
    /// Its report.
    pub report: &'a Report,
    /// Replays it.
    pub replay: &'a mut Replay<'a>,
}

/// Tells where two runs diverge, in both, and how each of them ends, in lines of this width. What
/// the faults themselves do is not compared, only its consequences. The text contains ANSI colours.
///
/// # Errors
/// The writer's.
pub fn divergence(
    out: &mut dyn Write,
    width: usize,
    left: Side<'_>,
    right: Side<'_>,
) -> io::Result<()> {
    let mut prints = Prints::default();
    (left.replay)(&mut prints);
    let mut first = FirstDifference {
        prints: &prints,
        run: Numbered::default(),
        all: Along::default(),
        steps: Along::default(),
    };
    (right.replay)(&mut first);
    let (anything, step) = first.found();
    let names = [left.name, right.name];
    let wide = names.map(|name| name.chars().count()).into_iter().max().unwrap_or(0);
    let line = |out: &mut dyn Write, text: &str| {
        words::wrap(text, width).iter().try_for_each(|line| writeln!(out, "{line}"))
    };
    // A side's name, and text that may take several lines.
    let row = |out: &mut dyn Write, name: &str, style: Style, text: &str| {
        let room = width.saturating_sub(wide + 4).max(ROOM);
        for (number, line) in words::wrap(text, room).iter().enumerate() {
            let name = if number == 0 { name } else { "" };
            let name = Painted(DIM, format_args!("{name:wide$}"));
            writeln!(out, "  {name}  {}", Painted(style, line))?;
        }
        io::Result::Ok(())
    };
    let told =
        |seen: &Option<Seen>| seen.as_ref().map_or_else(|| "the run ends".to_owned(), describe);
    match anything {
        None => line(out, "The two runs are the same, step for step.")?,
        Some(place) => {
            let picks = [Pick::at(place, step, left.replay), Pick::at(place, step, right.replay)];
            let same = words::count(picks[0].steps.min(picks[1].steps), "step");
            line(out, &format!("The two runs are the same for {same}. Then they diverge:"))?;
            for (name, pick) in names.into_iter().zip(&picks) {
                row(out, name, PLAIN, &told(&pick.found))?;
            }
            if step.is_some() && picks.iter().any(|pick| pick.found != pick.found_step) {
                line(out, "The first step that differs:")?;
                for (name, pick) in names.into_iter().zip(&picks) {
                    row(out, name, PLAIN, &told(&pick.found_step))?;
                }
            }
        }
    }
    writeln!(out, "{}", Painted(BOLD, "How each run ends"))?;
    for (name, report) in names.into_iter().zip([left.report, right.report]) {
        row(out, name, paint::of(report.verdict), &ending(report))?;
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
        Seen::Step { step, at: when, node, twin, .. } => {
            let who = words::who(*node, *twin);
            format!("step {step}, {}: {who} {}", at(when), phrases::whole(seen))
        }
        Seen::Sent { at: when, from, twin, to, kind, text, arrives, held, lost, .. } => {
            let from = words::who(*from, *twin);
            let fate = match (arrives, held, lost) {
                (_, _, Some(why)) => format!("lost: {why}"),
                (_, Some(fault), _) => format!("held by fault {fault}"),
                (Some(arrives), ..) => format!("due at {}", at(arrives)),
                (None, None, None) => "not delivered".to_owned(),
            };
            let what = words::content(kind, text, 60);
            format!("{}: {from} sends {what} to {to}, {fate}", at(when))
        }
        Seen::Released { message, at: when, fault, arrives } => {
            let (when, due) = (at(when), at(arrives));
            format!("{when}: fault {fault} lets message #{message} go, due at {due}")
        }
        Seen::Lost { message, at: when, why } => {
            format!("{}: message #{message} is lost: {why}", at(when))
        }
        Seen::Crashed { at: when, node, loss, writes, .. } => {
            let lost = words::crash_loss(loss, writes);
            format!("{}: {node} crashes and loses {lost}", at(when))
        }
        Seen::Calm { at: when, core } => {
            format!(
                "{}: all faults end (calm); up and connected from now on: {}",
                at(when),
                words::nodes(core)
            )
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
            Seen::Released { message, .. } => {
                *message = self.under_way.get(message).copied().unwrap_or(u64::MAX);
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

/// The fingerprints of all that is compared, and of the steps alone.
#[derive(Default)]
struct Prints {
    run: Numbered,
    all: Vec<u64>,
    steps: Vec<u64>,
}

impl Watcher for Prints {
    fn see(&mut self, seen: Seen) {
        if !counts(&seen) {
            return;
        }
        let is_step = matches!(seen, Seen::Step { .. });
        let print = self.run.print(seen);
        self.all.push(print);
        if is_step {
            self.steps.push(print);
        }
    }
}

/// Holds a second run against the first.
struct FirstDifference<'a> {
    prints: &'a Prints,
    run: Numbered,
    all: Along,
    steps: Along,
}

/// How far two runs were compared, and where they differed first.
#[derive(Default)]
struct Along {
    at: usize,
    found: Option<usize>,
}

impl Along {
    fn compare(&mut self, other: &[u64], print: u64) {
        if self.found.is_none() && other.get(self.at) != Some(&print) {
            self.found = Some(self.at);
        }
        self.at += 1;
    }

    /// A run that ends before the other differs from it there.
    fn end(&self, other: &[u64]) -> Option<usize> {
        self.found.or((self.at < other.len()).then_some(self.at))
    }
}

impl FirstDifference<'_> {
    /// Where anything differs first, and which step differs first.
    fn found(&self) -> (Option<usize>, Option<usize>) {
        (self.all.end(&self.prints.all), self.steps.end(&self.prints.steps))
    }
}

impl Watcher for FirstDifference<'_> {
    fn see(&mut self, seen: Seen) {
        if !counts(&seen) {
            return;
        }
        let is_step = matches!(seen, Seen::Step { .. });
        let print = self.run.print(seen);
        self.all.compare(&self.prints.all, print);
        if is_step {
            self.steps.compare(&self.prints.steps, print);
        }
    }
}

/// Finds what is seen at a place and at a step, and counts the steps before the place.
#[derive(Default)]
struct Pick {
    place: usize,
    step: Option<usize>,
    at: usize,
    steps: u64,
    found: Option<Seen>,
    found_step: Option<Seen>,
}

impl Pick {
    fn at(place: usize, step: Option<usize>, replay: &mut Replay<'_>) -> Self {
        let mut pick = Self { place, step, ..Self::default() };
        replay(&mut pick);
        pick
    }
}

impl Watcher for Pick {
    fn see(&mut self, seen: Seen) {
        if !counts(&seen) {
            return;
        }
        if let Seen::Step { step, .. } = &seen {
            if self.step.is_some_and(|wanted| wanted as u64 == *step) {
                self.found_step = Some(seen.clone());
            }
            self.steps += u64::from(self.at < self.place);
        }
        if self.at == self.place {
            self.found = Some(seen);
        }
        self.at += 1;
    }
}
