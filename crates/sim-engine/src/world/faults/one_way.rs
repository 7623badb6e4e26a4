//! A one-way cut: nothing gets from some nodes to others.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, Ender, FaultFacts, FaultKind, FaultTime, InCalm, InStep, Late, Part,
    Sides, Victims,
};
use crate::plan::members;
use crate::world::World;
use crate::world::network::CutRule;
use crate::{Cut, Failures, Observer, Target};

/// Lasting: nothing gets from the first to the second.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct OneWay(pub Target, pub Target, #[serde(default)] pub Cut);

impl Behaviour for OneWay {
    const KIND: FaultKind = FaultKind {
        name: "OneWay",
        example: "OneWay(Leader, Node(1))",
        time: FaultTime::Lasting { until: Some(Ender::Heal), calm: InCalm::Stays },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(from, to, cut) = self;
        FaultFacts {
            arguments: Arguments::none()
                .at(0, Argument::Target(from))
                .at(1, Argument::Target(to))
                .at(2, Argument::Cut(*cut)),
            sides: Sides::Pair(from, to),
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
        let (from, to) = (world.find(fault, &self.0)?, world.find(fault, &self.1)?);
        let nodes = world.nodes();
        let senders = members(from.iter().copied(), nodes);
        world.cut(fault, CutRule::OneWay(senders, members(to, nodes)), self.2);
        Some(from)
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
