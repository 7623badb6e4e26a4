//! [`Lanes`]: one column per node, time downwards, messages between the columns.

mod flights;
mod page;
mod picture;
mod sends;
mod steps;
mod strokes;

use std::collections::BTreeSet;
use std::io::{self, Write};

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Detail, Done, Glance, Report, ScenarioFacts, Seen, Watcher};

use self::flights::Flights;
use self::page::{Layout, Page};
use self::picture::Picture;
use self::sends::{Departure, group};
use self::strokes::{LOST_ARROW, SENT_ARROW};
use crate::names::Names;
use crate::paint::{BOLD, BROKEN, DIM, FAULT, LOST, SENT};
use crate::plain;
use crate::window::Window;
use crate::words;

/// How much of a message or a timer is shown.
const CONTENT: usize = 72;

/// What the signs mean.
const LEGEND: &str =
    "● step  ──▶ handled  ┄┄▷ sent  ✗ lost  ◆ role  ▲ indication  ★ mark  ✖ crash  ═ fault";

/// What marks a step on the lane of its node: both instances of a node that is split in twins have
/// one lane.
fn dot(twin: bool) -> char {
    if twin { '○' } else { '●' }
}

/// Draws a run, or a window of it, while it happens. The first line begins with `sim-view`. The
/// text contains ANSI colours.
///
/// Where the lanes of all nodes do not fit into the width, the same rows are written as a list, and
/// the first line says so. Once the writer fails, nothing is written out any more.
pub struct Lanes<W> {
    page: Page<W>,
    names: Names,
    /// What the ranks of roles are.
    rank: &'static str,
    window: Window,
    /// The steps of which nothing is cut.
    whole: BTreeSet<u64>,
    /// Whether anything of the window was shown.
    has_shown: bool,
    /// Which nodes are up.
    up: Vec<bool>,
    /// A step whose messages may still follow.
    step: Option<Step>,
    /// The latest step, shown or not, and its time.
    latest: Option<(u64, SimTime)>,
    flights: Flights,
}

/// A step and the messages that left at once.
struct Step {
    number: u64,
    at: SimTime,
    node: NodeId,
    /// Whether it is the second instance of a node that is split in twins.
    twin: bool,
    effects: Vec<Done>,
    departures: Vec<Departure>,
}

impl<W: Write> Lanes<W> {
    /// Begins a picture `width` characters wide, and writes its head.
    pub fn new(out: W, facts: &ScenarioFacts, seed: u64, width: usize) -> Self {
        Self::within(out, facts, seed, width, Window::default())
    }

    /// As [`Lanes::new`], but only what this window shows. Of some nodes it makes a list: the lanes
    /// of the others would take the room for words.
    pub fn within(out: W, facts: &ScenarioFacts, seed: u64, width: usize, window: Window) -> Self {
        let nodes = (facts.servers + facts.others) as usize;
        let layout = match window.nodes.is_empty() {
            true => Layout::new(nodes, facts.deadline, width),
            false => Layout::list(facts.deadline, width),
        };
        let mut page = Page::new(out, layout);
        let title = &facts.title;
        let name = facts.protocol.name;
        let count = words::count(nodes as u64, "node");
        page.line(BOLD, &format!("{title} ({name}, {count}, seed {seed})"));
        let names = Names::of(facts);
        let shown: Vec<String> = window.nodes.iter().map(|node| names.whole(*node)).collect();
        let legend = match (layout.lanes, shown.as_slice()) {
            (0, []) => "The lanes do not fit into this width, so this is a list.".to_owned(),
            (0, shown) => format!("What {} did and received.", words::list(shown)),
            _ => LEGEND.to_owned(),
        };
        page.line(DIM, &legend);
        if facts.others > 0 {
            page.line(DIM, &format!("{}.", names.cast()));
        }
        page.head();
        let up = vec![false; nodes];
        let flights = Flights::new(nodes);
        let whole = BTreeSet::new();
        let rank = facts.protocol.rank.unwrap_or("rank");
        Self {
            page,
            names,
            rank,
            window,
            whole,
            has_shown: false,
            up,
            step: None,
            latest: None,
            flights,
        }
    }

    /// The same, but of these steps nothing is cut, however long it is.
    #[must_use]
    pub fn with_whole(self, steps: BTreeSet<u64>) -> Self {
        Self { whole: steps, ..self }
    }

