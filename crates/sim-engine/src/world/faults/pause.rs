//! A pause: the node makes no step.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, Ender, FaultFacts, FaultKind, FaultTime, InCalm, InStep, Late, Part,
    Sides, Victims,
};
use crate::world::World;
use crate::world::nodes::Status;
use crate::{First, Observer, Target};

/// Lasting: the node makes no step. Its clocks run; what comes to it queues and is handled in order
/// at resume, or timers first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Pause(pub Target, #[serde(default)] pub First);

impl Behaviour for Pause {
    const KIND: FaultKind = FaultKind {
        name: "Pause",
        example: "Pause(Leader)",
        time: FaultTime::Lasting { until: Some(Ender::Resume), calm: InCalm::Stays },
        victims: Victims::Paused,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who, first) = self;
        FaultFacts {
            arguments: Arguments::none()
                .at(0, Argument::Target(who))
                .at(1, Argument::First(*first)),
            sides: Sides::None,
            part: Part::Nodes,
            failure: None,
            late: Late::Unhandled,
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
            world.cells[node.index()].pauses.push(fault);
            if world.status[node.index()].has(Status::UP) {
                world.status[node.index()].set(Status::BUSY);
            }
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
            let cell = &mut world.cells[node.index()];
            cell.pauses.retain(|pause| *pause != fault);
            if self.1 == First::Timers {
                cell.inbox.put_timers_first();
            }
            world.resume(node);
        }
    }
}
