//! BRB4: all deliver the same.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::NodeId;

use super::broadcasts::Deliveries;
use crate::{Config, Deliver, Process};

/// BRB4: if correct processes deliver m and m' of a broadcast, then m = m'.
#[derive(Clone, Debug)]
pub struct Consistency {
    delivered: Deliveries,
}

impl Property<Process> for Consistency {
    const CLAIM: Claim = Claim {
        code: "BRB4",
        name: "consistency",
        kind: Kind::Safety,
        meaning: "no two correct processes deliver different messages of a broadcast",
        source: "Cachin, Guerraoui, Rodrigues 2011, module 3.12; agreement: Bracha 1987",
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
        if let Some((other, before, step)) = self.delivered.other(*said) {
            let (instance, content) = (said.instance, said.content);
            let detail =
                format!("{node} delivers {content} of {instance} where {other} delivered {before}");
            judge.violate(node, detail, &[step]);
        }
        self.delivered.add(node, *said, view.step);
    }

    fn kept(&self) -> u64 {
        self.delivered.kept()
    }
}
