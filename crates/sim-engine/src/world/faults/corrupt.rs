//! Corrupted messages: their receiver drops them, as their checksum fails.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId, Ratio};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, Idle, InCalm, InStep, Late, Part, Place,
    Sides, Victims,
};
use crate::world::World;
use crate::world::network::Corruption;
use crate::{Failures, Observer, Target};

/// Lasting: messages that arrive are corrupted with this probability. Their receiver drops them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrupt {
    /// Senders; all when left out.
    #[serde(default)]
    pub from: Option<Target>,
    /// Receivers; all when left out.
    #[serde(default)]
    pub to: Option<Target>,
    /// Only messages of the kind of this name.
    #[serde(default)]
    pub kind: Option<String>,
    /// How likely a message is corrupted.
    pub share: Ratio,
}

impl Behaviour for Corrupt {
    const KIND: FaultKind = FaultKind {
        name: "Corrupt",
        example: "Corrupt(from: Leader, share: \"5%\")",
        time: FaultTime::Lasting { until: None, calm: InCalm::Ends },
        victims: Victims::AsTheyWere,
        draws: Some("for each message whether it is corrupted"),
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self { from, to, kind, share } = self;
        let never = *share == Ratio::ZERO;
        FaultFacts {
            arguments: Arguments::of_links(from.as_ref(), to.as_ref(), kind.as_deref())
                .field("share", Argument::Ratio(*share)),
            sides: Sides::of_links(from.as_ref(), to.as_ref()),
            part: Part::Messages,
            failure: (!never).then_some((Failures::Omission, "messages are corrupted")),
            late: Late::Never,
            step: InStep::After,
            idle: never
                .then_some(Idle::Useless(Place::Field("share"), "the fault corrupts nothing")),
        }
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        let (from, to) = (self.from.as_ref(), self.to.as_ref());
        let (victims, links) = world.find_links(fault, from, to, false, self.kind.as_deref())?;
        let stream = world.faults[fault as usize].chance.by_message();
        world.network.corrupt(Corruption { fault, links, share: self.share, stream });
        Some(victims)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &[NodeId],
        _: &mut O,
    ) {
        world.network.end_corruption(fault);
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.untouched(fault, |_| "no message arrived that it could corrupt".to_owned())
    }
}
