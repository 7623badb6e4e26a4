//! [`Lanes`]: one column per node, time downwards, messages between the columns.

mod flights;
mod page;
mod picture;
mod sends;
mod steps;
mod strokes;

use std::io::{self, Write};

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Detail, Done, Report, ScenarioFacts, Seen, Watcher, crash_loss_in_words};

use self::flights::Flights;
use self::page::{Layout, Page};
use self::picture::Picture;
use self::sends::{Departure, group};
use self::strokes::LOST_ARROW;
use crate::paint::{BOLD, BROKEN, DIM, FAULT, LOST, SENT};
use crate::words;

/// How much of a message or a timer is shown.
const CONTENT: usize = 72;

/// Draws a run while it happens. The first line begins with `sim-view`. The text contains ANSI
/// colours.
///
/// Where the lanes of all nodes do not fit into the width, the same rows are written as a list, and
/// the first line says so.
pub struct Lanes<W> {
    page: Page<W>,
    /// Which nodes are up.
    up: Vec<bool>,
    /// A step whose messages may still follow.
    step: Option<Step>,
    flights: Flights,
}

/// A step and the messages that left at once.
struct Step {
    number: u64,
    at: SimTime,
    node: NodeId,
    effects: Vec<Done>,
    departures: Vec<Departure>,
}

impl<W: Write> Lanes<W> {
    /// Begins a picture `width` characters wide, and writes its head.
    pub fn new(out: W, facts: &ScenarioFacts, seed: u64, width: usize) -> Self {
        let nodes = (facts.servers + facts.others) as usize;
        let layout = Layout::new(nodes, facts.deadline, width);
        let mut page = Page::new(out, layout);
        let title = words::clip(&facts.title, CONTENT);
        let name = facts.protocol.name;
        page.line(BOLD, &format!("sim-view: {title} ({name}, {nodes} nodes, seed {seed})"));
        let legend = if layout.lanes == 0 {
            "The lanes do not fit into this width, so this is a list."
        } else {
            "● step  ──▶ handled  ┄┄▷ sent  ✗ lost  ◆ role  ▲ indication  ★ mark  ✖ crash  ═ fault"
        };
        page.line(DIM, legend);
        page.head();
        let up = vec![false; nodes];
        Self { page, up, step: None, flights: Flights::new(nodes) }
    }

    /// Ends the picture with the violations, and hands back the writer.
    ///
    /// # Errors
    /// The first error of the writer, if it had one.
    pub fn finish(mut self, report: &Report) -> io::Result<W> {
        self.flush();
        for violation in &report.violations {
            let name = report.properties.iter().find(|property| property.code == violation.code);
            let name = name.map_or("", |property| property.name);
            let at = SimTime::from_nanos(violation.at_ns);
            let text = format!("{} {name} was violated: {}", violation.code, violation.detail);
            let mut picture = self.at_rest();
            if let Some(node) = violation.node {
                picture.mark(node, '✗', BROKEN);
            }
            self.show((Some(at), violation.step), &picture, BROKEN, &text);
        }
        if report.messages.in_flight > 0 {
            let left = words::count(report.messages.in_flight, "message");
            let picture = self.at_rest();
            self.show((None, None), &picture, DIM, &format!("{left} still in flight"));
        }
        self.page.finish()
    }

    fn at_rest(&self) -> Picture {
        Picture::at_rest(self.page.layout, self.up.iter().copied())
    }

    fn show(
        &mut self,
        at_step: (Option<SimTime>, Option<u64>),
        picture: &Picture,
        style: anstyle::Style,
        text: &str,
    ) {
        let quiet = self.at_rest();
        self.page.event(at_step, picture, &quiet, style, text);
    }

    fn set_up(&mut self, node: NodeId, up: bool) {
        if let Some(state) = self.up.get_mut(node.index()) {
            *state = up;
        }
    }

    /// The messages of the step under way, those alike in one row.
    fn flush(&mut self) {
        let Some(step) = self.step.take() else { return };
        let left = step.departures.iter().filter(|departure| !departure.copy).count();
        for alike in group(step.departures) {
            self.departures(None, None, step.node, &alike);
        }
        let to_others =
            |effect: &&Done| matches!(effect, Done::Send { to, .. } if *to != step.node);
        let held = step.effects.iter().filter(to_others).count().saturating_sub(left);
        if held > 0 {
            let held = words::count(held as u64, "message");
            let picture = self.at_rest();
            let text = format!("{} holds {held} until its writes are durable", step.node);
            self.show((None, None), &picture, DIM, &text);
        }
    }

