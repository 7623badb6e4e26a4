//! A resume: ends pauses.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, Ender, FaultFacts, FaultKind, FaultTime, InStep, Late, Part, Sides,
    Victims,
};
use crate::world::World;
use crate::{Observer, Target};

/// Momentary: ends every pause of the node.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Resume(pub Target);

impl Behaviour for Resume {
    const KIND: FaultKind = FaultKind {
        name: "Resume",
        example: "Resume(Leader)",
        time: FaultTime::Momentary { ends: Some(Ender::Resume) },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who) = self;
        FaultFacts {
            arguments: Arguments::none().at(0, Argument::Target(who)),
            sides: Sides::None,
            part: Part::Nodes,
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
            world.cells[node.index()].pauses.clear();
            world.resume(node);
        }
        Some(victims)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        _: &mut World<N, P>,
        _: u32,
        _: &[NodeId],
        _: &mut O,
    ) {
    }
}
