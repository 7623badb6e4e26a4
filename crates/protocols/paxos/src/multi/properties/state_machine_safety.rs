//! MP5: replicas execute the same commands in the same order, without gaps.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use service::Store;
use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::{records, server};
use crate::multi::{Party, Record, Slot, Snapshot, Value};

/// MP5 state-machine-safety: "all the servers execute the same sequence of commands", and so those
/// that have executed as many slots, by themselves or through a snapshot, are in the same state.
#[derive(Clone, Debug)]
pub struct StateMachineSafety {
    /// The value that was executed first in each slot, and the step.
    values: BTreeMap<Slot, (Value, u64)>,
    /// The state after the last of these slots.
    store: Store,
    /// A fingerprint of the state after the slots at which snapshots were taken.
    snapshots: BTreeMap<Slot, u64>,
    /// What each server has executed, since it started.
    executed: BTreeMap<NodeId, Slot>,
}

impl Property<Party> for StateMachineSafety {
    const CLAIM: Claim = Claim {
        code: "MP5",
        name: "state-machine-safety",
        kind: Kind::Safety,
        meaning: "no two replicas execute different values in a slot, and none executes a slot before \
                  those before it",
        source: "Lamport 2001, section 3; van Renesse and Altinbuken 2015, invariants R1 to R3",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self {
            values: BTreeMap::new(),
            store: Store::default(),
            snapshots: BTreeMap::new(),
            executed: BTreeMap::new(),
        }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let Some(server) = server(view, node) else { return };
        let seen = self.executed.get(&node).copied().unwrap_or_default();
        if server.executed() != seen {
            self.executed.insert(node, server.executed());
            let log = server.log();
            // What is not in the log came with a snapshot.
            for number in seen.0.max(log.base().0) + 1..=server.executed().0 {
                let slot = Slot(number);
                let entry = log.get(slot).filter(|entry| entry.chosen);
                let Some(entry) = entry else {
                    let upto = server.executed();
                    let detail = format!("executed {upto} before slot {slot} was known");
                    return judge.violate(node, detail, &[]);
                };
                self.execute(view, node, slot, &entry.value, judge);
            }
            // It has begun from its snapshot, or installed one.
            if let Some(snapshot) = server.snapshot().filter(|one| one.slot == server.executed()) {
                self.compare(node, snapshot, server.store(), judge);
            }
        }
        for record in records(effects) {
            if let Record::Compacted { snapshot, .. } = record {
                self.compare(node, snapshot, &snapshot.store, judge);
            }
        }
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.executed.remove(&node);
    }
}

impl StateMachineSafety {
    /// Is the state that a server has at a snapshot's slot the one of everybody else?
    fn compare(&mut self, node: NodeId, snapshot: &Snapshot, state: &Store, judge: &mut Judge) {
        judge.judged();
        let slot = snapshot.slot;
        let latest = self.values.last_key_value().map(|(slot, _)| *slot);
        let known = *self.snapshots.entry(slot).or_insert_with(|| {
            fingerprint(if latest == Some(slot) { &self.store } else { &snapshot.store })
        });
        if fingerprint(state) != known {
            judge.violate(node, format!("another state than others have after slot {slot}"), &[]);
        }
    }

    fn execute(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        slot: Slot,
        value: &Value,
        judge: &mut Judge,
    ) {
        if let Some((first, step)) = self.values.get(&slot) {
            judge.judged();
            if first != value {
                let detail = format!("slot {slot}: executed {value:?}, where others did {first:?}");
                judge.violate(node, detail, &[*step]);
            }
            return;
        }
        self.values.insert(slot, (value.clone(), view.step));
        if let Value::Commands(requests) = value {
            for request in requests {
                self.store.execute(request.operation, &request.command);
            }
        }
    }
}

/// Of a state, to be compared within one run.
fn fingerprint(store: &Store) -> u64 {
    let mut hasher = DefaultHasher::new();
    store.hash(&mut hasher);
    hasher.finish()
}