    fn departures(
        &mut self,
        at: Option<SimTime>,
        step: Option<u64>,
        from: NodeId,
        alike: &[Departure],
    ) {
        let Some(first) = alike.first() else { return };
        let mut picture = self.at_rest();
        for (departure, before) in sends::outwards(from, alike) {
            let labels = match before {
                None => self.labels(departure.kind, departure.message),
                Some(_) => vec![format!("#{}", departure.message)],
            };
            let stroke = sends::stroke(departure);
            picture.arrow(before.unwrap_or(from), departure.to, stroke, &labels);
        }
        picture.mark(from, '●', SENT);
        let with_numbers = !self.page.layout.has_room_for_numbers();
        let text = sends::words(from, first, alike, step, with_numbers);
        let style =
            if alike.iter().all(|departure| departure.lost.is_some()) { LOST } else { SENT };
        self.show((at, None), &picture, style, &text);
    }

    /// What may stand on an arrow, the longest first.
    fn labels(&self, kind: &str, message: u64) -> Vec<String> {
        let room = self.page.layout.spacing.saturating_sub(4);
        let number = format!("#{message}");
        let kept = room.saturating_sub(number.len() + 2);
        let mut labels = vec![format!("{kind} {number}")];
        if kept >= 3 && kept < kind.chars().count() {
            let cut: String = kind.chars().take(kept).collect();
            labels.push(format!("{cut}… {number}"));
        }
        labels.push(number);
        labels
    }

    fn fault(&mut self, at: SimTime, text: &str, victims: &[NodeId]) {
        let mut picture = self.at_rest();
        picture.rule('═', '╪', FAULT);
        for victim in victims {
            picture.mark(*victim, '█', FAULT);
        }
        self.show((Some(at), None), &picture, FAULT, text);
    }
}

impl<W: Write> Watcher for Lanes<W> {
    fn wants(&self, _: u64) -> Detail {
        Detail::Contents
    }

    fn see(&mut self, seen: Seen) {
        match seen {
            Seen::Sent { message, at, step, from, to, kind, text, arrives, lost, copy, .. } => {
                self.flights.sent(message, (from, to), kind, at, arrives);
                let departure = Departure { message, to, kind, text, lost, copy };
                match &mut self.step {
                    Some(now) if now.number == step && now.at == at => {
                        now.departures.push(departure);
                    }
                    _ => {
                        self.flush();
                        self.departures(Some(at), Some(step), from, &[departure]);
                    }
                }
            }
            Seen::Step { .. } => {
                self.flush();
                self.step(seen);
            }
            Seen::Lost { message, at, why } => {
                self.flush();
                let mut picture = self.at_rest();
                let mut text = format!("#{message} is lost: {why}");
                if let Some((from, to, kind)) = self.flights.lost(message) {
                    picture.arrow(from, to, LOST_ARROW, &self.labels(kind, message));
                    text = format!("{kind} from {from} to {to} is lost: {why}");
                    if !self.page.layout.has_room_for_numbers() {
                        text.push_str(&format!(" (#{message})"));
                    }
                }
                self.show((Some(at), None), &picture, LOST, &text);
            }
            Seen::Fault { at, fault, label, begins, victims, .. } => {
                self.flush();
                let label = words::clip(&label, CONTENT);
                let verb = if begins { "" } else { " ends" };
                let whom = match victims.as_slice() {
                    [] => String::new(),
                    victims => format!(" → {}", words::nodes(victims)),
                };
                self.fault(at, &format!("fault {fault}{verb}: {label}{whom}"), &victims);
            }
            Seen::Crashed { at, node, loss, writes, .. } => {
                self.flush();
                self.set_up(node, false);
                self.flights.crashed(node, at);
                let mut picture = self.at_rest();
                picture.label(node, '✖', "crash", BROKEN);
                let lost = crash_loss_in_words(&loss, &writes);
                let text = format!("{node} crashes and loses {lost}");
                self.show((Some(at), None), &picture, BROKEN, &text);
            }
            Seen::Calm { at, core } => {
                self.flush();
                self.fault(at, &format!("the calm begins; its core: {}", words::nodes(&core)), &[]);
            }
        }
    }
}
