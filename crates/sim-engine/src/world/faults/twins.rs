//! Twins: two instances of one node, each seen by one part of the network.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::{Behaviour, byzantine};
use crate::fault::{FaultFacts, FaultKind, Victims};
use crate::world::World;
use crate::{Observer, Target};

/// Lasting and Byzantine: a second instance of the node starts, with the same identity and what is
/// durable on its disk. Each of the two talks with one part of the network. Requests
/// of the workload come to the two in turn, to the first instance first. What another fault does to
/// the node itself, such as a crash, it does to the first instance.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Twins {
    /// Who.
    pub who: Target,
    /// Who sees the second instance; a drawn half of the other servers when left out.
    #[serde(default)]
    pub to: Option<Target>,
}

impl Behaviour for Twins {
    const KIND: FaultKind = FaultKind {
        name: "Twins",
        example: "Twins(who: Node(0), to: Node(2))",
        time: byzantine::TIME,
        victims: Victims::AsTheyWere,
        draws: Some("who sees the second instance"),
    };

    fn facts(&self) -> FaultFacts<'_> {
        byzantine::facts(&self.who, self.to.as_ref(), None, None)
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        let mut victims = world.find(fault, &self.who)?;
        let sees = world.find_part(fault, &victims, self.to.as_ref())?;
        victims.retain(|node| world.split(fault, *node, sees.clone()));
        Some(victims)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        nodes: &[NodeId],
        watch: &mut O,
    ) {
        world.end_twins(fault, nodes, watch);
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.untouched(fault, |who| format!("{who} had two instances before"))
    }
}
