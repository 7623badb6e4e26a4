//! A mute node: what it sends never leaves.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::idle::sent_nothing;
use super::{Behaviour, byzantine};
use crate::fault::{FaultFacts, FaultKind, Victims};
use crate::world::World;
use crate::world::byzantine::Does;
use crate::{Observer, Target};

/// Lasting and Byzantine: what the node sends never leaves it, to everybody or to some.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mute {
    /// Who.
    pub who: Target,
    /// To whom; to everybody when left out.
    #[serde(default)]
    pub to: Option<Target>,
    /// Only messages of the kind of this name.
    #[serde(default)]
    pub kind: Option<String>,
}

impl Behaviour for Mute {
    const KIND: FaultKind = FaultKind {
        name: "Mute",
        example: "Mute(who: Node(3), to: Minority)",
        time: byzantine::TIME,
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        byzantine::facts(&self.who, self.to.as_ref(), self.kind.as_deref(), None)
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        let victims = world.find(fault, &self.who)?;
        let to = world.find_listeners(fault, self.to.as_ref())?;
        let kind = self.kind.as_deref();
        world.begin_deeds(fault, &victims, to.as_ref(), kind, |_, _| Does::Withhold);
        Some(victims)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        nodes: &[NodeId],
        _: &mut O,
    ) {
        world.end_deeds(fault, nodes);
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.untouched(fault, |who| sent_nothing(who, self.kind.as_deref(), self.to.as_ref()))
    }
}
