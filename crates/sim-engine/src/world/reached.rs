//! What a run has reached: the marks of its protocol, and the situations that its scenario demands.

use sim_check::{Properties, SimTime};
use sim_node::{Class, Node, NodeId, grouped};

use super::World;
use crate::outcome::{MarkReport, ReachReport};
use crate::{Reach, Situation};

/// What the scenario demands, by what has to happen. Something that happens costs what it is
/// counted by, however many demands wait for it to happen a number of times.
#[derive(Clone, Debug, Default)]
pub(super) struct Demands {
    counters: Vec<Counter>,
    /// By the index of a kind of message, the counters of those that are sent.
    sent: Vec<Vec<usize>>,
    /// By demand: its counter, and when it was met.
    demands: Vec<(usize, Option<u64>)>,
}

/// How often something has happened, at any node or at one.
#[derive(Clone, Debug)]
struct Counter {
    what: Situation,
    at: Option<u32>,
    times: u64,
    /// The demands for it by the number of times, of which those before `next` are met.
    wanted: Vec<(u64, usize)>,
    next: usize,
}

impl Demands {
    /// Those of a scenario, of messages of these kinds.
    pub(super) fn new(reaches: &[Reach], kinds: &[(&'static str, Class)]) -> Self {
        let mut all = Self { sent: vec![Vec::new(); kinds.len()], ..Self::default() };
        for (place, Reach { what, at, times, .. }) in reaches.iter().enumerate() {
            let known = all.counters.iter().position(|one| one.what == *what && one.at == *at);
            let counter = known.unwrap_or_else(|| {
                let (what, wanted) = (what.clone(), Vec::new());
                all.counters.push(Counter { what, at: *at, times: 0, wanted, next: 0 });
                all.counters.len() - 1
            });
            all.counters[counter].wanted.push((*times, place));
            all.demands.push((counter, None));
        }
        for (place, counter) in all.counters.iter_mut().enumerate() {
            counter.wanted.sort_unstable();
            if let Situation::Sent(name) = &counter.what
                && let Some(kind) = kinds.iter().position(|(kind, _)| kind == name)
            {
                all.sent[kind].push(place);
            }
        }
        all
    }

    pub(super) fn is_empty(&self) -> bool {
        self.demands.is_empty()
    }

    /// What this counter counts has happened, at this node if at any.
    fn happened(&mut self, counter: usize, node: Option<NodeId>, now: u64) {
        let Counter { at, times, wanted, next, .. } = &mut self.counters[counter];
        let there = at.is_none_or(|at| node.is_none_or(|node| node.number() == at));
        if !there {
            return;
        }
        *times += 1;
        while let Some((_, demand)) = wanted.get(*next).filter(|(wanted, _)| wanted <= times) {
            self.demands[*demand].1 = Some(now);
            *next += 1;
        }
    }

    /// How often each demand has come about, and when it was met, in the scenario's order.
    fn iter(&self) -> impl Iterator<Item = (u64, Option<u64>)> {
        self.demands.iter().map(|(counter, met)| (self.counters[*counter].times, *met))
    }
}

/// A mark that nodes have emitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marked {
    name: &'static str,
    times: u64,
    first: u64,
    node: NodeId,
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A node emits a mark.
    pub(super) fn note_mark(&mut self, node: NodeId, name: &'static str) {
        match self.marks.iter_mut().find(|mark| mark.name == name) {
            Some(mark) => mark.times += 1,
            None => self.marks.push(Marked { name, times: 1, first: self.now, node }),
        }
        if !self.reached.is_empty() {
            self.reach(Some(node), |what| matches!(what, Situation::Mark(mark) if mark == name));
        }
    }

    /// A node has another role, or none, than before its step.
    #[cold]
    pub(super) fn note_role_reached(&mut self, node: NodeId) {
        let Some(role) = self.roles[node.index()] else { return };
        self.reach(Some(node), |what| matches!(what, Situation::Role(name) if name == role.name));
    }

    /// A message has left a node.
    #[cold]
    pub(super) fn note_sent(&mut self, node: NodeId, kind: usize) {
        for place in 0..self.reached.sent[kind].len() {
            let counter = self.reached.sent[kind][place];
            self.reached.happened(counter, Some(node), self.now);
        }
    }

    /// A fault has struck.
    pub(super) fn note_struck(&mut self, fault: u32) {
        let id = self.spec.faults[fault as usize].id;
        self.reach(None, |what| matches!(what, Situation::Struck(ids) if ids.contains(&id)));
    }

    /// Something has happened, at this node.
    fn reach(&mut self, node: Option<NodeId>, is: impl Fn(&Situation) -> bool) {
        for counter in 0..self.reached.counters.len() {
            if is(&self.reached.counters[counter].what) {
                self.reached.happened(counter, node, self.now);
            }
        }
    }

    pub(super) fn mark_reports(&self) -> Vec<MarkReport> {
        let marks = self.marks.iter();
        marks
            .map(|&Marked { name, times, first, node }| MarkReport {
                name,
                times,
                first: SimTime::from_nanos(first),
                node,
            })
            .collect()
    }

    pub(super) fn reach_reports(&self) -> Vec<ReachReport> {
        let report = |(reach, (times, met)): (&Reach, (u64, Option<u64>))| ReachReport {
            wanted: reach.times,
            times,
            reached: met.map(SimTime::from_nanos),
        };
        self.spec.reaches.iter().zip(self.reached.iter()).map(report).collect()
    }

    /// What the scenario demands and the run has not reached, in words.
    pub(super) fn missed(&self) -> Option<String> {
        let missed = self.spec.reaches.iter().zip(self.reached.iter());
        let missed: Vec<String> = missed
            .filter(|(_, (_, met))| met.is_none())
            .map(|(reach, (times, _))| match reach.times {
                1 => format!("`{}`", reach.label),
                wanted => {
                    let (times, wanted) = (grouped(times), grouped(wanted));
                    format!("`{}` ({times} of {wanted} times)", reach.label)
                }
            })
            .collect();
        if missed.is_empty() {
            return None;
        }
        Some(format!("the run did not reach {}", missed.join(" and ")))
    }
}
