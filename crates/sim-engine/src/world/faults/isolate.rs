//! An isolation: nodes that no other server can talk to.

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

/// Lasting: the nodes are cut from all servers that are not among them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Isolate(pub Target, #[serde(default)] pub Cut);

impl Behaviour for Isolate {
    const KIND: FaultKind = FaultKind {
        name: "Isolate",
        example: "Isolate(Leader)",
        time: FaultTime::Lasting { until: Some(Ender::Heal), calm: InCalm::Stays },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who, cut) = self;
        FaultFacts {
            arguments: Arguments::none().at(0, Argument::Target(who)).at(1, Argument::Cut(*cut)),
            sides: Sides::Rest(who, 1),
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
        let victims = world.find(fault, &self.0)?;
        world.cut_off(fault, &victims, self.1);
        Some(victims)
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
