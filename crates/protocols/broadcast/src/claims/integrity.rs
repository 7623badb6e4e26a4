//! BRB3: nothing is delivered in the name of a correct process that it has not broadcast.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId};

use super::broadcasts::Broadcasts;
use crate::{Config, Deliver, Process};

/// BRB3: if a correct process delivers m of a correct sender, the sender has broadcast m.
#[derive(Clone, Debug)]
pub struct Integrity {
    broadcast: Broadcasts,
}

impl Property<Process> for Integrity {
    const CLAIM: Claim = Claim {
        code: "BRB3",
        name: "integrity",
        kind: Kind::Safety,
        meaning: "what a correct process delivers of a correct sender, the sender has broadcast",
        source: "Cachin, Guerraoui, Rodrigues 2011, module 3.12",
    };

    fn new(_: &Config, _: u32) -> Self {
        Self { broadcast: Broadcasts::default() }
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
        judge: &mut Judge,
    ) {
        let (instance, content) = (said.instance, said.content);
        if view.is_byzantine(instance.sender) {
            return;
        }
        judge.judged();
        let broadcast = self.broadcast.content(instance);
        if broadcast != Some(content) {
            let what = broadcast.map_or("nothing".to_owned(), |one| one.to_string());
            let detail =
                format!("{node} delivers {content} of {instance}, whose sender broadcast {what}");
            judge.violate(node, detail, &[]);
        }
    }

    fn kept(&self) -> u64 {
        self.broadcast.kept()
    }
}
