//! A drift: the node's clocks run at another rate.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, FaultFacts, FaultKind, FaultTime, InCalm, InStep, Late, Part, Sides,
    Victims,
};
use crate::world::World;
use crate::{Observer, Target};

/// Lasting: the node's clocks drift at this rate, instead of the one it has.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Drift(pub Target, pub sim_node::Drift);

impl Behaviour for Drift {
    const KIND: FaultKind = FaultKind {
        name: "Drift",
        example: "Drift(Node(0), \"+200ppm\")",
        time: FaultTime::Lasting { until: None, calm: InCalm::Ends },
        victims: Victims::AsTheyWere,
        draws: None,
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self(who, drift) = self;
        FaultFacts {
            arguments: Arguments::none()
                .at(0, Argument::Target(who))
                .at(1, Argument::Drift(*drift)),
            sides: Sides::None,
            part: Part::ClockRate(*drift),
            failure: None,
            late: Late::Never,
            step: InStep::After,
            idle: None,
        }
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        let victims = world.find(fault, &self.0)?;
        for &node in &victims {
            world.cells[node.index()].drifts.push((fault, self.1));
            world.set_drift(node);
        }
        Some(victims)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        nodes: &[NodeId],
        _: &mut O,
    ) {
        for &node in nodes {
            world.cells[node.index()].drifts.retain(|one| one.0 != fault);
            world.set_drift(node);
        }
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.nobody_saw_a_drift(fault)
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A node's clock runs at the rate of the latest fault in force, or its own; its timers move
    /// along.
    fn set_drift(&mut self, node: NodeId) {
        let cell = &self.cells[node.index()];
        let drift = cell.drifts.last().map_or(cell.own_drift, |(_, drift)| *drift);
        let clock = &mut self.clocks[node.index()];
        let before = clock.set_drift(self.now, drift);
        let (after, now) = (*clock, self.now);
        self.agenda.reschedule_timers(node, |due| {
            let left = before.monotonic(due) - before.monotonic(now);
            now.saturating_add(after.to_simulation(left.as_nanos()))
        });
    }
}
