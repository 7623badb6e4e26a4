//! Equivocation: the node tells different receivers different contents.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::idle::sent_nothing;
use super::{Behaviour, byzantine};
use crate::fault::{FaultFacts, FaultKind, Victims};
use crate::world::World;
use crate::world::byzantine::Does;
use crate::{Observer, Target};

/// Lasting and Byzantine: the node tells some of the others the truth and the rest of them a lie.
/// The lie is one: equal content becomes the same other content in every message, as
/// [`Message::mutate`](sim_node::Message::mutate) makes it, and the node signs it in its own name.
/// Where a message has no other content, its receiver drops it, as its checksum fails.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equivocate {
    /// Who.
    pub who: Target,
    /// Who is told the lie; a drawn half of the other servers when left out.
    #[serde(default)]
    pub to: Option<Target>,
    /// Only messages of the kind of this name.
    #[serde(default)]
    pub kind: Option<String>,
}

impl Behaviour for Equivocate {
    const KIND: FaultKind = FaultKind {
        name: "Equivocate",
        example: "Equivocate(who: Node(0), to: Node(2))",
        time: byzantine::TIME,
        victims: Victims::AsTheyWere,
        draws: byzantine::DRAWS_LISTENERS,
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
        let to = world.find_part(fault, &victims, self.to.as_ref())?;
        let kind = self.kind.as_deref();
        world.begin_deeds(fault, &victims, Some(&to), kind, |_, _| Does::Lie);
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
