//! A mobile fault: it moves from victim to victim.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, InCalm, InStep, Late, Part, Sides,
    Victims,
};
use crate::plan::kind_named;
use crate::world::World;
use crate::{Cut, Failures, Inside, Observer, Occasion, Strike};

/// Lasting: each time the occasion comes up at a node that is not the present victim, the first
/// effects of that step get out, then the node is struck and the previous victim is given back.
/// The step in which a node starts is no occasion for a crash.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mobile {
    /// What it waits for.
    pub on: Occasion,
    /// How many effects get out.
    #[serde(default = "drawn")]
    pub inside: Inside,
    /// What strikes the victim.
    pub strike: Strike,
}

fn drawn() -> Inside {
    Inside::Drawn
}

impl Behaviour for Mobile {
    const KIND: FaultKind = FaultKind {
        name: "Mobile",
        example: "Mobile(on: Role(\"leader\"), inside: First(1), strike: Crash)",
        time: FaultTime::Lasting { until: None, calm: InCalm::Stops },
        victims: Victims::AsTheyWere,
        draws: Some("the place inside each step"),
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self { on, inside, strike } = self;
        FaultFacts {
            arguments: Arguments::none()
                .field("on", Argument::Occasion(on))
                .field("inside", Argument::Inside(*inside))
                .field("strike", Argument::Strike(*strike)),
            sides: Sides::None,
            part: match strike {
                Strike::Crash => Part::Nodes,
                Strike::Isolate => Part::Reach,
            },
            failure: Some(match strike {
                Strike::Crash => {
                    (Failures::CrashRecovery, "a mobile fault crashes nodes and brings them back")
                }
                Strike::Isolate => (Failures::Omission, "a partition loses messages"),
            }),
            late: Late::Never,
            step: InStep::Each { on, inside: *inside, strike: *strike },
            idle: None,
        }
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        // It strikes when its occasion comes up.
        world.alerts.begin(fault, &self.on, kind_named::<N>);
        Some(Vec::new())
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &[NodeId],
        _: &mut O,
    ) {
        world.alerts.end(fault);
        world.give_back(fault, self.strike);
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A mobile fault isolates a node in the middle of its step.
    pub(in crate::world) fn strike_by_mobile<O: Observer<N> + ?Sized>(
        &mut self,
        fault: u32,
        node: NodeId,
        watch: &mut O,
    ) {
        self.note_strike(fault, &[node], watch);
        self.pass_on(fault, node);
    }

    /// A mobile fault's previous victim is given back, and this node is the next. Of other faults,
    /// nothing.
    pub(in crate::world) fn pass_on(&mut self, fault: u32, node: NodeId) {
        let spec = std::sync::Arc::clone(&self.spec);
        let facts = spec.faults[fault as usize].fault.facts();
        let InStep::Each { strike, .. } = facts.step else { return };
        self.give_back(fault, strike);
        self.faults[fault as usize].victim = Some(node);
        if strike == Strike::Isolate {
            self.cut_off(fault, &[node], Cut::AtSend);
        }
    }

    /// Gives a mobile fault's victim back. Returns who it was.
    pub(in crate::world) fn give_back(&mut self, fault: u32, strike: Strike) -> Option<NodeId> {
        let node = self.faults[fault as usize].victim.take()?;
        match strike {
            Strike::Crash => self.restart_at(self.now, node),
            Strike::Isolate => self.end_cut(fault),
        }
        Some(node)
    }
}
