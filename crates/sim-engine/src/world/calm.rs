//! The calm: the storm is over, and liveness is due inside the core.

use sim_check::{Core, Properties, SimTime, View};
use sim_node::{Node, NodeId};

use super::network::InCalm;
use super::nodes::Status;
use super::{World, view};
use crate::Observer;
use crate::chance::Stream;
use crate::fault::{FaultTime, InCalm as Then};

impl<N: Node, P: Properties<N>> World<N, P> {
    /// The storm ends: a drawn core of servers, none of them Byzantine, is up and connected for
    /// good. Servers outside it stay as they are: down, paused, or cut off; everybody who is not a
    /// server belongs to the core's side.
    pub(super) fn begin_calm<O: Observer<N> + ?Sized>(&mut self, watch: &mut O) {
        let Some(calm) = self.spec.calm else { return };
        self.end_strikes(watch);
        let core = self.draw_core();
        self.core = Some(core.iter().copied().collect());
        self.waiting.clear();
        for fault in 0..self.spec.faults.len() {
            self.end_for_calm(fault, watch);
        }
        self.alerts.clear();
        let (at, since) = (self.now, self.agenda.next_sequence());
        let inside = self.everybody().map(|node| self.in_calm_part(node)).collect();
        self.network.calm_down(InCalm { at, since, bound: calm.bound.as_nanos(), inside });
        for node in self.everybody().collect::<Vec<_>>() {
            // A node that has not crashed inside a step by now does not any more.
            self.cells[node.index()].pending_crash = None;
            self.status[node.index()].clear(Status::CRASH_PENDING);
            if !self.in_calm_part(node) {
                continue;
            }
            self.cells[node.index()].pauses.clear();
            self.cells[node.index()].start_waits = false;
            if self.status[node.index()].has(Status::UP) {
                self.turn_to_next(node);
            } else {
                self.restart_at(self.now, node);
            }
        }
        watch.calm(SimTime::from_nanos(self.now), &core);
        self.digest_states();
        let last = self.steps.saturating_sub(1);
        self.properties.calm(&view!(self, last));
    }

    fn draw_core(&mut self) -> Vec<NodeId> {
        let servers = (0..self.spec.servers).map(NodeId::new);
        let correct = servers.filter(|node| !self.byzantine.contains(*node));
        let servers: Vec<NodeId> = correct.collect();
        let count = match self.spec.core {
            Core::All => servers.len(),
            Core::Majority => self.spec.servers as usize / 2 + 1,
            Core::AtLeast(some) => some as usize,
            Core::Live => {
                let up = |node: &NodeId| self.status[node.index()].has(Status::UP);
                return servers.into_iter().filter(up).collect();
            }
        };
        Stream::of_the_core(self.chance.seed()).subset(servers, count)
    }

    /// Whether the calm brings a node back: the core, and everybody who is not a server.
    fn in_calm_part(&self, node: NodeId) -> bool {
        node.number() >= self.spec.servers
            || self.core.as_ref().is_some_and(|core| core.contains(&node))
    }

    /// Whether a node may start again: in the calm, nobody outside the core does.
    pub(super) fn may_return(&self, node: NodeId) -> bool {
        self.core.is_none() || self.in_calm_part(node)
    }

    /// What the calm makes of a fault. A cut that stays parts nobody inside the core any longer.
    fn end_for_calm<O: Observer<N> + ?Sized>(&mut self, fault: usize, watch: &mut O) {
        let index = u32::try_from(fault).expect("a scenario has fewer faults");
        let spec = std::sync::Arc::clone(&self.spec);
        let planned = &spec.faults[fault];
        match planned.kind().time {
            // Nothing of it is left.
            FaultTime::Momentary { .. } => {}
            FaultTime::Lasting { calm: Then::Ends, .. } => self.end_fault(index, watch),
            FaultTime::Lasting { calm: Then::Stays, .. } => {}
            FaultTime::Lasting { calm: Then::EndsInCore, .. } => {
                let core: Vec<NodeId> =
                    self.everybody().filter(|node| self.in_calm_part(*node)).collect();
                planned.fault.end(self, index, &core, watch);
            }
            FaultTime::Lasting { calm: Then::Stops, .. } => {
                self.faults[fault].in_force = false;
            }
        }
    }
}
