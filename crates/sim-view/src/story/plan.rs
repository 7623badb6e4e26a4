//! [`Planner`]: chooses what is told of a chain, and what of the things around it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use sim_node::NodeId;

use super::chain::{Part, told};
use super::outline::Outline;
use crate::trace::{Event, Step, Trace};

/// How many steps that stand out are told between two steps of a chain, and how many faults and crashes.
const ASIDES: usize = 3;
const INCIDENTS: usize = 4;
/// From how many others it is told what a node heard last while it waited.
const HEARD: usize = 4;

/// A part of a chain with what happened between it and the part before it in time.
pub(super) struct Planned {
    pub(super) part: Part,
    /// The step whose cause it is.
    pub(super) effect: Option<u64>,
    /// Places in the trace's incidents, and steps, the latest first.
    pub(super) asides: Vec<Aside>,
}

pub(super) enum Aside {
    Incident(usize),
    Step(u64),
    /// What the node heard last from each of some others while it waited for its timer.
    Heard(Vec<u64>),
}

impl Aside {
    pub(super) fn steps(&self) -> &[u64] {
        match self {
            Self::Incident(_) => &[],
            Self::Step(step) => std::slice::from_ref(step),
            Self::Heard(steps) => steps,
        }
    }
}

/// Chooses what is told.
pub(super) struct Planner<'a> {
    pub(super) trace: &'a Trace,
    pub(super) outline: &'a Outline,
    pub(super) known: BTreeSet<u64>,
    pub(super) incidents: BTreeSet<usize>,
}

impl Planner<'_> {
    /// The chain that ends at this step, the latest part first.
    pub(super) fn plan(&mut self, root: u64) -> Vec<Planned> {
        let parts = told(self.trace, root, &self.known);
        let mut cast: BTreeSet<NodeId> = self.outline.focus.into_iter().collect();
        for part in &parts {
            let steps = part.wanted();
            cast.extend(steps.iter().filter_map(|step| Some(self.trace.step(*step)?.node)));
            self.known.extend(steps);
        }
        let mut plan: Vec<Planned> = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let effect = number.checked_sub(1).map(|before| parts[before].earliest());
            let cause = parts.get(number + 1).map(latest);
            let asides = match part {
                Part::Known(_) | Part::More { .. } => vec![],
                part => self.between(cause, part.earliest(), &cast),
            };
            plan.push(Planned { part: part.clone(), effect, asides });
        }
        plan
    }

    /// What happened after `cause` (or ever) and before `step`: faults and crashes of those who take part
    /// and of those that the node heard of while it waited; what stands out of the nodes of both steps
    /// and of the one that the claim is about.
    fn between(&mut self, cause: Option<u64>, step: u64, cast: &BTreeSet<NodeId>) -> Vec<Aside> {
        let after = cause.map_or(0, |cause| cause + 1);
        let heard = self.heard(after, step);
        let mut asides: Vec<(u64, bool, Aside)> = Vec::new();
        let mut touched = cast.clone();
        touched.extend(heard.iter().filter_map(|step| match self.trace.step(*step)?.event {
            Event::Message { from, .. } => Some(from),
            _ => None,
        }));
        let incidents: Vec<usize> = self
            .trace
            .incidents
            .iter()
            .enumerate()
            .rev()
            .filter(|(index, incident)| {
                (after..=step).contains(&(incident.after as u64))
                    && touched.iter().any(|node| incident.touches(*node))
                    && !self.incidents.contains(index)
                    && !self.trace.is_told_by_its_fault(*index)
            })
            .map(|(index, _)| index)
            .take(INCIDENTS)
            .collect();
        for index in incidents {
            self.incidents.insert(index);
            let at = self.trace.incidents[index].after as u64;
            asides.push((at, true, Aside::Incident(index)));
        }
        let nodes: BTreeSet<NodeId> = [cause, Some(step)]
            .into_iter()
            .flatten()
            .filter_map(|step| Some(self.trace.step(step)?.node))
            .chain(self.outline.focus)
            .collect();
        let notable: Vec<u64> = self
            .rows(after, step)
            .filter(|(index, row)| {
                row.notable && nodes.contains(&row.node) && !self.known.contains(index)
            })
            .map(|(index, _)| index)
            .take(ASIDES)
            .collect();
        for step in notable {
            self.known.insert(step);
            asides.push((step, false, Aside::Step(step)));
        }
        if let Some(latest) = heard.first() {
            asides.push((*latest, false, Aside::Heard(heard)));
        }
        asides.sort_by_key(|(at, incident, _)| Reverse((*at, !*incident)));
        asides.into_iter().map(|(_, _, aside)| aside).collect()
    }

    /// What the node of a step that its timer caused had heard since `after`: the latest of each kind
    /// from each other node, the latest first.
    fn heard(&self, after: u64, step: u64) -> Vec<u64> {
        let Some(waited) = self.trace.step(step) else { return vec![] };
        let Event::Timer(_) = waited.event else { return vec![] };
        let mut from_whom = Vec::new();
        let mut heard = Vec::new();
        for (index, row) in self.rows(after, step) {
            let Event::Message { from, .. } = row.event else { continue };
            if row.node != waited.node || from == row.node || from_whom.contains(&row.event) {
                continue;
            }
            from_whom.push(row.event);
            heard.push(index);
            if heard.len() == HEARD {
                break;
            }
        }
        heard
    }

    /// The steps from `after` up to, but not including, `until`, the latest first.
    fn rows(&self, after: u64, until: u64) -> impl Iterator<Item = (u64, &Step)> {
        let place = |step: u64| {
            usize::try_from(step)
                .map_or(self.trace.steps.len(), |at| at.min(self.trace.steps.len()))
        };
        let (from, to) = (place(after), place(until));
        let rows = self.trace.steps[from.min(to)..to].iter().enumerate().rev();
        rows.map(move |(index, row)| ((from + index) as u64, row))
    }
}

/// The latest step of a part.
fn latest(part: &Part) -> u64 {
    match part {
        Part::Hops(steps) => steps[0],
        part => part.earliest(),
    }
}
