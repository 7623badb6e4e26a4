//! [`past`]: how a violation came about in a handful of lines, the earliest first.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Report, ScenarioFacts, ViolationReport};

use crate::blame::blamed;
use crate::causes::Silence;
use crate::impairment::Impairment;
use crate::paint::{BOLD, BROKEN, DIM, FAULT, LOST, PLAIN, Painted};
use crate::story::{around, is_obligation, phrases};
use crate::trace::{Event, Replay, Step, Texts, Trace};
use crate::undelivered::Undelivered;
use crate::vain::Vain;
use crate::words;

/// How many steps of the chain are shown, of what its node received and did not receive, and how
/// many faults among them.
const STEPS: usize = 5;
const RECEIVED: usize = 2;
const SILENT: usize = 3;
const INCIDENTS: usize = 3;
/// How many steps are shown of the chain of the first witness, which is often the decisive one, and
/// of the second.
const WITNESSED: [usize; 2] = [7, 3];
/// How many kinds of losses are shown of an obligation, and how many nodes, clocks and faults.
const LOSSES: usize = 4;
const CONDITIONS: usize = 3;
/// Of how many nodes it is told which roles they took in vain, and how many exchanges.
const ROLES: usize = 1;
const EXCHANGES: usize = 2;
/// Where the page is narrower, what happened stands below its time and not beside it.
const NARROW: usize = 60;

/// What is shown of a run.
struct Past<'a> {
    trace: &'a Trace,
    report: &'a Report,
    /// The step that violated the property; `None` for an obligation.
    root: Option<u64>,
    shown: BTreeSet<u64>,
    /// How often the like of a shown step happened, and since which.
    times: BTreeMap<u64, (usize, u64)>,
    /// What was repeated to the end, when something never happened.
    vain: Option<Vain>,
    silent: Vec<(NodeId, Silence)>,
    undelivered: Vec<Undelivered>,
}

/// Writes the steps that led to the first violation, with the faults that struck their nodes; of an
/// obligation that was never met, the last notable steps, the messages that never arrived and the
/// conditions at the end.
///
/// # Errors
/// The writer's.
pub(crate) fn past(
    out: &mut dyn Write,
    facts: &ScenarioFacts,
    report: &Report,
    width: usize,
    replay: &mut Replay<'_>,
) -> io::Result<()> {
    let Some(violation) = report.violations.first() else { return Ok(()) };
    if violation.has_no_step_to_blame() {
        return Ok(());
    }
    let trace = Trace::of(replay);
    let past = match is_obligation(report) {
        true => Past::of_obligation(&trace, facts, report, violation),
        false => Past::of_violation(&trace, report, violation),
    };
    let mut wanted = past.shown.clone();
    wanted.extend(past.undelivered.iter().take(LOSSES).flat_map(Undelivered::wanted));
    wanted.extend(past.vain.iter().flat_map(Vain::wanted));
    let texts = Texts::of(wanted, replay);
    let heading = match past.root {
        Some(_) => "The steps that led to the violation",
        None => "The last role changes, indications, marks and faults",
    };
    writeln!(out)?;
    for line in words::wrap(heading, width) {
        writeln!(out, "{}", Painted(BOLD, line))?;
    }
    let mut write = |at: &str, place: &str, style: anstyle::Style, text: &str| {
        if width < NARROW {
            let head = format!("  {at}  {place}");
            writeln!(out, "{}", Painted(DIM, head.trim_end()))?;
            for line in words::wrap(text, width.saturating_sub(4)) {
                writeln!(out, "    {}", Painted(style, line))?;
            }
            return Ok(());
        }
        let room = width.saturating_sub(2 + 12 + 2 + 11);
        for (row, line) in words::wrap(text, room).iter().enumerate() {
            let (at, place) = if row == 0 { (at, place) } else { ("", "") };
            let place = format!("{place:<10}");
            writeln!(out, "  {at:>12}  {} {}", Painted(DIM, place), Painted(style, line))?;
        }
        io::Result::Ok(())
    };
    let hidden = past.hidden();
    if hidden > 0 {
        write("…", "", DIM, &format!("{} not shown", words::count(hidden, "earlier step")))?;
    }
    let in_vain = past.vain.as_ref().map(|vain| vain.told_within(&trace, &texts, ROLES, EXCHANGES));
    for line in in_vain.unwrap_or_default() {
        write("in vain", "", BROKEN, &line)?;
    }
    for line in past.lines(&texts) {
        write(&words::instant(line.at), &line.place, line.style, &line.text)?;
    }
    for silence in &past.silent {
        write(
            "no message",
            "",
            LOST,
            &format!("Nothing arrived from {}.", around::silences(&[*silence])),
        )?;
    }
    for line in Undelivered::told(&past.undelivered, &texts, LOSSES) {
        write("undelivered", "", LOST, &line)?;
    }
    if past.root.is_none() {
        let impairments = trace.impairments(None);
        let lost = Undelivered::to_crashed(&trace, &impairments);
        for line in around::conditions(&impairments, &lost, &facts.clocks, CONDITIONS) {
            write("at the end", "", FAULT, &line)?;
        }
    }
    Ok(())
}

/// A step or an incident.
struct Line {
    /// Steps stand behind the incidents before them: both are ordered by twice their place.
    order: u64,
    at: SimTime,
    place: String,
    style: anstyle::Style,
    text: String,
}

