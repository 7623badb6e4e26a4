//! [`Causes`]: the faults that had a part in a story, in a sentence each. They are told before
//! everything else: of most stories they are the cause.

use std::collections::{BTreeMap, BTreeSet};

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Ender, FaultTime};

use crate::impairment::Impairment;
use crate::trace::{Disturbance, Incident, Trace};
use crate::undelivered::Undelivered;
use crate::words;

/// How many faults are told, and how many crashes of which no fault tells.
const FAULTS: usize = 6;
const CRASHES: usize = 3;

/// The faults that had a part in a story.
pub(super) struct Causes {
    /// A sentence each.
    pub(super) lines: Vec<String>,
    /// Their places in the scenario's list.
    pub(super) faults: BTreeSet<usize>,
}

/// A fault as far as a story goes.
struct Part<'t> {
    fault: usize,
    label: &'t str,
    /// When it took effect, and when it ended last.
    strikes: Vec<&'t Incident>,
    ended: Option<SimTime>,
    victims: BTreeSet<NodeId>,
}

/// How things stood when a story ended.
struct Conditions {
    in_force: BTreeSet<usize>,
    /// Who was down, and since when.
    down: BTreeMap<NodeId, SimTime>,
    /// What was lost on its way to those that were down.
    lost: BTreeMap<NodeId, String>,
}

impl Causes {
    /// Those of a violation at this step: the faults that struck one of these nodes until then.
    pub(super) fn of_violation(trace: &Trace, cast: &BTreeSet<NodeId>, step: u64) -> Self {
        let mut conditions = Conditions::at(trace, Some(step));
        // It is down no more if it is the one that makes the step.
        if let Some(row) = trace.step(step) {
            conditions.down.remove(&row.node);
        }
        let end = usize::try_from(step).unwrap_or(usize::MAX);
        let mut parts = parts(trace, end);
        parts.retain(|part| part.victims.is_empty() || !part.victims.is_disjoint(cast));
        let struck = |incident: &&Incident| {
            incident.after <= end && cast.iter().any(|node| incident.touches(*node))
        };
        let crashes = crashes(trace, struck);
        Self::told(trace, parts, &conditions, crashes)
    }

    /// Those of something that never happened: what was in force at the end and what had brought
    /// down those who were down then; where there is no such thing, all there was.
    pub(super) fn of_obligation(trace: &Trace) -> Self {
        let conditions = Conditions::at(trace, None);
        let mut parts = parts(trace, usize::MAX);
        let lasts = |part: &Part<'_>| {
            let is_down = |node: &NodeId| conditions.down.contains_key(node);
            conditions.in_force.contains(&part.fault) || part.victims.iter().any(is_down)
        };
        if parts.iter().any(lasts) {
            parts.retain(lasts);
        }
        Self::told(trace, parts, &conditions, crashes(trace, |_| true))
    }

    fn told(
        trace: &Trace,
        mut parts: Vec<Part<'_>>,
        conditions: &Conditions,
        crashes: Vec<String>,
    ) -> Self {
        // Of many faults the latest are told.
        parts.sort_by_key(|part| part.strikes.last().map(|strike| strike.after));
        let hidden = parts.len().saturating_sub(FAULTS);
        let mut parts = parts.split_off(hidden);
        parts.sort_by_key(|part| part.fault);
        let mut lines: Vec<String> =
            parts.iter().map(|part| part.sentence(trace, conditions)).collect();
        if hidden > 0 {
            lines.push(format!("{} before are not shown.", words::count(hidden as u64, "fault")));
        }
        lines.extend(crashes);
        Self { lines, faults: parts.iter().map(|part| part.fault).collect() }
    }
}

