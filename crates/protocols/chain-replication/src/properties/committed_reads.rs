//! CR1: a strong read returns what was committed.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Node, NodeId};

use super::of_replica;
use crate::{Indication, Party, Position, Version};

/// CR1 committed-reads.
#[derive(Clone, Debug)]
pub struct CommittedReads {
    /// The last update that a tail has committed.
    committed: Position,
}

impl Property<Party> for CommittedReads {
    const CLAIM: Claim = Claim {
        code: "CR1",
        name: "committed-reads",
        kind: Kind::Safety,
        meaning: "what a read returns as committed, a tail has committed before",
        source: "Terrace and Freedman 2009, section 2.3",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { committed: Position(0) }
    }

    fn indicated(
        &mut self,
        _: &View<'_, Party>,
        node: NodeId,
        indication: &<Party as Node>::Indication,
        judge: &mut Judge,
    ) {
        match of_replica(indication) {
            Some(Indication::Committed(upto)) => self.committed = self.committed.max(*upto),
            Some(Indication::Read(key, Version::Committed(upto))) => {
                judge.judged();
                if *upto > self.committed {
                    let committed = self.committed;
                    let detail = format!("{key} is read as of {upto}, committed is {committed}");
                    judge.violate(node, detail, &[]);
                }
            }
            _ => {}
        }
    }
}
