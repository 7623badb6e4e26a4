//! Twins: a second instance of a node, with the same identity and the same disk at the split. The
//! world runs it in a place behind those of the nodes, with chance of its own; each of the two is
//! seen by one part of the network.

use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::network::Envelope;
use super::nodes::{Cell, Status};
use super::{World, faults::ClockUse};
use crate::Observer;

/// A node that has been split.
#[derive(Clone, Debug)]
pub(super) struct Twin {
    fault: u32,
    /// Its identity, which is the place of the first instance.
    of: NodeId,
    /// The place of the second instance.
    second: NodeId,
    /// Who sees the second instance, by number; the others see the first.
    sees: Vec<bool>,
    /// Whether the workload asks the second instance next.
    asks_second: bool,
    ended: bool,
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Whether a node has two instances now.
    pub(super) fn is_split(&self) -> bool {
        self.twins.iter().any(|twin| !twin.ended)
    }

    fn twin(&self, of: NodeId) -> Option<&Twin> {
        self.twins.iter().find(|twin| !twin.ended && twin.of == of)
    }

    /// The node of an instance.
    #[inline]
    pub(super) fn identity(&self, instance: NodeId) -> NodeId {
        if self.twins.is_empty() { instance } else { self.find_identity(instance) }
    }

    #[cold]
    fn find_identity(&self, instance: NodeId) -> NodeId {
        self.twins.iter().find(|twin| twin.second == instance).map_or(instance, |twin| twin.of)
    }

    /// The instance that has sent a message.
    #[inline]
    pub(super) fn sender(&self, envelope: &Envelope) -> NodeId {
        match envelope.twin {
            true => self.twin(envelope.from).map_or(envelope.from, |twin| twin.second),
            false => envelope.from,
        }
    }

    /// The instance that a message comes to: the one that its sender sees. Of two split nodes the
    /// first instances see each other, and the second ones; `is_second` says which one has sent it.
    #[inline]
    pub(super) fn receiver(&self, from: NodeId, to: NodeId, is_second: bool) -> NodeId {
        if self.twins.is_empty() { to } else { self.find_receiver(from, to, is_second) }
    }

    #[cold]
    fn find_receiver(&self, from: NodeId, to: NodeId, is_second: bool) -> NodeId {
        let Some(twin) = self.twin(to) else { return to };
        let sees_second = match self.twin(from) {
            Some(_) => is_second,
            None => twin.sees[from.index()],
        };
        if sees_second { twin.second } else { to }
    }

    /// Whether a message is for somebody who sees the other instance of its sender.
    pub(super) fn withholds(&self, envelope: &Envelope, to: NodeId) -> bool {
        let Some(twin) = self.twin(envelope.from) else { return false };
        self.twin(to).is_none() && twin.sees[to.index()] != envelope.twin
    }

    /// Whom a request of the workload for a node comes to: the two instances take turns, and the
    /// first begins.
    pub(super) fn asked(&mut self, node: NodeId) -> NodeId {
        let Some(twin) = self.twins.iter_mut().find(|twin| !twin.ended && twin.of == node) else {
            return node;
        };
        let asks_second = twin.asks_second;
        twin.asks_second = !asks_second;
        if asks_second { twin.second } else { node }
    }

    /// A second instance of a node starts, with what is durable on its disk. A node that has two
    /// already stays as it is; returns whether it did not.
    pub(super) fn split(&mut self, fault: u32, of: NodeId, sees: Vec<bool>) -> bool {
        if self.twin(of).is_some() {
            return false;
        }
        self.touch(fault);
        let second = NodeId::new(u32::try_from(self.states.len()).expect("numbers are 32 bits"));
        self.twins.push(Twin { fault, of, second, sees, asks_second: false, ended: false });
        self.states.push(None);
        self.incarnations.push(0);
        self.status.push(Status::default());
        let serves = self.serves_by_itself(of);
        self.status[second.index()].put(Status::SERVES, serves);
        let durable = (*self.cells[of.index()].disk).clone();
        self.cells.push(Cell::new(durable));
        if let Some(config) = self.configs.get(of.index()).cloned() {
            self.configs.push(config);
        }
        if let Some(clock) = self.clocks.get(of.index()).cloned() {
            self.clocks.push(clock);
            self.clock_use.push(ClockUse::default());
        }
        self.chance.grow(self.states.len());
        self.betray(fault, &[of, second]);
        self.restart_at(self.now, second);
        self.watch_senders();
        true
    }

    /// The second instances of these nodes are gone, with everything that waits at them.
    pub(super) fn end_twins<O: Observer<N> + ?Sized>(
        &mut self,
        fault: u32,
        nodes: &[NodeId],
        watch: &mut O,
    ) {
        self.note_end_of_deeds(fault, nodes);
        let mut gone = Vec::new();
        for twin in &mut self.twins {
            if twin.fault == fault && !twin.ended && nodes.contains(&twin.of) {
                twin.ended = true;
                gone.push(twin.second);
            }
        }
        for second in gone {
            let index = second.index();
            self.status[index].clear(Status::UP | Status::BUSY | Status::HOLDS);
            self.states[index] = None;
            self.incarnations[index] += 1;
            let arrivals = self.empty(second);
            self.cells[index].disk = sim_node::Disk::new(N::Stable::default());
            self.lose_arrivals(arrivals, watch);
        }
        self.watch_senders();
    }
}
