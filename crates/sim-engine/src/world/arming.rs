//! When a trigger begins to wait for its occasion, and when it does so again.

use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::alerts::Where;
use super::{Pending, World};
use crate::plan::kind_named;
use crate::{Trigger, When};

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A fault is going to wait for its trigger, from its time on.
    pub(super) fn plan_trigger(&mut self, fault: u32, trigger: &Trigger) {
        match trigger.after {
            Some(after) if !after.is_zero() => {
                self.plan_first(after.as_nanos(), Pending::FaultWaits(fault));
            }
            _ => self.arm(fault),
        }
    }

    /// A fault begins to wait for its trigger.
    pub(super) fn arm(&mut self, fault: u32) {
        let spec = std::sync::Arc::clone(&self.spec);
        let When::On(trigger) = &spec.faults[fault as usize].when else { return };
        if self.network.is_calm() {
            return;
        }
        if trigger.once_per_node {
            for node in self.everybody() {
                self.wait_for(fault, trigger, Some(node));
            }
        } else {
            self.wait_for(fault, trigger, trigger.node().map(NodeId::new));
        }
    }

    /// A fault has struck and, if it is a lasting one, has ended. It waits for its occasion again
    /// if it is to strike every time.
    pub(super) fn arm_again(&mut self, fault: u32) {
        if let When::On(trigger) = &self.spec.faults[fault as usize].when
            && trigger.every
            && !trigger.once_per_node
            && !self.is_spent(fault, trigger)
        {
            self.arm(fault);
        }
    }

    /// A node sets a fault off: whether that counts.
    pub(super) fn goes_off(&mut self, fault: u32) -> bool {
        if let When::On(trigger) = &self.spec.faults[fault as usize].when
            && self.is_spent(fault, trigger)
        {
            return false;
        }
        self.faults[fault as usize].fired += 1;
        true
    }

    /// A fault was set off and does not strike: the next occasion will do, at the same node if
    /// each node sets it off once.
    pub(super) fn misfire(&mut self, fault: u32, node: NodeId) {
        let spec = std::sync::Arc::clone(&self.spec);
        let When::On(trigger) = &spec.faults[fault as usize].when else { return };
        self.faults[fault as usize].fired -= 1;
        let next = Trigger { nth: 1, ..trigger.clone() };
        let at = if trigger.once_per_node { Some(node) } else { trigger.node().map(NodeId::new) };
        self.wait_for(fault, &next, at);
    }

    /// Whether a fault holds already, or waits for somebody who fits its target.
    pub(super) fn is_engaged(&self, fault: u32) -> bool {
        self.faults[fault as usize].in_force || self.waiting.contains(&fault)
    }

    fn is_spent(&self, fault: u32, trigger: &Trigger) -> bool {
        trigger.limit.is_some_and(|limit| self.faults[fault as usize].fired >= limit)
    }

    fn wait_for(&mut self, fault: u32, trigger: &Trigger, node: Option<NodeId>) {
        let at = Where { node, peer: trigger.peer().map(NodeId::new) };
        self.alerts.wait(fault, trigger, at, kind_named::<N>);
    }
}
