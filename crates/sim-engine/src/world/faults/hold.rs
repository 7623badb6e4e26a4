//! A hold: messages are kept, and released in order.

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
use crate::{Observer, Target};

/// Lasting: messages from the first to the second are kept, only those of the kind of this name if
/// one is given, and released in order at its end.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Hold(pub Target, pub Target, #[serde(default)] pub Option<String>);

impl Behaviour for Hold {
    const KIND: FaultKind = FaultKind {
        name: "Hold",
        example: "Hold(Leader, Node(1))",
        time: FaultTime::Lasting { until: Some(Ender::Heal), calm: InCalm::Ends },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(from, to, kind) = self;
        FaultFacts {
            arguments: Arguments::none()
                .at(0, Argument::Target(from))
                .at(1, Argument::Target(to))
                .given_at(2, kind.as_deref().map(Argument::Kind)),
            sides: Sides::Pair(from, to),
            part: Part::Reach,
            failure: None,
            late: Late::Kept,
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
        let kind = world.kind_of_fault(self.2.as_deref());
        world.network.hold(fault, senders, members(to, nodes), kind);
        Some(from)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &[NodeId],
        watch: &mut O,
    ) {
        world.end_hold(fault, watch);
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.untouched(fault, |_| "no message was sent that it could keep".to_owned())
    }
}
