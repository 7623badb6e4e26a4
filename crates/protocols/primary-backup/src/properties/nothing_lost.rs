//! PB3: every acknowledged update is in the state of each later primary.

use std::collections::{BTreeMap, BTreeSet};

use service::{ClientId, ClientIndication, Operation, Served, Store};
use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, Node, NodeId};

use super::replica;
use crate::{Party, ViewNumber};

/// PB3 nothing-lost: of every update that a client was told is done, the state of a primary that
/// serves knows.
#[derive(Clone, Debug)]
pub struct NothingLost {
    /// By session, the last update that a client was told is done, and the step.
    acknowledged: BTreeMap<ClientId, (Operation, u64)>,
    /// The operations under way that update something.
    updates: BTreeSet<Operation>,
    /// The latest epoch whose primary has served, and who that is.
    latest: (ViewNumber, NodeId),
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
            updates: BTreeSet::new(),
            latest: (ViewNumber::default(), NodeId::default()),
        }
    }

    /// A primary begins to serve, in a new epoch or after a crash.
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
        let epoch = leading.view().epoch;
        let begins = effects.iter().any(|effect| matches!(effect, Effect::Mark("in service")));
        if !begins && epoch <= self.latest.0 || epoch < self.latest.0 {
            return;
        }
        self.latest = (epoch, node);
        judge.judged();
        for (operation, step) in self.acknowledged.values() {
            if !has(replica.store(), *operation) {
                let detail = format!(
                    "{operation} was acknowledged, and {node}, primary in epoch {epoch}, lacks it"
                );
                return judge.violate(node, detail, &[*step]);
            }
        }
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
                self.updates.insert(*operation);
            }
            Some(ClientIndication::Answered { operation, .. }) => {
                if !self.updates.remove(operation) {
                    return;
                }
                self.acknowledged.insert(operation.client, (*operation, view.step));
                judge.judged();
                let (epoch, node) = self.latest;
                let leading = replica(view, node).filter(|replica| {
                    replica.leading().is_some_and(|leading| {
                        leading.view().epoch == epoch && leading.is_in_service()
                    })
                });
                if leading.is_some_and(|one| !has(one.store(), *operation)) {
                    let detail = format!(
                        "{operation} is acknowledged, and {node}, primary in epoch {epoch}, lacks \
                         it"
                    );
                    judge.violate(node, detail, &[]);
                }
            }
            _ => {}
        }
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.acknowledged.len() + self.updates.len())
    }
}

/// Whether an operation took effect: the client makes the next one of a session only after it.
fn has(store: &Store, operation: Operation) -> bool {
    store.latest(operation.client) >= Some(operation.sequence)
}
