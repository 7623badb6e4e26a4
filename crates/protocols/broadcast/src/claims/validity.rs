//! BRB1: what a correct process broadcasts arrives.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::{Effect, NodeId};

use super::broadcasts::{Broadcasts, Deliveries};
use crate::{Config, Content, Deliver, Instance, Process};

/// BRB1: if a correct process broadcasts m, every correct process delivers m. That it is m and
/// nothing else is for BRB3 to say.
#[derive(Clone, Debug)]
pub struct Validity {
    broadcast: Broadcasts,
    delivered: Deliveries,
}

impl Validity {
    /// The broadcasts of processes that are correct.
    fn by_correct<'a>(
        &'a self,
        view: &'a View<'_, Process>,
    ) -> impl Iterator<Item = (Instance, Content)> + 'a {
        self.broadcast
            .iter()
            .filter(|(instance, _)| view.correct().any(|(correct, _)| correct == instance.sender))
    }
}

impl Property<Process> for Validity {
    const CLAIM: Claim = Claim {
        code: "BRB1",
        name: "validity",
        kind: Kind::Liveness,
        meaning: "if a correct process broadcasts a message, every correct process delivers it",
        source: "Cachin, Guerraoui, Rodrigues 2011, module 3.12",
    };

    fn new(_: &Config, _: u32) -> Self {
        Self { broadcast: Broadcasts::default(), delivered: Deliveries::default() }
    }

    fn after(
        &mut self,
        _: &View<'_, Process>,
        node: NodeId,
        effects: &[Effect<Process>],
        _: &mut Judge,
    ) {
        self.broadcast.learn(node, effects);
    }

    fn indicated(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        Deliver(said): &Deliver,
        _: &mut Judge,
    ) {
        self.delivered.add(node, *said, view.step);
    }

    fn end(&mut self, view: &View<'_, Process>, judge: &mut Judge) {
        if self.by_correct(view).next().is_some() {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, Process>) -> Option<Obligation> {
        let instances = self.by_correct(view).map(|(instance, _)| instance);
        self.delivered.missing(view, instances, "and the sender is correct")
    }

    fn kept(&self) -> u64 {
        self.broadcast.kept() + self.delivered.kept()
    }
}
