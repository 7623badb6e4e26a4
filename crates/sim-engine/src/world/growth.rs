//! What is pending grows without an end: found long before there is no more room for it.
//!
//! It is looked at each time that twice as much is pending as ever before. A run is stopped only
//! where all of this is so: at this pace there is no room for what is pending by the deadline, and
//! the budget does not suffice until then; thousands of steps were made meanwhile, so it is no
//! broadcast; a good part of what is pending is of one kind from one node to one other; and neither
//! clients nor the workload asked for anything.

use sim_check::{Properties, SimTime};
use sim_node::{Duration, Node};

use super::pace::{Stretch, Way, by_then};
use super::{End, Phase, World};
use crate::queue::PENDING_MAX;
use crate::record::StepClass;

/// There is no room for so much, by far.
const ROOM: u128 = 4 * PENDING_MAX as u128;
/// Less than this is never too much.
const MUCH: usize = 1 << 16;
/// It is compared with what was pending so many doublings before.
const DOUBLINGS: usize = 3;
/// So many steps at least have to have made it so much.
const STEPS: u64 = 1_024;
/// One in so many at least is of one kind on one link.
const SHARE: u64 = 64;

/// How much was pending, and how far the run had come: at each of the last doublings, the latest
/// first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Growth([(usize, Way); DOUBLINGS]);

impl<N: Node, P: Properties<N>> World<N, P> {
    /// As much is pending as never before.
    pub(super) fn look_at_growth(&mut self) {
        let pending = self.agenda.pending();
        let (before, then) = self.memory.growth.0[DOUBLINGS - 1];
        self.memory.growth.0.rotate_right(1);
        self.memory.growth.0[0] = (pending, self.way());
        if pending < MUCH || before == 0 || matches!(self.phase, Phase::Over(_)) {
            return;
        }
        let Stretch { span, first, steps, left, served } = self.since(then);
        let never = by_then((pending - before) as u64, span, left) > ROOM
            && by_then(steps, span, left) > u128::from(self.spec.steps_max);
        if steps < STEPS || !never || served {
            return;
        }
        let asked = |step| self.record.get(step).is_some_and(|one| one.class == StepClass::Request);
        let Some((count, what)) = self.most_pending() else { return };
        if count < pending as u64 / SHARE || (first..self.steps).any(asked) {
            return;
        }
        let (span, now) = (Duration::from_nanos(span), SimTime::from_nanos(self.happened));
        self.phase = Phase::Over(End::Budget(format!(
            "what is pending grows without an end: from {before} to {pending} messages and events \
             within {span}, until {now}, {what}"
        )));
    }
}
