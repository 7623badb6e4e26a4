//! PB3: every acknowledged update is in the state of each later primary.

use std::collections::BTreeMap;

use service::{ClientIndication, Operation, Output, Served};
use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::replica;
use crate::{Number, Party, ViewNumber};

/// PB3 nothing-lost: of every update that a client was told is done, the state of a primary that
/// serves knows.
#[derive(Clone, Debug)]
pub struct NothingLost {
    /// By session, the last update that a client was told is done, and the step.
    acknowledged: BTreeMap<service::ClientId, (Operation, u64)>,
    /// The operations under way that update something.
    updates: BTreeMap<Operation, ()>,
    /// The latest reign whose primary has served, and who that is.
    latest: (ViewNumber, NodeId),
    /// How many updates it had when it was last looked at.
    looked: Number,
}

impl Property<Party> for NothingLost {
    const CLAIM: Claim = Claim {
        code: "PB3",
        name: "nothing-lost",
        kind: Kind::Safety,
        meaning: "every acknowledged update is in the state of each later primary that serves",
        source: "Alsberg and Day 1976; Budhiraja, Marzullo, Schneider and Toueg 1993",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self {
            acknowledged: BTreeMap::new(),
            updates: BTreeMap::new(),
            latest: (ViewNumber::default(), NodeId::default()),
            looked: Number::default(),
        }
    }

    /// A primary begins to serve, in a new reign or after a crash.
    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let Some(replica) = replica(view, node) else { return };
        let Some(leading) = replica.leading().filter(|leading| leading.is_in_service()) else {
            return;
        };
        let reign = leading.view().reign;
        let begins = effects.iter().any(|effect| matches!(effect, Effect::Mark("in service")));
        if !begins && reign <= self.latest.0 || reign < self.latest.0 {
            return;
        }
        self.latest = (reign, node);
        judge.judged();
        for (operation, step) in self.acknowledged.values() {
            if replica.store().answered(*operation).is_none() {
                let detail = format!(
                    "{operation} was acknowledged, and {node}, primary in reign {reign}, lacks it"
                );
                return judge.violate(node, detail, &[*step]);
            }
        }
        self.looked = replica.applied();
    }

    /// A client is told. The latest primary knows of it, unless it is down.
    fn indicated(
        &mut self,
        view: &View<'_, Party>,
        _: NodeId,
        indication: &<Party as Node>::Indication,
        judge: &mut Judge,
    ) {
        match Party::told(indication) {
            Some(ClientIndication::Invoked { operation, command }) if !command.is_read() => {
                self.updates.insert(*operation, ());
            }
            Some(ClientIndication::Answered { operation, output }) => {
                if self.updates.remove(operation).is_none() || is_value(output) {
                    return;
                }
                self.acknowledged.insert(operation.client, (*operation, view.step));
                judge.judged();
                let (reign, node) = self.latest;
                let leading = replica(view, node).filter(|replica| {
                    replica.leading().is_some_and(|leading| {
                        leading.view().reign == reign && leading.is_in_service()
                    })
                });
                if leading.is_some_and(|one| one.store().answered(*operation).is_none()) {
                    let detail = format!(
                        "{operation} is acknowledged, and {node}, primary in reign {reign}, lacks it"
                    );
                    judge.violate(node, detail, &[]);
                }
            }
            _ => {}
        }
    }
}

fn is_value(output: &Output) -> bool {
    matches!(output, Output::Value(_))
}
