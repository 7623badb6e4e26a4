//! A slow node: its events take longer.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Duration, Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, Idle, InCalm, InStep, Late, Part, Place,
    Sides, Victims,
};
use crate::world::World;
use crate::world::nodes::{Slowness, Status};
use crate::{Delay, Observer, Target};

/// Lasting: every event takes the node this much longer (see service times).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Slow(pub Target, pub Delay);

const NOTHING: &str = "events take no longer than without it";

impl Behaviour for Slow {
    const KIND: FaultKind = FaultKind {
        name: "Slow",
        example: "Slow(Leader, Constant(\"5ms\"))",
        time: FaultTime::Lasting { until: None, calm: InCalm::Ends },
        victims: Victims::AsTheyWere,
        draws: Some("how much longer each event takes"),
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who, time) = self;
        FaultFacts {
            arguments: Arguments::none().at(0, Argument::Target(who)).at(1, Argument::Delay(time)),
            sides: Sides::None,
            part: Part::Nodes,
            failure: None,
            late: Late::Longer(time),
            step: InStep::After,
            idle: (time.greatest() == Some(Duration::ZERO))
                .then_some(Idle::Useless(Place::Index(1), NOTHING)),
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
            let stream = world.faults[fault as usize].chance.at(node);
            let slow = Slowness { fault, time: self.1.clone(), stream };
            world.cells[node.index()].slowed.push(slow);
            world.status[node.index()].set(Status::SERVES);
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
            world.cells[node.index()].slowed.retain(|one| one.fault != fault);
            let still =
                !world.cells[node.index()].slowed.is_empty() || world.serves_by_itself(node);
            world.status[node.index()].put(Status::SERVES, still);
        }
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.untouched(fault, |who| format!("{who} handled nothing meanwhile"))
    }
}
