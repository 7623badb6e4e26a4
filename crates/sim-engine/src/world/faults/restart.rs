//! A restart: crashed nodes start again.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, InStep, Late, Part, Sides, Victims,
};
use crate::world::World;
use crate::world::nodes::Status;
use crate::world::targets::Among;
use crate::{Failures, Observer, OtherSettings, Target};

/// Momentary: crashed nodes start again from their disks, with other settings if these are given.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Restart(pub Target, #[serde(default)] pub Option<OtherSettings>);

impl Behaviour for Restart {
    const KIND: FaultKind = FaultKind {
        name: "Restart",
        example: "Restart(Node(0))",
        time: FaultTime::Momentary { ends: None },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who, settings) = self;
        FaultFacts {
            arguments: Arguments::none()
                .at(0, Argument::Target(who))
                .given_at(1, settings.map(|_| Argument::Settings)),
            sides: Sides::None,
            part: Part::Nodes,
            failure: Some((Failures::CrashRecovery, "a crashed node returns")),
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
        let mut victims = world.find_among(fault, &self.0, Among::Down)?;
        victims.retain(|node| !world.status[node.index()].has(Status::UP));
        for &node in &victims {
            world.configure(node, fault);
            world.restart_at(world.now, node);
        }
        Some(victims)
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