impl<'a> Past<'a> {
    fn of_violation(trace: &'a Trace, report: &'a Report, violation: &ViolationReport) -> Self {
        let blamed = blamed(trace, violation);
        let root = blamed.first().copied();
        let mut shown: BTreeSet<u64> =
            root.iter().flat_map(|root| chain(trace, *root, STEPS)).collect();
        for (witness, most) in blamed.iter().skip(1).zip(WITNESSED) {
            shown.extend(chain(trace, *witness, most));
        }
        // A timer does not say why: what the node received or did not receive before it fired does.
        shown.extend(root.iter().flat_map(|root| trace.received(*root, RECEIVED)));
        let silent = root.map(|root| trace.silent(root, SILENT)).unwrap_or_default();
        let times = BTreeMap::new();
        Self { trace, report, root, shown, times, vain: None, silent, undelivered: vec![] }
    }

    fn of_obligation(
        trace: &'a Trace,
        facts: &ScenarioFacts,
        report: &'a Report,
        violation: &ViolationReport,
    ) -> Self {
        let node = violation.node;
        let notable = trace.rows(0, u64::MAX).filter(|(_, row)| row.notable);
        let its = notable.filter(|(_, row)| node.is_none_or(|node| row.node == node));
        // Of steps that are alike the latest is shown.
        let mut alike: Vec<(Step, u64, usize, u64)> = Vec::new();
        for (step, row) in its {
            let has_room = alike.len() < STEPS;
            match alike.iter_mut().find(|(other, ..)| other.is_like(row)) {
                Some((_, _, times, first)) => (*times, *first) = (*times + 1, step),
                None if has_room => alike.push((*row, step, 1, step)),
                None => {}
            }
        }
        let shown = alike.iter().map(|(_, step, ..)| *step).collect();
        let times = alike.iter().map(|(_, step, times, first)| (*step, (*times, *first))).collect();
        let down: BTreeSet<NodeId> = trace
            .impairments(None)
            .iter()
            .filter_map(|impairment| match impairment {
                Impairment::Down { node, .. } => Some(*node),
                _ => None,
            })
            .collect();
        let due = Some(facts.deadline);
        let undelivered = Undelivered::of(trace, node, due, |sending| !down.contains(&sending.to));
        let vain = Some(Vain::of(trace, facts));
        Self { trace, report, root: None, shown, times, vain, silent: vec![], undelivered }
    }

    /// How many steps of the chain are not shown.
    fn hidden(&self) -> u64 {
        let path = self.root.map(|root| self.trace.path(root)).unwrap_or_default();
        path.iter().filter(|step| !self.shown.contains(step)).count() as u64
    }

    /// The steps and the incidents among them, the earliest first.
    fn lines(&self, texts: &Texts) -> Vec<Line> {
        let mut lines = Vec::new();
        for step in &self.shown {
            let (Some(row), Some(seen)) = (self.trace.step(*step), texts.step(*step)) else {
                continue;
            };
            let whole = match self.root == Some(*step) {
                true => phrases::decisive(seen),
                false => phrases::whole(seen),
            };
            let crashed = match row.crashed {
                true => phrases::cut_short(self.report, *step),
                false => "",
            };
            lines.push(Line {
                order: step * 2 + 1,
                at: row.at,
                place: format!("step {step}"),
                style: if self.root == Some(*step) { BROKEN } else { PLAIN },
                text: format!("{} {whole}{crashed}{}", row.who(), self.often(*step)),
            });
        }
        for index in self.incidents() {
            let incident = &self.trace.incidents[index];
            lines.push(Line {
                order: incident.after as u64 * 2,
                at: incident.at,
                place: String::new(),
                style: FAULT,
                text: around::incident_without_time(self.trace, incident),
            });
        }
        lines.sort_by_key(|line| line.order);
        lines
    }

    /// "; 435 times since 3.824s".
    fn often(&self, step: u64) -> String {
        let Some((times, first)) = self.times.get(&step).filter(|(times, _)| *times > 1) else {
            return String::new();
        };
        let since = self.trace.step(*first).map_or(SimTime::ZERO, |row| row.at);
        format!("; {} since {}", words::times(*times as u64), words::instant(since))
    }

    /// The last incidents that struck nodes that take part; of an obligation, the last of all.
    fn incidents(&self) -> Vec<usize> {
        let mut cast: BTreeSet<NodeId> = self.silent.iter().map(|(node, _)| *node).collect();
        for row in self.shown.iter().filter_map(|step| self.trace.step(*step)) {
            cast.insert(row.node);
            if let Event::Message { from, .. } = row.event {
                cast.insert(from);
            }
        }
        let struck = self.trace.incidents.iter().enumerate().rev().filter(|(index, incident)| {
            let involved = self.root.is_none() || cast.iter().any(|node| incident.touches(*node));
            involved
                && self.root.is_none_or(|root| incident.after as u64 <= root)
                && !self.trace.is_told_by_its_fault(*index)
        });
        struck.map(|(index, _)| index).take(INCIDENTS).collect()
    }
}

/// The step and what led to it, at most so many, up to where a cycle begins again.
fn chain(trace: &Trace, step: u64, most: usize) -> Vec<u64> {
    let mut chain: Vec<u64> = Vec::new();
    for step in trace.path(step).into_iter().take(most) {
        let alike = |other: &&u64| match (trace.step(**other), trace.step(step)) {
            (Some(other), Some(row)) => (other.node, other.event) == (row.node, row.event),
            _ => false,
        };
        let times = chain.iter().filter(alike).count();
        // A timer that sets itself again is shown twice, so that this is seen.
        let set_itself = chain.last().as_ref().is_some_and(alike);
        if times > usize::from(set_itself) {
            break;
        }
        chain.push(step);
    }
    chain
}
