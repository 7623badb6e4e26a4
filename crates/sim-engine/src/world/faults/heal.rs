//! A heal: ends cuts and holds.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::Observer;
use crate::fault::{
    Arguments, Ender, FaultFacts, FaultKind, FaultTime, InStep, Late, Part, Sides, Victims,
};
use crate::world::World;

/// Momentary: ends every cut and every hold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Heal;

impl Behaviour for Heal {
    const KIND: FaultKind = FaultKind {
        name: "Heal",
        example: "Heal",
        time: FaultTime::Momentary { ends: Some(Ender::Heal) },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self = self;
        FaultFacts {
            arguments: Arguments::none(),
            sides: Sides::None,
            part: Part::Reach,
            failure: None,
            late: Late::Never,
            step: InStep::After,
            idle: None,
        }
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        _: u32,
        watch: &mut O,
    ) -> Option<Vec<NodeId>> {
        Some(world.heal(watch))
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
