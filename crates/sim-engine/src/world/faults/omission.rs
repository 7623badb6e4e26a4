//! Omission: a node loses some of the messages that it sends, or that come to it.

use sim_check::Properties;
use sim_node::{Node, NodeId, Ratio};

use crate::fault::{
    Argument, Arguments, FaultFacts, FaultTime, Idle, InCalm, InStep, Late, Part, Place, Sides,
};
use crate::world::World;
use crate::{Failures, Target};

/// How long an omission lasts.
pub(super) const TIME: FaultTime = FaultTime::Lasting { until: None, calm: InCalm::EndsInCore };

/// What an omission draws.
pub(super) const DRAWS: Option<&str> = Some("for each message whether it is omitted");

/// The facts of an omission with this probability.
pub(super) fn facts(who: &Target, ratio: Ratio) -> FaultFacts<'_> {
    let never = ratio == Ratio::ZERO;
    FaultFacts {
        arguments: Arguments::none().at(0, Argument::Target(who)).at(1, Argument::Ratio(ratio)),
        sides: Sides::None,
        part: Part::Messages,
        failure: (!never).then_some((Failures::Omission, "a node omits messages")),
        late: Late::Never,
        step: InStep::After,
        idle: never.then_some(Idle::Useless(Place::Index(1), "the fault omits nothing")),
    }
}

/// The nodes omit to send, or to receive, each by its own numbers.
pub(super) fn begin<N: Node, P: Properties<N>>(
    world: &mut World<N, P>,
    fault: u32,
    who: &Target,
    sends: bool,
    ratio: Ratio,
) -> Option<Vec<NodeId>> {
    let victims = world.find(fault, who)?;
    for &node in &victims {
        let stream = world.faults[fault as usize].chance.at(node);
        world.network.omit(fault, node, sends, ratio, stream);
    }
    Some(victims)
}

/// The nodes omit nothing any longer by this fault.
pub(super) fn end<N: Node, P: Properties<N>>(
    world: &mut World<N, P>,
    fault: u32,
    nodes: &[NodeId],
) {
    for &node in nodes {
        world.network.end_omissions(fault, node);
    }
}
