//! Other links: some links get other parameters.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId, Ratio};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, Idle, InCalm, InStep, Late, Part, Sides,
    Victims,
};
use crate::world::World;
use crate::world::network::LinkFault;
use crate::{Delay, Failures, Observer, Target};

/// Lasting: some links get other parameters.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// Senders; all when left out.
    #[serde(default)]
    pub from: Option<Target>,
    /// Receivers; all when left out.
    #[serde(default)]
    pub to: Option<Target>,
    /// Also the opposite direction.
    #[serde(default)]
    pub both: bool,
    /// Only messages of the kind of this name.
    #[serde(default)]
    pub kind: Option<String>,
    /// In the place of the link's delay.
    #[serde(default)]
    pub delay: Option<Delay>,
    /// In the place of the link's loss.
    #[serde(default)]
    pub loss: Option<Ratio>,
    /// In the place of the link's duplication.
    #[serde(default)]
    pub duplication: Option<Ratio>,
}

impl Behaviour for Links {
    const KIND: FaultKind = FaultKind {
        name: "Links",
        example: "Links(from: Leader, delay: Constant(\"50ms\"), loss: \"10%\")",
        time: FaultTime::Lasting { until: None, calm: InCalm::Ends },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self { from, to, both, kind, delay, loss, duplication } = self;
        let arguments = Arguments::none()
            .given("from", from.as_ref().map(Argument::Target))
            .given("to", to.as_ref().map(Argument::Target))
            .field("both", Argument::Flag(*both))
            .given("kind", kind.as_deref().map(Argument::Kind))
            .given("delay", delay.as_ref().map(Argument::Delay))
            .given("loss", loss.map(Argument::Ratio))
            .given("duplication", duplication.map(Argument::Ratio));
        let likely = |ratio: &Option<Ratio>| ratio.is_some_and(|ratio| ratio != Ratio::ZERO);
        let nothing = delay.is_none() && loss.is_none() && duplication.is_none();
        FaultFacts {
            arguments,
            sides: Sides::None,
            part: Part::Links { delay: delay.as_ref(), loss: *loss, duplication: *duplication },
            failure: match (likely(loss), likely(duplication)) {
                (true, _) => Some((Failures::Omission, "links lose messages")),
                (false, true) => Some((Failures::Omission, "links duplicate messages")),
                (false, false) => None,
            },
            late: match delay {
                Some(delay) => Late::Travel(delay),
                None => Late::Never,
            },
            step: InStep::After,
            idle: nothing.then_some(Idle::Lacks(
                "the fault changes nothing about its links",
                "delay, loss or duplication",
            )),
        }
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        let (from, to) = (self.from.as_ref(), self.to.as_ref());
        let (victims, links) =
            world.find_links(fault, from, to, self.both, self.kind.as_deref())?;
        world.network.change(LinkFault {
            fault,
            links,
            delay: self.delay.clone(),
            loss: self.loss,
            duplication: self.duplication,
        });
        Some(victims)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &[NodeId],
        _: &mut O,
    ) {
        world.network.end_change(fault);
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world
            .untouched(fault, |_| "no message was sent over these links".to_owned())
            .or_else(|| world.changed_nothing(fault))
    }
}
