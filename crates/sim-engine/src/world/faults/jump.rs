//! A jump of the wall clock.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId, Offset};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, Idle, InStep, Late, Part, Place, Sides,
    Victims,
};
use crate::world::World;
use crate::{Observer, Target};

/// Momentary: the node's wall clock jumps.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Jump(pub Target, pub Offset);

impl Behaviour for Jump {
    const KIND: FaultKind = FaultKind {
        name: "Jump",
        example: "Jump(Node(0), \"-5s\")",
        time: FaultTime::Momentary { ends: None },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who, by) = self;
        let nowhere = *by == Offset::default();
        FaultFacts {
            arguments: Arguments::none().at(0, Argument::Target(who)).at(1, Argument::Offset(*by)),
            sides: Sides::None,
            part: Part::WallClocks,
            failure: None,
            late: Late::Never,
            step: InStep::After,
            idle: nowhere.then_some(Idle::Useless(Place::Index(1), "the clock jumps by nothing")),
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
            world.clocks[node.index()].jump(self.1);
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

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.nobody_saw_a_jump(fault)
    }
}
