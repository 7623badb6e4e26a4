//! What became of the requests of the workload: whether they reached their node, and what the
//! protocol tells of them. It is for people; nothing in a run depends on it.

use std::collections::BTreeMap;

use sim_check::{Properties, SimTime};
use sim_node::{Node, NodeId, RequestOutcome};

use super::World;
use crate::RequestReport;
use crate::outcome::Refusal;

/// Of a protocol whose requests are `R`.
#[derive(Clone, Debug)]
pub(super) struct Requests<R> {
    /// By their place in the workload.
    fates: Vec<Fate>,
    /// Those that nodes have handled, by what they ask for and of whom.
    taken: BTreeMap<R, BTreeMap<NodeId, Taken>>,
}

/// Requests of one node for the same, by their places; those that are done are gone.
#[derive(Clone, Debug, Default)]
struct Taken {
    fresh: Vec<u32>,
    refused: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct Fate {
    lost: Option<u64>,
    taken: Option<u64>,
    refused: Option<(u64, NodeId, String)>,
    done: Option<(u64, NodeId)>,
}

/// What a handler has told of a request.
#[derive(Clone, Debug)]
pub(super) struct Told<R> {
    /// How many effects the step had by then: told and done up to there, or not at all.
    pub(super) place: usize,
    pub(super) request: R,
    pub(super) outcome: RequestOutcome,
}

impl<R: Ord + Clone> Requests<R> {
    pub(super) fn new(count: usize) -> Self {
        Self { fates: vec![Fate::default(); count], taken: BTreeMap::new() }
    }

    /// A request came to a node that was down, or waited there when it crashed.
    #[cold]
    pub(super) fn lose(&mut self, index: u32, now: u64) {
        self.fates[index as usize].lost = Some(now);
    }

    /// A node handles a request.
    fn take(&mut self, index: u32, node: NodeId, request: &R, now: u64) {
        self.fates[index as usize].taken = Some(now);
        let of_value = self.taken.entry(request.clone()).or_default();
        of_value.entry(node).or_default().fresh.push(index);
    }

    /// A node tells something of a request. Done are those that it was asked for itself, or else
    /// all that ask for the same; refused are those of them that were not refused yet, or else all.
    fn tell(&mut self, now: u64, node: NodeId, told: Told<R>) {
        let Told { request, outcome, .. } = told;
        let Some(taken) = self.taken.get_mut(&request) else { return };
        match outcome {
            RequestOutcome::Done => {
                let is_own = taken.contains_key(&node);
                let meant = taken.iter_mut().filter(|(asked, _)| !is_own || **asked == node);
                for index in
                    meant.flat_map(|(_, of)| of.fresh.drain(..).chain(of.refused.drain(..)))
                {
                    self.fates[index as usize].done = Some((now, node));
                }
            }
            RequestOutcome::Refused(why) => {
                let is_own = taken.get(&node).is_some_and(|own| !own.fresh.is_empty());
                for (_, of) in taken.iter_mut().filter(|(asked, _)| !is_own || **asked == node) {
                    for index in of.fresh.drain(..) {
                        self.fates[index as usize].refused = Some((now, node, why.clone()));
                        of.refused.push(index);
                    }
                }
            }
        }
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A node handles a request of the workload. Returns what it asks for.
    pub(super) fn take_request(&mut self, index: u32) -> N::Request {
        let (_, node, request) = &self.spec.requests[index as usize];
        self.requests.take(index, *node, request, self.now);
        request.clone()
    }

    /// Takes down what the step has told of requests.
    #[cold]
    pub(super) fn note_outcomes(&mut self, node: NodeId) {
        for told in self.told.drain(..) {
            self.requests.tell(self.now, node, told);
        }
    }

    pub(super) fn request_reports(&self) -> Vec<RequestReport> {
        let planned = self.spec.requests.iter().zip(&self.requests.fates);
        let report = |((at, node, _), fate): (&(SimTime, NodeId, N::Request), &Fate)| {
            let refused = fate.refused.as_ref().map(|(time, by, why)| Refusal {
                at: SimTime::from_nanos(*time),
                by: *by,
                why: why.clone(),
            });
            RequestReport {
                at: *at,
                node: *node,
                lost: fate.lost.map(SimTime::from_nanos),
                taken: fate.taken.map(SimTime::from_nanos),
                refused,
                done: fate.done.map(|(time, by)| (SimTime::from_nanos(time), by)),
            }
        };
        planned.map(report).collect()
    }
}
