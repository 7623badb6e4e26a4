//! Send omission: the node loses what it sends.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId, Ratio};

use super::{Behaviour, omission};
use crate::fault::{FaultFacts, FaultKind, Victims};
use crate::world::World;
use crate::{Observer, Target};

/// Lasting: what the node sends is lost with this probability (send omission).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct OmitSends(pub Target, pub Ratio);

impl Behaviour for OmitSends {
    const KIND: FaultKind = FaultKind {
        name: "OmitSends",
        example: "OmitSends(Node(0), \"50%\")",
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
        omission::begin(world, fault, &self.0, true, self.1)
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
        world.untouched(fault, |who| format!("{who} sent nothing meanwhile"))
    }
}
