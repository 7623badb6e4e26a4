//! What a run has reached: the marks of its protocol, and the situations that its scenario demands.

use sim_check::{Properties, SimTime};
use sim_node::{Message, Node, NodeId, grouped};

use super::World;
use crate::outcome::{MarkReport, ReachReport};
use crate::{Reach, Situation};

/// How often something has happened, and when first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reached {
    times: u64,
    first: Option<u64>,
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
        let name = N::Message::KINDS[kind].0;
        self.reach(Some(node), |what| matches!(what, Situation::Sent(kind) if kind == name));
    }

    /// A fault has struck.
    pub(super) fn note_struck(&mut self, fault: u32) {
        let id = self.spec.faults[fault as usize].id;
        self.reach(None, |what| matches!(what, Situation::Struck(ids) if ids.contains(&id)));
    }

    /// Something has happened, at this node.
    fn reach(&mut self, node: Option<NodeId>, is: impl Fn(&Situation) -> bool) {
        for (reach, reached) in self.spec.reaches.iter().zip(&mut self.reached) {
            let there = reach.at.is_none_or(|at| node.is_none_or(|node| node.number() == at));
            if there && is(&reach.what) {
                reached.times += 1;
                if reached.times == reach.times {
                    reached.first = Some(self.now);
                }
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
        let report = |(reach, reached): (&Reach, &Reached)| ReachReport {
            wanted: reach.times,
            times: reached.times,
            reached: reached.first.map(SimTime::from_nanos),
        };
        self.spec.reaches.iter().zip(&self.reached).map(report).collect()
    }

    /// What the scenario demands and the run has not reached, in words.
    pub(super) fn missed(&self) -> Option<String> {
        let missed = self.spec.reaches.iter().zip(&self.reached);
        let missed: Vec<String> = missed
            .filter(|(_, reached)| reached.first.is_none())
            .map(|(reach, reached)| match reach.times {
                1 => format!("`{}`", reach.label),
                wanted => {
                    let (times, wanted) = (grouped(reached.times), grouped(wanted));
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
