//! MP4: a replica never learns a value unless it is chosen.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Either, Node, NodeId};

use super::ghost::Ghost;
use super::records;
use crate::multi::{Party, Record};

/// MP4 learning.
#[derive(Clone, Debug)]
pub struct Learning {
    ghost: Ghost,
}

impl Property<Party> for Learning {
    const CLAIM: Claim = Claim {
        code: "MP4",
        name: "learning",
        kind: Kind::Safety,
        meaning: "a replica never learns that a value has been chosen unless it has been",
        source: "Lamport 2001, section 2.1",
    };

    fn new(config: &<Party as Node>::Config, servers: u32) -> Self {
        Self { ghost: Ghost::new(config, servers) }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        self.ghost.after(view, node);
        for record in records(effects) {
            let (slot, is_chosen) = match record {
                Record::Chosen { slot, value, .. } => {
                    (*slot, self.ghost.chosen(*slot) == Some(value))
                }
                Record::Compacted { snapshot, .. } => {
                    (snapshot.slot, snapshot.slot <= self.ghost.executed())
                }
                _ => continue,
            };
            judge.judged();
            if !is_chosen {
                let detail = format!("it learns a value of slot {slot} that is not chosen");
                judge.violate(node, detail, &[]);
            }
        }
    }

    fn indicated(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        indication: &<Party as Node>::Indication,
        _: &mut Judge,
    ) {
        if let Either::Server(voted) = indication {
            self.ghost.voted(node, voted, &view.config.server, view.step);
        }
    }

    fn restart(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.ghost.restart(node);
    }

    fn kept(&self) -> u64 {
        self.ghost.kept()
    }
}
