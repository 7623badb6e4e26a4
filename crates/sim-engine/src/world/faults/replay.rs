//! Replayed messages: the node sends again what it sent before.

use std::collections::VecDeque;

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId, Ratio};

use super::idle::sent_nothing;
use super::{Behaviour, byzantine};
use crate::fault::{Argument, FaultFacts, FaultKind, Victims};
use crate::world::World;
use crate::world::byzantine::Does;
use crate::{Observer, Target};

/// Lasting and Byzantine: with a message of the node, or in its place, one of the last 64 that it
/// sent while the fault holds leaves again, whomever it was sent to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// Who.
    pub who: Target,
    /// To whom it is sent again; to all other servers when left out. With `instead`, whose messages
    /// are replaced.
    #[serde(default)]
    pub to: Option<Target>,
    /// Only messages of the kind of this name.
    #[serde(default)]
    pub kind: Option<String>,
    /// How likely it is that one is sent again with a message; always when left out.
    #[serde(default = "byzantine::all")]
    pub share: Ratio,
    /// Whether it leaves in the place of the message, to the same receiver.
    #[serde(default)]
    pub instead: bool,
}

impl Behaviour for Replay {
    const KIND: FaultKind = FaultKind {
        name: "Replay",
        example: "Replay(who: Node(3), share: \"30%\")",
        time: byzantine::TIME,
        victims: Victims::AsTheyWere,
        draws: Some(
            "for each message whether, what and to whom it sends again, and how that travels",
        ),
    };

    fn facts(&self) -> FaultFacts<'_> {
        let mut facts =
            byzantine::facts(&self.who, self.to.as_ref(), self.kind.as_deref(), Some(self.share));
        facts.arguments = facts.arguments.field("instead", Argument::Flag(self.instead));
        facts
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        let victims = world.find(fault, &self.who)?;
        let to = world.find_listeners(fault, self.to.as_ref())?;
        let (kind, share, instead) = (self.kind.as_deref(), self.share, self.instead);
        let met = if instead { to.as_ref() } else { None };
        world.begin_deeds(fault, &victims, met, kind, |world, who| {
            let is_meant = |node: &NodeId| to.as_ref().is_none_or(|to| to[node.index()]);
            let receivers = match to {
                Some(_) => world.everybody().filter(is_meant).collect::<Vec<_>>(),
                None => (0..world.spec.servers).map(NodeId::new).collect(),
            };
            let receivers = receivers.into_iter().filter(|node| *node != who).collect();
            Does::Replay { share, instead, receivers, sent: VecDeque::new() }
        });
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