impl Conditions {
    fn at(trace: &Trace, step: Option<u64>) -> Self {
        let impairments = trace.impairments(step);
        let lost = Undelivered::to_crashed(trace, &impairments);
        let mut conditions = Self { in_force: BTreeSet::new(), down: BTreeMap::new(), lost };
        for impairment in &impairments {
            match impairment {
                Impairment::Down { node, since } => {
                    conditions.down.insert(*node, *since);
                }
                Impairment::Paused { fault, .. } | Impairment::Faulty { fault, .. } => {
                    conditions.in_force.insert(*fault);
                }
            }
        }
        conditions
    }
}

/// The faults that took effect among the first so many steps, in order of their first time. What
/// only ends other faults is none.
fn parts(trace: &Trace, end: usize) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for incident in trace.incidents.iter().filter(|incident| incident.after <= end) {
        let Disturbance::Fault { fault, kind, label, begins, victims } = &incident.what else {
            continue;
        };
        if let FaultTime::Momentary { ends: Some(Ender::Heal | Ender::Resume) } = kind.time {
            continue;
        }
        let known = parts.iter().position(|part| part.fault == *fault).unwrap_or_else(|| {
            let (strikes, victims) = (Vec::new(), BTreeSet::new());
            parts.push(Part { fault: *fault, label, strikes, ended: None, victims });
            parts.len() - 1
        });
        let part = &mut parts[known];
        match begins {
            true => {
                part.strikes.push(incident);
                part.victims.extend(victims);
            }
            false => part.ended = Some(incident.at),
        }
    }
    parts.retain(|part| !part.strikes.is_empty());
    parts
}

/// The last crashes of which no fault tells.
fn crashes(trace: &Trace, counts: impl Fn(&&Incident) -> bool) -> Vec<String> {
    let crashes = trace.incidents.iter().enumerate().rev();
    let untold = crashes.filter(|(index, incident)| {
        matches!(incident.what, Disturbance::Crash { .. })
            && !trace.is_told_by_its_fault(*index)
            && counts(incident)
    });
    let sentence = |(_, incident): (usize, &Incident)| match &incident.what {
        Disturbance::Crash { node, lost } => {
            format!("{node} crashed at {} and lost {lost}.", words::instant(incident.at))
        }
        _ => String::new(),
    };
    let mut told: Vec<String> = untold.take(CRASHES).map(sentence).collect();
    told.reverse();
    told
}

impl Part<'_> {
    /// "Fault 0, At("1s", Crash(who: Node(0))), took effect on n0 at 1s: n0 lost its whole disk; n0
    /// had been down since 1s."
    fn sentence(&self, trace: &Trace, conditions: &Conditions) -> String {
        let Self { fault, strikes, ended, victims, .. } = self;
        let label = words::as_written(self.label);
        let whom: Vec<NodeId> = victims.iter().copied().collect();
        let whom =
            if whom.is_empty() { String::new() } else { format!(" on {}", words::nodes(&whom)) };
        let at = |strike: &Incident| words::instant(strike.at);
        let when = match strikes.as_slice() {
            [] => String::new(),
            [one] => format!(" at {}", at(one)),
            [first, .., last] => {
                let times = words::times(strikes.len() as u64);
                format!(", {times} from {} to {}", at(first), at(last))
            }
        };
        let mut text = format!("Fault {fault}, {label}, took effect{whom}{when}");
        match ended {
            _ if conditions.in_force.contains(fault) => text.push_str(", and was still in force"),
            Some(ended) => text.push_str(&format!(", and ended at {}", words::instant(*ended))),
            None => {}
        }
        let lost = strikes.last().and_then(|strike| trace.lost_by(strike));
        if let Some(lost) = lost {
            let last = if strikes.len() > 1 { "the last time " } else { "" };
            text.push_str(&format!(": {last}{lost}"));
        }
        if strikes.iter().any(|strike| strike.is_crash_fault()) {
            for (node, since) in conditions.down.iter().filter(|(node, _)| victims.contains(node)) {
                text.push_str(&format!("; {node} had been down since {}", words::instant(*since)));
                if let Some(lost) = conditions.lost.get(node) {
                    text.push_str(&format!(", and {lost}"));
                }
            }
        }
        text + "."
    }
}
