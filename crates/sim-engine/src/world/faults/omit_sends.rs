//! Send omission: the node loses what it sends.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId, Ratio};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, Idle, InCalm, InStep, Late, Part, Place,
    Sides, Victims,
};
use crate::world::World;
use crate::{Failures, Observer, Target};

/// Lasting: what the node sends is lost with this probability (send omission).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct OmitSends(pub Target, pub Ratio);

impl Behaviour for OmitSends {
    const KIND: FaultKind = FaultKind {
        name: "OmitSends",
        example: "OmitSends(Node(0), \"50%\")",
        time: FaultTime::Lasting { until: None, calm: InCalm::EndsInCore },
        victims: Victims::AsTheyWere,
        draws: Some("for each message whether it is omitted"),
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who, ratio) = self;
        let never = *ratio == Ratio::ZERO;
        FaultFacts {
            arguments: Arguments::none()
                .at(0, Argument::Target(who))
                .at(1, Argument::Ratio(*ratio)),
            sides: Sides::None,
            part: Part::Messages,
            failure: (!never).then_some((Failures::Omission, "a node omits messages")),
            late: Late::Never,
            step: InStep::After,
            idle: never.then_some(Idle::Useless(Place::Index(1), "the fault omits nothing")),
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
            let stream = world.stream_at(fault, node);
            world.network.omit(fault, node, true, self.1, stream);
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
            world.network.end_omissions(fault, node);
        }
    }
}
