//! A slow disk: its syncs take another time.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, InCalm, InStep, Late, Part, Sides,
    Victims,
};
use crate::world::World;
use crate::{Delay, Observer, Target};

/// Lasting: a sync of the node's disk takes so long.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SlowDisk(pub Target, pub Delay);

impl Behaviour for SlowDisk {
    const KIND: FaultKind = FaultKind {
        name: "SlowDisk",
        example: "SlowDisk(Leader, Constant(\"50ms\"))",
        time: FaultTime::Lasting { until: None, calm: InCalm::Ends },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who, sync) = self;
        FaultFacts {
            arguments: Arguments::none().at(0, Argument::Target(who)).at(1, Argument::Delay(sync)),
            sides: Sides::None,
            part: Part::Disks(Some(sync)),
            failure: None,
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
            world.cells[node.index()].slow_disks.push((fault, self.1.clone()));
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
            world.cells[node.index()].slow_disks.retain(|one| one.0 != fault);
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