    /// Ends the picture with the violations, and hands back the writer.
    ///
    /// # Errors
    /// The first error of the writer, if it had one.
    pub fn finish(mut self, report: &Report) -> io::Result<W> {
        self.flush();
        if !self.has_shown {
            self.page.line(DIM, "Nothing happened in this window.");
        }
        for violation in &report.violations {
            let name = report.properties.iter().find(|property| property.code == violation.code);
            let name = name.map_or("", |property| property.name);
            let at = SimTime::from_nanos(violation.at_ns);
            let detail = plain::sentence(&violation.detail);
            let text = format!("{} {name} was violated: {detail}", violation.code);
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
        self.has_shown = true;
        self.page.event(at_step, picture, &quiet, style, text);
    }

    /// How much of what a step says is shown.
    fn content(&self, step: u64) -> usize {
        if self.whole.contains(&step) { words::WHOLE } else { CONTENT }
    }

    fn set_up(&mut self, node: NodeId, up: bool) {
        if let Some(state) = self.up.get_mut(node.index()) {
            *state = up;
        }
    }

    /// The messages of the step under way, those alike in one row.
    fn flush(&mut self) {
        let Some(step) = self.step.take() else { return };
        self.page.set_whole(self.whole.contains(&step.number));
        let left = step.departures.iter().filter(|departure| !departure.copy).count();
        for alike in group(step.departures) {
            self.departures((None, step.number, false), (step.node, step.twin), &alike);
        }
        let is_shown = |effect: &&Done| match effect {
            Done::Send { to, kind, .. } => *to != step.node && self.window.shows_kind(kind),
            _ => false,
        };
        let held = step.effects.iter().filter(is_shown).count().saturating_sub(left);
        if held > 0 {
            let held = words::count(held as u64, "message");
            let picture = self.at_rest();
            let node = self.names.instance((step.node, step.twin));
            let has_barrier = step.effects.iter().any(|effect| matches!(effect, Done::Barrier));
            let text = match has_barrier {
                true => format!("{node} holds {held} until its writes are durable"),
                false => format!("{node} sent {held}, which an earlier barrier holds"),
            };
            self.show((None, None), &picture, DIM, &text);
        }
    }

    /// Messages of a step that leave; later than the step when a barrier held them.
    fn departures(
        &mut self,
        (at, step, is_late): (Option<SimTime>, u64, bool),
        (from, twin): (NodeId, bool),
        alike: &[Departure],
    ) {
        if alike.is_empty() {
            return;
        }
        let mut picture = self.at_rest();
        for (departure, before) in sends::outwards(from, alike) {
            let labels = match before {
                None => self.labels(departure.kind, departure.message),
                Some(_) => vec![format!("#{}", departure.message)],
            };
            let stroke = sends::stroke(departure);
            picture.arrow(before.unwrap_or(from), departure.to, stroke, &labels);
        }
        picture.mark(from, dot(twin), SENT);
        let with_numbers = !self.page.layout.has_room_for_numbers();
        let content = self.content(step);
        let mut text = sends::words(&self.names, (from, twin), alike, content, with_numbers);
        if is_late {
            text.push_str(&format!("; held since step {step}"));
        }
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
    fn wants(&self, glance: &Glance) -> Detail {
        match self.page.has_failed() {
            true => Detail::Nothing,
            false => self.window.wants(glance, Detail::Contents),
        }
    }

    fn see(&mut self, seen: Seen) {
        if self.page.has_failed() {
            return;
        }
        let is_shown = self.window.sees(&seen);
        match seen {
            Seen::Sent {
                message,
                at,
                step,
                from,
                twin,
                to,
                kind,
                text,
                arrives,
                held,
                lost,
                copy,
                ..
            } => {
                if lost.is_none() {
                    self.flights.sent(message, ((from, twin), to), kind, at, arrives);
                }
                if !is_shown {
                    return;
                }
                let departure = Departure { message, to, kind, text, held, lost, copy };
                match &mut self.step {
                    Some(now) if now.number == step && now.at == at => {
                        now.departures.push(departure);
                    }
                    _ => {
                        self.flush();
                        self.page.set_whole(self.whole.contains(&step));
                        let is_late = self.latest != Some((step, at));
                        self.departures((Some(at), step, is_late), (from, twin), &[departure]);
                    }
                }
            }
            Seen::Step { step, at, .. } => {
                self.flush();
                self.latest = Some((step, at));
                match is_shown {
                    true => self.step(seen),
                    false => self.pass_over(&seen),
                }
            }
            Seen::Released { message, at, fault, arrives } => {
                self.flush();
                let released = self.flights.released(message, at, (fault, arrives));
                let Some((from, to, kind)) = released.filter(|_| is_shown) else { return };
                let mut picture = self.at_rest();
                picture.arrow(from.0, to, SENT_ARROW, &self.labels(kind, message));
                let (from, to) = (self.names.instance(from), self.names.whole(to));
                let mut text = format!("fault {fault} lets {kind} from {from} to {to} go");
                if !self.page.layout.has_room_for_numbers() {
                    text.push_str(&format!(" (#{message})"));
                }
                self.show((Some(at), None), &picture, SENT, &text);
            }
            Seen::Lost { message, at, why } => {
                self.flush();
                let lost = self.flights.lost(message);
                if !is_shown {
                    return;
                }
                let mut picture = self.at_rest();
                let mut text = format!("#{message} is lost: {why}");
                if let Some((from, to, kind)) = lost {
                    picture.arrow(from.0, to, LOST_ARROW, &self.labels(kind, message));
                    let (from, to) = (self.names.instance(from), self.names.whole(to));
                    text = format!("{kind} from {from} to {to} is lost: {why}");
                    if !self.page.layout.has_room_for_numbers() {
                        text.push_str(&format!(" (#{message})"));
                    }
                }
                self.show((Some(at), None), &picture, LOST, &text);
            }
            Seen::Fault { at, fault, label, begins, victims, .. } => {
                self.flush();
                if !is_shown {
                    return;
                }
                let label = words::as_written(&label);
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
                if !is_shown {
                    return;
                }
                let mut picture = self.at_rest();
                picture.label(node, '✖', "crash", BROKEN);
                let node = self.names.whole(node);
                let lost = words::crash_loss(&loss, &writes);
                let text = format!("{node} crashes and loses {lost}");
                self.show((Some(at), None), &picture, BROKEN, &text);
            }
            Seen::Calm { at, core } => {
                self.flush();
                if !is_shown {
                    return;
                }
                let core = words::nodes(&core);
                let text = format!("all faults end (calm); up and connected from now on: {core}");
                self.fault(at, &text, &[]);
            }
        }
    }
}
