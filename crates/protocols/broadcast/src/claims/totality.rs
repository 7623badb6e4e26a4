//! BRB5: all or nobody.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::NodeId;

use super::broadcasts::Deliveries;
use crate::{Config, Deliver, Process};

/// BRB5: if a correct process delivers a message of a broadcast, every correct process does.
#[derive(Clone, Debug)]
pub struct Totality {
    delivered: Deliveries,
}

impl Property<Process> for Totality {
    const CLAIM: Claim = Claim {
        code: "BRB5",
        name: "totality",
        kind: Kind::Liveness,
        meaning: "if a correct process delivers a message, every correct process delivers one",
        source: "Cachin, Guerraoui, Rodrigues 2011, module 3.12",
    };

    fn new(_: &Config, _: u32) -> Self {
        Self { delivered: Deliveries::default() }
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
        if self.delivered.instances(view).next().is_some() {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, Process>) -> Option<Obligation> {
        let instances = self.delivered.instances(view);
        self.delivered.missing(view, instances, "and another correct process has")
    }

    fn kept(&self) -> u64 {
        self.delivered.kept()
    }
}
