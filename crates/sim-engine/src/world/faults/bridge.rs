//! A bridge: two halves of the servers, and a node that both can talk to.

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

/// Lasting: the other servers fall into two drawn halves that cannot talk to each other; the bridge
/// talks to both.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Bridge(pub Target, #[serde(default)] pub Cut);

impl Behaviour for Bridge {
    const KIND: FaultKind = FaultKind {
        name: "Bridge",
        example: "Bridge(Node(0))",
        time: FaultTime::Lasting { until: Some(Ender::Heal), calm: InCalm::Stays },
        victims: Victims::AsTheyWere,
        draws: Some("the halves"),
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who, cut) = self;
        FaultFacts {
            arguments: Arguments::none().at(0, Argument::Target(who)).at(1, Argument::Cut(*cut)),
            sides: Sides::Rest(who, 2),
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
        world.bridge(fault, &victims, self.1);
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
