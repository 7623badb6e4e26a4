//! BRB2: a delivery is for good.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::NodeId;

use super::broadcasts::Deliveries;
use crate::{Config, Deliver, Process};

/// BRB2: every correct process delivers at most one message of a broadcast.
#[derive(Clone, Debug)]
pub struct NoDuplication {
    delivered: Deliveries,
}

impl Property<Process> for NoDuplication {
    const CLAIM: Claim = Claim {
        code: "BRB2",
        name: "no-duplication",
        kind: Kind::Safety,
        meaning: "every correct process delivers at most one message of a broadcast",
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
        judge: &mut Judge,
    ) {
        judge.judged();
        if let Some((before, step)) = self.delivered.add(node, *said, view.step) {
            let (instance, content) = (said.instance, said.content);
            let detail = format!("{node} delivers {content} of {instance}, and {before} before");
            judge.violate(node, detail, &[step]);
        }
    }

    fn kept(&self) -> u64 {
        self.delivered.kept()
    }
}
