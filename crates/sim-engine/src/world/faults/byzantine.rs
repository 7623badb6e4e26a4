//! Byzantine faults: what they have in common.

use sim_check::Properties;
use sim_node::{Node, NodeId, Ratio};

use crate::fault::{
    Argument, Arguments, FaultFacts, FaultTime, Idle, InCalm, InStep, Late, Part, Place, Sides,
};
use crate::plan::members;
use crate::world::World;
use crate::world::byzantine::{Deed, Does};
use crate::{Failures, Target};

/// How long they last: nobody in the core is Byzantine, so the calm ends none of them.
pub(super) const TIME: FaultTime = FaultTime::Lasting { until: None, calm: InCalm::Stays };

/// What all of them draw who tell some of the nodes something.
pub(super) const DRAWS_LISTENERS: Option<&str> = Some("the other content, and who gets it");

/// All messages.
pub(super) fn all() -> Ratio {
    Ratio::ONE
}

/// The facts of one that strikes these nodes and concerns what they send to these.
pub(super) fn facts<'a>(
    who: &'a Target,
    to: Option<&'a Target>,
    kind: Option<&'a str>,
    share: Option<Ratio>,
) -> FaultFacts<'a> {
    let never = share == Some(Ratio::ZERO);
    FaultFacts {
        arguments: Arguments::none()
            .field("who", Argument::Target(who))
            .given("to", to.map(Argument::Target))
            .given("kind", kind.map(Argument::Kind))
            .given("share", share.map(Argument::Ratio)),
        sides: to.map_or(Sides::None, |to| Sides::Pair(who, to)),
        part: Part::Messages,
        failure: (!never).then_some((Failures::Byzantine, "a node is Byzantine")),
        late: Late::Never,
        step: InStep::After,
        idle: never.then_some(Idle::Useless(Place::Field("share"), "the fault changes nothing")),
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// The nodes of a target, by number; everybody without one. `None` when nobody fits.
    pub(super) fn find_listeners(
        &mut self,
        fault: u32,
        to: Option<&Target>,
    ) -> Option<Option<Vec<bool>>> {
        let Some(to) = to else { return Some(None) };
        let to = self.find(fault, to)?;
        Some(Some(members(to, self.nodes())))
    }

    /// The nodes of a target, by number; without one a drawn half of the servers that are not
    /// victims, at least one of them. `None` when nobody fits.
    pub(super) fn find_part(
        &mut self,
        fault: u32,
        who: &[NodeId],
        to: Option<&Target>,
    ) -> Option<Vec<bool>> {
        let part = match to {
            Some(to) => self.find(fault, to)?,
            None => {
                let servers = (0..self.spec.servers).map(NodeId::new);
                let others: Vec<NodeId> = servers.filter(|node| !who.contains(node)).collect();
                let half = (others.len() / 2).max(1);
                self.faults[fault as usize].chance.targets().subset(others, half)
            }
        };
        Some(members(part, self.nodes()))
    }

    /// These nodes are Byzantine, and a fault makes this of their messages.
    pub(super) fn begin_deeds(
        &mut self,
        fault: u32,
        nodes: &[NodeId],
        to: Option<&Vec<bool>>,
        kind: Option<&str>,
        does: impl Fn(&Self, NodeId) -> Does<N::Message>,
    ) {
        self.betray(fault, nodes);
        let kind = self.kind_of_fault(kind);
        for &who in nodes {
            let stream = self.faults[fault as usize].chance.at(who);
            let does = does(self, who);
            self.begin_deed(Deed { fault, who, to: to.cloned(), kind, does, stream });
        }
    }
}
