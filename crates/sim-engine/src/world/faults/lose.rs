//! Counted losses: exactly the n-th message is lost.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, Idle, InCalm, InStep, Late, Part, Place,
    Sides, Victims,
};
use crate::world::World;
use crate::world::network::CountedLoss;
use crate::{Failures, Observer, Target};

/// Lasting: of the messages that are sent over some links while it holds, the n-th is lost, and
/// those that follow it if more than one is to be lost.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lose {
    /// Senders; all when left out.
    #[serde(default)]
    pub from: Option<Target>,
    /// Receivers; all when left out.
    #[serde(default)]
    pub to: Option<Target>,
    /// Only messages of the kind of this name are counted.
    #[serde(default)]
    pub kind: Option<String>,
    /// Which message is the first to be lost, from 1.
    #[serde(default = "one")]
    pub nth: u32,
    /// How many are lost, one behind the other.
    #[serde(default = "one")]
    pub times: u32,
}

fn one() -> u32 {
    1
}

impl Behaviour for Lose {
    const KIND: FaultKind = FaultKind {
        name: "Lose",
        example: "Lose(from: Leader, nth: 3)",
        time: FaultTime::Lasting { until: None, calm: InCalm::Ends },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self { from, to, kind, nth, times } = self;
        let never = *times == 0;
        FaultFacts {
            arguments: Arguments::of_links(from.as_ref(), to.as_ref(), kind.as_deref())
                .field("nth", Argument::Ordinal(*nth))
                .field("times", Argument::Count(*times)),
            sides: Sides::of_links(from.as_ref(), to.as_ref()),
            part: Part::Messages,
            failure: (!never).then_some((Failures::Omission, "messages are lost")),
            late: Late::Never,
            step: InStep::After,
            idle: never.then_some(Idle::Useless(Place::Field("times"), "the fault loses nothing")),
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
        let (passes, loses) = (self.nth.saturating_sub(1), self.times);
        world.network.lose(CountedLoss { fault, links, passes, loses });
        Some(victims)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &[NodeId],
        _: &mut O,
    ) {
        world.network.end_loss(fault);
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        let nth = self.nth;
        world.untouched(fault, |_| format!("message {nth} of those that it counts was never sent"))
    }
}
