//! A partition: groups of servers that cannot talk to each other.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, Ender, FaultFacts, FaultKind, FaultTime, InCalm, InStep, Late, Part,
    Sides, Victims,
};
use crate::world::World;
use crate::{Cut, Failures, Observer, Target};

/// Lasting: servers of different groups are cut from each other. Servers in no group form one more.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Partition(pub Vec<Target>, #[serde(default)] pub Cut);

impl Behaviour for Partition {
    const KIND: FaultKind = FaultKind {
        name: "Partition",
        example: "Partition([Nodes([0, 1]), Nodes([2, 3, 4])])",
        time: FaultTime::Lasting { until: Some(Ender::Heal), calm: InCalm::Stays },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(groups, cut) = self;
        FaultFacts {
            arguments: Arguments::none().at(0, Argument::Groups(groups)).at(1, Argument::Cut(*cut)),
            sides: Sides::None,
            part: Part::Reach,
            failure: Some((Failures::Omission, "a partition loses messages")),
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
        let groups = world.find_groups(fault, &self.0)?;
        Some(world.partition(fault, &groups, self.1))
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &[NodeId],
        _: &mut O,
    ) {
        world.end_cut(fault);
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.no_message_met_the_cut(fault)
    }
}
