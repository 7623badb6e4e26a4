//! A stalled disk: none of its syncs completes.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, InCalm, InStep, Late, Part, Sides,
    Victims,
};
use crate::world::{Pending, World};
use crate::{Observer, Target};

/// Lasting: no sync of the node's disk completes. What was due meanwhile completes at its end.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct StallDisk(pub Target);

impl Behaviour for StallDisk {
    const KIND: FaultKind = FaultKind {
        name: "StallDisk",
        example: "StallDisk(Leader)",
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
            // A disk may take any time in every model.
            failure: None,
            // What a barrier holds has not been sent yet.
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
            world.stall_disk(node, fault);
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
            world.end_stall(node, fault);
        }
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.untouched(fault, |who| format!("no sync of {who} was due meanwhile"))
    }
}

/// What stalls a disk.
#[derive(Clone, Debug, Default)]
pub(in crate::world) struct Stall {
    /// The faults that do, by their place in the list.
    faults: Vec<u32>,
    /// The incarnation whose sync was due meanwhile.
    due: Option<u32>,
}

impl Stall {
    /// Whether the disk is stalled.
    pub(in crate::world) fn is_on(&self) -> bool {
        !self.faults.is_empty()
    }

    /// The faults that stall it, by their place in the list.
    pub(in crate::world) fn faults(&self) -> &[u32] {
        &self.faults
    }

    /// A sync is due while the disk is stalled. What an incarnation that is over waits for is
    /// forgotten.
    pub(in crate::world) fn wait(&mut self, incarnation: u32) {
        self.due = Some(incarnation);
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    fn stall_disk(&mut self, node: NodeId, fault: u32) {
        self.cells[node.index()].stall.faults.push(fault);
    }

    fn end_stall(&mut self, node: NodeId, fault: u32) {
        let stall = &mut self.cells[node.index()].stall;
        stall.faults.retain(|one| *one != fault);
        if !stall.is_on()
            && let Some(incarnation) = stall.due.take()
        {
            self.plan_first(self.now, Pending::Synced { node, incarnation });
        }
    }
}
