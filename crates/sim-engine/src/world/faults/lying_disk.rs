//! A lying disk: its syncs say that they are over, and are not.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, InCalm, InStep, Late, Part, Sides,
    Victims,
};
use crate::world::World;
use crate::{Failures, Observer, Target};

/// Lasting: what the node's disk calls durable is in its cache only, and is lost in a crash, unless
/// a sync after the end of the fault comes before it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct LyingDisk(pub Target);

impl Behaviour for LyingDisk {
    const KIND: FaultKind = FaultKind {
        name: "LyingDisk",
        example: "LyingDisk(Leader)",
        time: FaultTime::Lasting { until: None, calm: InCalm::Ends },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who) = self;
        FaultFacts {
            arguments: Arguments::none().at(0, Argument::Target(who)),
            sides: Sides::None,
            part: Part::Syncs,
            failure: Some((Failures::Any, "a disk loses what it called durable")),
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
            world.cells[node.index()].lies.faults.push(fault);
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
            world.cells[node.index()].lies.faults.retain(|one| *one != fault);
        }
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world
            .untouched(fault, |who| format!("{who} synced nothing meanwhile"))
            .or_else(|| world.did_no_harm(fault))
    }
}
