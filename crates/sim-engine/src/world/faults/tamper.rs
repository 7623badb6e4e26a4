//! Tampered messages: the node says something else than it should.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId, Ratio};

use super::idle::sent_nothing;
use super::{Behaviour, byzantine};
use crate::fault::{FaultFacts, FaultKind, Victims};
use crate::world::World;
use crate::world::byzantine::Does;
use crate::{Observer, Target};

/// Lasting and Byzantine: messages of the node leave with other content, drawn anew for each, as
/// [`Message::mutate`](sim_node::Message::mutate) makes it. Signatures in them are no longer valid.
/// Where a message has no other content, its receiver drops it, as its checksum fails.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tamper {
    /// Who.
    pub who: Target,
    /// To whom; to everybody when left out.
    #[serde(default)]
    pub to: Option<Target>,
    /// Only messages of the kind of this name.
    #[serde(default)]
    pub kind: Option<String>,
    /// How likely a message is changed; every one when left out.
    #[serde(default = "byzantine::all")]
    pub share: Ratio,
}

impl Behaviour for Tamper {
    const KIND: FaultKind = FaultKind {
        name: "Tamper",
        example: "Tamper(who: Node(3), share: \"50%\")",
        time: byzantine::TIME,
        victims: Victims::AsTheyWere,
        draws: Some("for each message whether it is changed, and the other content"),
    };

    fn facts(&self) -> FaultFacts<'_> {
        byzantine::facts(&self.who, self.to.as_ref(), self.kind.as_deref(), Some(self.share))
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        let victims = world.find(fault, &self.who)?;
        let to = world.find_listeners(fault, self.to.as_ref())?;
        let (kind, share) = (self.kind.as_deref(), self.share);
        world.begin_deeds(fault, &victims, to.as_ref(), kind, |_, _| Does::Tamper(share));
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
