//! Receive omission: the node loses what comes to it.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId, Ratio};

use super::{Behaviour, omission};
use crate::fault::{FaultFacts, FaultKind, Victims};
use crate::world::World;
use crate::{Observer, Target};

/// Lasting: what comes to the node is lost with this probability (receive omission).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct OmitReceives(pub Target, pub Ratio);

impl Behaviour for OmitReceives {
    const KIND: FaultKind = FaultKind {
        name: "OmitReceives",
        example: "OmitReceives(Node(0), \"50%\")",
        time: omission::TIME,
        victims: Victims::AsTheyWere,
        draws: omission::DRAWS,
    };

    fn facts(&self) -> FaultFacts<'_> {
        omission::facts(&self.0, self.1)
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        omission::begin(world, fault, &self.0, false, self.1)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        nodes: &[NodeId],
        _: &mut O,
    ) {
        omission::end(world, fault, nodes);
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.untouched(fault, |who| format!("nothing was sent to {who} meanwhile"))
    }
}
