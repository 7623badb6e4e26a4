//! A full disk: the node halts at its next barrier.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, InCalm, InStep, Late, Part, Sides,
    Victims,
};
use crate::world::nodes::Status;
use crate::world::{Pending, World};
use crate::{DiskLoss, Failures, Observer, Target};

/// Lasting: the node's disk takes no more writes: the node halts at the first barrier that needs a
/// sync, and sends nothing behind it. A node that has halted starts again at the end of the fault.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct FullDisk(pub Target);

impl Behaviour for FullDisk {
    const KIND: FaultKind = FaultKind {
        name: "FullDisk",
        example: "FullDisk(Leader)",
        time: FaultTime::Lasting { until: None, calm: InCalm::Ends },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who) = self;
        FaultFacts {
            arguments: Arguments::none().at(0, Argument::Target(who)),
            sides: Sides::None,
            part: Part::Disks(None),
            failure: Some((Failures::CrashRecovery, "a node halts and returns")),
            late: Late::Never,
            step: InStep::After,
            idle: None,
        }
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        let victims = world.find(fault, &self.0)?;
        for &node in &victims {
            world.cells[node.index()].full.faults.push(fault);
        }
        Some(victims)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        nodes: &[NodeId],
        _: &mut O,
    ) {
        for &node in nodes {
            world.end_full_disk(node, fault);
        }
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.untouched(fault, |who| format!("{who} began no sync meanwhile"))
    }
}

/// What fills a disk.
#[derive(Clone, Debug, Default)]
pub(in crate::world) struct Full {
    /// The faults that do, by their place in the list.
    faults: Vec<u32>,
    /// The incarnation that has halted.
    halted: Option<u32>,
}

impl Full {
    /// Whether the disk takes no more writes.
    pub(in crate::world) fn is_on(&self) -> bool {
        !self.faults.is_empty()
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A node needs a sync of a full disk: it halts behind the step in which it does.
    pub(in crate::world) fn begin_to_halt(&mut self, node: NodeId) {
        let incarnation = self.incarnations[node.index()];
        self.plan_first(self.now, Pending::Halts { node, incarnation });
    }

    /// A node halts at the barrier of a full disk.
    pub(in crate::world) fn halt<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        incarnation: u32,
        watch: &mut O,
    ) {
        if self.incarnations[node.index()] != incarnation {
            return;
        }
        let Some(&fault) = self.cells[node.index()].full.faults.first() else {
            // There is room again, at the same instant.
            return self.sync_if_needed(node);
        };
        self.touch(fault);
        self.crash(node, DiskLoss::Unsynced, fault, watch);
        self.cells[node.index()].full.halted = Some(self.incarnations[node.index()]);
    }

    fn end_full_disk(&mut self, node: NodeId, fault: u32) {
        let full = &mut self.cells[node.index()].full;
        full.faults.retain(|one| *one != fault);
        if full.is_on() {
            return;
        }
        let halted = full.halted.take();
        let is_down = !self.status[node.index()].has(Status::UP);
        if is_down && halted == Some(self.incarnations[node.index()]) {
            self.restart_at(self.now, node);
        }
    }
}
