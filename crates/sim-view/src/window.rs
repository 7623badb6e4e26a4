//! [`Window`]: the part of a run that a trace shows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::RangeInclusive;

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Detail, Glance, Happening, Seen, Watcher};

use crate::trace::Replay;

/// How many steps are shown before and after the one that is asked for.
const AROUND: usize = 5;

/// The part of a run that a trace shows. Without any bound that is all of it.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Nothing before this time.
    pub from: Option<SimTime>,
    /// Only what happens to one of these nodes or is done by them; of all nodes when empty.
    pub nodes: BTreeSet<NodeId>,
    /// Only messages of these kinds; of all kinds when empty.
    pub kinds: BTreeSet<&'static str>,
    /// Only these steps, what they send, and what happens in between.
    pub steps: Option<RangeInclusive<u64>>,
    /// Who sends whom what, of the messages under way.
    under_way: BTreeMap<u64, (NodeId, NodeId, &'static str)>,
    /// How many steps have begun.
    begun: u64,
}

impl Window {
    /// The same, but only the five steps before and after this one, among those that it shows. The
    /// run is replayed once to find them.
    #[must_use]
    pub fn around(mut self, step: u64, replay: &mut Replay<'_>) -> Self {
        let mut near = Near {
            window: &mut self,
            step,
            before: VecDeque::with_capacity(AROUND + 1),
            after: Vec::with_capacity(AROUND),
        };
        replay(&mut near);
        let first = near.before.front().copied().unwrap_or(step).min(step);
        let last = near.after.last().copied().unwrap_or(step).max(step);
        self.steps = Some(first..=last);
        self.under_way.clear();
        self.begun = 0;
        self
    }

    /// Whether all of a run is shown.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.from.is_none()
            && self.nodes.is_empty()
            && self.kinds.is_empty()
            && self.steps.is_none()
    }

    /// How much of it is wanted by who wants `detail` of what is shown.
    #[must_use]
    pub fn wants(&self, glance: &Glance, detail: Detail) -> Detail {
        if self.shows(glance) {
            detail
        } else if self.is_everything() {
            Detail::Nothing
        } else {
            // Where a message is from must be known when it arrives or is lost.
            Detail::Skeleton
        }
    }

    fn shows(&self, glance: &Glance) -> bool {
        let Glance { step, at, node, twin: _, peer, kind, is_send, is_lost } = *glance;
        // Of what others send to a node, its arrival is shown, and that it never will arrive.
        let about = self.nodes.is_empty()
            || self.nodes.contains(&node)
            || is_send && is_lost && peer.is_some_and(|peer| self.nodes.contains(&peer));
        let fits = self.kinds.is_empty() || kind.is_some_and(|kind| self.kinds.contains(kind));
        about && fits && self.is_in_time(at, step)
    }

    fn is_in_time(&self, at: SimTime, step: u64) -> bool {
        self.from.is_none_or(|from| at >= from)
            && self.steps.as_ref().is_none_or(|steps| steps.contains(&step))
    }

    /// Whether a kind of message is shown.
    #[must_use]
    pub fn shows_kind(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.contains(kind)
    }

    /// Whether it is shown; to be told of everything, in order.
    pub fn sees(&mut self, seen: &Seen) -> bool {
        match seen {
            Seen::Step { step, at, node, twin, what, .. } => {
                self.begun = *step + 1;
                let (peer, kind) = match what {
                    Happening::Message { message, from, kind, .. } => {
                        message.map(|message| self.under_way.remove(&message));
                        (Some(*from), Some(*kind))
                    }
                    _ => (None, None),
                };
                self.shows(&Glance {
                    step: *step,
                    at: *at,
                    node: *node,
                    twin: *twin,
                    peer,
                    kind,
                    is_send: false,
                    is_lost: false,
                })
            }
            Seen::Sent { message, at, step, from, twin, to, kind, lost, .. } => {
                if lost.is_none() {
                    self.under_way.insert(*message, (*from, *to, kind));
                }
                self.shows(&Glance {
                    step: *step,
                    at: *at,
                    node: *from,
                    twin: *twin,
                    peer: Some(*to),
                    kind: Some(kind),
                    is_send: true,
                    is_lost: lost.is_some(),
                })
            }
            Seen::Released { message, at, .. } => {
                let Some((from, to, kind)) = self.under_way.get(message) else {
                    return self.is_everything();
                };
                let about =
                    self.nodes.is_empty() || self.nodes.contains(from) || self.nodes.contains(to);
                about && self.shows_kind(kind) && self.is_in_time(*at, self.begun)
            }
            Seen::Lost { message, at, .. } => {
                let Some((from, to, kind)) = self.under_way.remove(message) else {
                    return self.is_everything();
                };
                let about =
                    self.nodes.is_empty() || self.nodes.contains(&from) || self.nodes.contains(&to);
                about && self.shows_kind(kind) && self.is_in_time(*at, self.begun)
            }
            Seen::Fault { at, victims, .. } => {
                let about =
                    self.nodes.is_empty() || victims.iter().any(|node| self.nodes.contains(node));
                about && self.is_in_time(*at, self.begun)
            }
            Seen::Crashed { at, node, .. } => {
                let about = self.nodes.is_empty() || self.nodes.contains(node);
                about && self.is_in_time(*at, self.begun)
            }
            Seen::Calm { at, .. } => self.is_in_time(*at, self.begun),
        }
    }
}

/// Finds the steps before and after one that a window shows.
struct Near<'w> {
    window: &'w mut Window,
    step: u64,
    before: VecDeque<u64>,
    after: Vec<u64>,
}

impl Watcher for Near<'_> {
    fn wants(&self, _: &Glance) -> Detail {
        if self.after.len() < AROUND { Detail::Skeleton } else { Detail::Nothing }
    }

    fn see(&mut self, seen: Seen) {
        if !self.window.sees(&seen) {
            return;
        }
        let Seen::Step { step, .. } = seen else { return };
        if step < self.step {
            self.before.push_back(step);
            if self.before.len() > AROUND {
                self.before.pop_front();
            }
        } else if step > self.step && self.after.len() < AROUND {
            self.after.push(step);
        }
    }
}
