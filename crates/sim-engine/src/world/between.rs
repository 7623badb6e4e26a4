//! Strikes between the effects of a step: the first of them take place, then a fault strikes the
//! node. What a barrier holds takes place when it is released, so the strike waits for that.

use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::World;
use super::nodes::Status;
use crate::fault::InStep;
use crate::{DiskLoss, Observer, Strike};

/// What strikes a node between two effects of its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Between {
    /// It crashes, by this fault: what becomes of its disk, and how long it is down. The rest of
    /// the step never takes place.
    Crashes(u32, DiskLoss, Option<u64>),
    /// This mobile fault isolates it.
    Isolates(u32),
    /// This fault has waited for a message to leave.
    Fires(u32),
}

/// A strike that waits until some of what barriers hold has left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delayed {
    /// How many of what is held have to leave before.
    left: usize,
    strike: Between,
}

impl Delayed {
    /// Whether the node crashes. Until then it handles nothing: in the order of its program, what
    /// it would handle comes after what it has not yet sent.
    pub(super) fn is_crash(&self) -> bool {
        matches!(self.strike, Between::Crashes(..))
    }
}

impl Between {
    fn fault(self) -> u32 {
        match self {
            Self::Crashes(fault, ..) | Self::Isolates(fault) | Self::Fires(fault) => fault,
        }
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Lets a step's effects happen, up to the place of each strike, in order; then it strikes, or
    /// waits until what a barrier holds of them has left.
    #[cold]
    pub(super) fn perform_between<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        step: u64,
        strikes: Vec<(usize, Between)>,
        watch: &mut O,
    ) {
        let (before, mut performed) = (self.held(node), 0);
        for (place, strike) in strikes {
            let some = place.saturating_sub(performed).min(self.effects.len());
            let rest = self.effects.split_off(some);
            self.perform(node, step, watch);
            self.effects = rest;
            performed += some;
            let held = self.held(node);
            if held > before {
                self.delay(node, Delayed { left: held, strike }, watch);
            } else {
                self.strike_between(node, strike, watch);
            }
            if self.waits_to_crash(node) || !self.status[node.index()].has(Status::UP) {
                return self.effects.clear();
            }
        }
        self.perform(node, step, watch);
    }

    /// How much the barriers of a node hold.
    fn held(&self, node: NodeId) -> usize {
        match self.status[node.index()].has(Status::HOLDS) {
            true => self.cells[node.index()].disk.held().count(),
            false => 0,
        }
    }

    fn delay<O: Observer<N> + ?Sized>(&mut self, node: NodeId, delayed: Delayed, watch: &mut O) {
        self.cells[node.index()].strikes.push(delayed);
        self.status[node.index()].set(Status::STRUCK);
        if delayed.is_crash() {
            self.status[node.index()].set(Status::BUSY);
            // What is free already would have left after what waits in its queue.
            self.release(node, watch);
        }
    }

    /// Whether a node has made its last step and waits for a sync, behind which it sends the last
    /// of its messages and crashes.
    pub(super) fn waits_to_crash(&self, node: NodeId) -> bool {
        self.status[node.index()].has(Status::STRUCK)
            && self.cells[node.index()].strikes.iter().any(Delayed::is_crash)
    }

    /// Something that a barrier held has left: what waited for it strikes. Returns whether the
    /// node is down by that.
    #[cold]
    pub(super) fn strike_after_release<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        watch: &mut O,
    ) -> bool {
        let strikes = &mut self.cells[node.index()].strikes;
        strikes.iter_mut().for_each(|delayed| delayed.left -= 1);
        let due = strikes.iter().take_while(|delayed| delayed.left == 0).count();
        let due: Vec<Delayed> = strikes.drain(..due).collect();
        let waits = !strikes.is_empty();
        self.status[node.index()].put(Status::STRUCK, waits);
        for Delayed { strike, .. } in due {
            self.strike_between(node, strike, watch);
            if !self.status[node.index()].has(Status::UP) {
                return true;
            }
        }
        false
    }

    fn strike_between<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        strike: Between,
        watch: &mut O,
    ) {
        let is_over = !self.faults[strike.fault() as usize].in_force;
        match strike {
            Between::Crashes(fault, loss, down) => {
                self.crash_in_step(node, fault, (loss, down), watch);
                if is_over && self.is_mobile(fault) {
                    // Nobody else will be struck, to give this one back.
                    self.give_back(fault, Strike::Crash);
                }
            }
            Between::Isolates(_) if is_over => {}
            Between::Isolates(fault) => self.strike_by_mobile(fault, node, watch),
            Between::Fires(fault) => self.fire(fault, node, watch),
        }
    }

    fn is_mobile(&self, fault: u32) -> bool {
        matches!(self.spec.faults[fault as usize].fault.facts().step, InStep::Each { .. })
    }

    /// A node goes down by something else: what waited to strike it waits for its occasion again.
    pub(super) fn forget_strikes(&mut self, node: NodeId) {
        self.status[node.index()].clear(Status::STRUCK);
        for Delayed { strike, .. } in std::mem::take(&mut self.cells[node.index()].strikes) {
            let fault = strike.fault();
            if !self.is_mobile(fault) {
                self.misfire(fault, node);
            }
        }
    }

    /// The calm comes: a node that waits to crash crashes now, and what waits to strike a node does
    /// not any more.
    pub(super) fn end_strikes<O: Observer<N> + ?Sized>(&mut self, watch: &mut O) {
        for node in self.everybody().collect::<Vec<_>>() {
            if !self.status[node.index()].has(Status::STRUCK) {
                continue;
            }
            self.status[node.index()].clear(Status::STRUCK);
            let strikes = std::mem::take(&mut self.cells[node.index()].strikes);
            if let Some(crash) = strikes.iter().find(|delayed| delayed.is_crash()) {
                self.strike_between(node, crash.strike, watch);
            }
        }
    }
}
