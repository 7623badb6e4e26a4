//! CH4: the chain is whole again once all faults have ended (`calm`).

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::Node;

use super::{configuration, installed};
use crate::Party;

/// CH4 chain-repair.
#[derive(Clone, Debug)]
pub struct ChainRepair;

impl Property<Party> for ChainRepair {
    const CLAIM: Claim = Claim {
        code: "CH4",
        name: "chain-repair",
        kind: Kind::Liveness,
        meaning: "once all faults have ended (`calm`), each replica in the chain is up, has installed \
                  it and is complete, and the chain is as long as it is to be or has all that are \
                  up, by the deadline",
        source: "van Renesse and Schneider 2004, section 3.1",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self
    }

    fn end(&mut self, _: &View<'_, Party>, judge: &mut Judge) {
        judge.judged();
    }

    fn unmet(&self, view: &View<'_, Party>) -> Option<Obligation> {
        let unmet = |detail: String| Some(Obligation { node: None, detail });
        let Some(configuration) = configuration(view) else {
            return unmet("the master is down".to_owned());
        };
        let complete = installed(view).filter(|(_, replica)| replica.is_complete()).count();
        let (epoch, length) = (configuration.epoch, configuration.chain.len());
        if complete < length {
            return unmet(format!("{complete} of {length} have installed configuration {epoch}"));
        }
        let up = view.correct().filter(|(_, party)| matches!(party, Party::Replica(_))).count();
        let wanted = up.min(view.config.replica.config.length() as usize);
        (length < wanted).then(|| Obligation {
            node: None,
            detail: format!("{length} of {wanted} are in the chain"),
        })
    }
}
