//! [`Planner`]: chooses what is told of a chain, and what of the things around it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use sim_node::NodeId;

use super::chain::{FEW_SENTENCES, Part, SENTENCES, told};
use super::outline::Outline;
use crate::causes::Silence;
use crate::trace::{Event, Step, Trace};

/// How many notable steps are told between two steps of a chain, and how many faults and crashes.
const ASIDES: usize = 3;
const INCIDENTS: usize = 4;
/// How often a notable step may have happened to be worth a sentence.
const USUAL: usize = 2;
/// From how many other nodes it is told what a node received last while it waited.
const RECEIVED: usize = 4;
/// Of how many other nodes it is told why nothing arrived from them.
const SILENT: usize = 4;

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
    /// A notable step, and how often the like of it had happened, since which step.
    Step {
        step: u64,
        times: usize,
        first: u64,
    },
    /// What the node received last from each of some other nodes while it waited for its timer.
    Received(Vec<u64>),
    /// From which nodes it received nothing while it waited, and why.
    Silent(Vec<(NodeId, Silence)>),
}

impl Aside {
    /// The other nodes that it tells of.
    pub(super) fn cast(&self, trace: &Trace) -> Vec<NodeId> {
        match self {
            Self::Incident(_) | Self::Step { .. } => vec![],
            Self::Silent(silent) => silent.iter().map(|(node, _)| *node).collect(),
            Self::Received(steps) => {
                let sender = |step: &u64| match trace.step(*step)?.event {
                    Event::Message { from, .. } => Some(from),
                    _ => None,
                };
                steps.iter().filter_map(sender).collect()
            }
        }
    }

    pub(super) fn steps(&self) -> &[u64] {
        match self {
            Self::Incident(_) | Self::Silent(_) => &[],
            Self::Step { step, .. } => std::slice::from_ref(step),
            Self::Received(steps) => steps,
        }
    }
}

/// Chooses what is told.
pub(super) struct Planner<'a> {
    pub(super) trace: &'a Trace,
    pub(super) outline: &'a Outline,
    pub(super) known: BTreeSet<u64>,
    pub(super) incidents: BTreeSet<usize>,
    /// Receiver and silent sender, of the pairs that have been told.
    pub(super) silent: BTreeSet<(NodeId, NodeId)>,
}

impl Planner<'_> {
    /// The chain that ends at this step, the latest part first.
    pub(super) fn plan(&mut self, root: u64) -> Vec<Planned> {
        let most = if self.outline.obligation { FEW_SENTENCES } else { SENTENCES };
        let parts = told(self.trace, root, &self.known, most);
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
                part => {
                    let mut asides = self.between(cause, part.earliest(), &cast);
                    if let Part::Step(step) = part {
                        asides.extend(self.silence(*step));
                    }
                    asides
                }
            };
            plan.push(Planned { part: part.clone(), effect, asides });
        }
        plan
    }

    /// What happened after `cause` (or ever) and before `step`: faults and crashes of the
    /// nodes that take part and of those from which the node received something while it waited;
    /// notable steps of the nodes of both steps and of the one that the claim is about.
    fn between(&mut self, cause: Option<u64>, step: u64, cast: &BTreeSet<NodeId>) -> Vec<Aside> {
        let after = cause.map_or(0, |cause| cause + 1);
        let mut received = self.trace.received(step, RECEIVED);
        received.retain(|step| !self.known.contains(step));
        let mut asides: Vec<(u64, bool, Aside)> = Vec::new();
        let mut touched = cast.clone();
        touched.extend(received.iter().filter_map(|step| match self.trace.step(*step)?.event {
            Event::Message { from, .. } => Some(from),
            _ => None,
        }));
        touched.extend(self.trace.silent(step, SILENT).into_iter().map(|(node, _)| node));
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
        let mut alike: Vec<(Step, Vec<u64>)> = Vec::new();
        for (index, row) in self.trace.rows(after, step) {
            if !row.notable || !nodes.contains(&row.node) || self.known.contains(&index) {
                continue;
            }
            let same = |(other, _): &&mut (Step, Vec<u64>)| other.is_like(row);
            let has_room = alike.len() < ASIDES;
            match alike.iter_mut().find(same) {
                Some((_, steps)) => steps.push(index),
                None if has_room => alike.push((*row, vec![index])),
                None => {}
            }
        }
        // What happens again and again is the usual course of things.
        for (_, steps) in alike.into_iter().filter(|(_, steps)| steps.len() <= USUAL) {
            let (step, first) = (steps[0], *steps.last().expect("it has steps"));
            self.known.extend(&steps);
            asides.push((step, false, Aside::Step { step, times: steps.len(), first }));
        }
        if let Some(latest) = received.first() {
            asides.push((*latest, false, Aside::Received(received)));
        }
        asides.sort_by_key(|(at, incident, _)| Reverse((*at, !*incident)));
        asides.into_iter().map(|(_, _, aside)| aside).collect()
    }

    /// From which nodes a node received nothing while it waited, unless that was told before.
    fn silence(&mut self, step: u64) -> Option<Aside> {
        let node = self.trace.step(step)?.node;
        let mut silent = self.trace.silent(step, SILENT);
        silent.retain(|(other, _)| self.silent.insert((node, *other)));
        (!silent.is_empty()).then_some(Aside::Silent(silent))
    }
}

/// The latest step of a part.
fn latest(part: &Part) -> u64 {
    match part {
        Part::Hops(steps) => steps[0],
        part => part.earliest(),
    }
}
