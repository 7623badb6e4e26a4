//! What became of the requests of the workload: whether they reached their node, and what the
//! protocol tells of them. It is for people; nothing in a run depends on it.

use sim_check::{Properties, SimTime};
use sim_node::{Node, NodeId, RequestId, RequestOutcome};

use super::World;
use crate::RequestReport;
use crate::outcome::Refusal;

/// What became of each.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    /// By their place in the workload.
    fates: Vec<Fate>,
    /// The last one that a node has begun to handle.
    pub(super) handled: RequestId,
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
pub(super) struct Told {
    /// How many effects the step had by then: told and done up to there, or not at all.
    pub(super) place: usize,
    pub(super) request: RequestId,
    pub(super) outcome: RequestOutcome,
}

impl Requests {
    pub(super) fn new(count: usize) -> Self {
        Self { fates: vec![Fate::default(); count], handled: RequestId::new(0) }
    }

    /// A request came to a node that was down, or waited there when it crashed.
    #[cold]
    pub(super) fn lose(&mut self, index: u32, now: u64) {
        self.fates[index as usize].lost = Some(now);
    }

    /// A node handles a request.
    fn take(&mut self, index: u32, now: u64) {
        self.fates[index as usize].taken = Some(now);
        self.handled = RequestId::new(index);
    }

    /// A node tells something of a request that was taken. What is done stays done; of refusals,
    /// the first counts.
    fn tell(&mut self, now: u64, node: NodeId, told: Told) {
        let Some(fate) = self.fates.get_mut(told.request.number() as usize) else { return };
        match told.outcome {
            _ if fate.taken.is_none() || fate.done.is_some() => {}
            RequestOutcome::Done => fate.done = Some((now, node)),
            RequestOutcome::Refused(why) => {
                fate.refused.get_or_insert((now, node, why));
            }
        }
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A node handles a request of the workload. Returns what it asks for.
    pub(super) fn take_request(&mut self, index: u32) -> N::Request {
        self.requests.take(index, self.now);
        self.spec.requests[index as usize].2.clone()
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
