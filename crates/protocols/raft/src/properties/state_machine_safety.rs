//! RF5: no two servers apply different entries at one index.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use service::Store;
use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::{records, server};
use crate::{Configuration, Entry, Index, Party, Payload, Record, Snapshot};

/// RF5 state-machine-safety (figure 3), and what it is for: servers that have applied the same
/// entries, by themselves or through a snapshot, are in the same state; and a snapshot has the
/// configuration that was in effect when they were.
#[derive(Clone, Debug)]
pub struct StateMachineSafety {
    /// The entry that was applied first at each index, and the step.
    entries: BTreeMap<Index, (Entry, u64)>,
    /// The state in which it left a server of its own, at the last of these indices.
    store: Store,
    /// Every entry up to here is among `entries`.
    complete: Index,
    /// The configurations among `entries`, and the first one.
    configurations: BTreeMap<Index, Configuration>,
    /// A fingerprint of the state at the indices at which snapshots were taken.
    snapshots: BTreeMap<Index, u64>,
    /// What each server has applied, since it started.
    applied: BTreeMap<NodeId, Index>,
}

impl Property<Party> for StateMachineSafety {
    const CLAIM: Claim = Claim {
        code: "RF5",
        name: "state-machine-safety",
        kind: Kind::Safety,
        meaning: "if a server has applied an entry at an index, no other applies a different one there",
        source: "Ongaro and Ousterhout 2014, figure 3; section 5.4.3",
    };

    fn new(config: &<Party as Node>::Config, _: u32) -> Self {
        let first = Configuration::of_voters(config.server.members.iter().copied());
        Self {
            entries: BTreeMap::new(),
            store: Store::default(),
            complete: Index(0),
            configurations: BTreeMap::from([(Index(0), first)]),
            snapshots: BTreeMap::new(),
            applied: BTreeMap::new(),
        }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        for record in records(effects) {
            if let Record::Compact { snapshot, .. } = record {
                self.compare(node, snapshot, &snapshot.store, judge);
            }
        }
        let Some(server) = server(view, node) else { return };
        let seen = self.applied.get(&node).copied().unwrap_or_default();
        if server.applied() == seen {
            return;
        }
        self.applied.insert(node, server.applied());
        for number in seen.0 + 1..=server.applied().0 {
            let index = Index(number);
            // What is not there came with a snapshot.
            if let Some(entry) = server.log().get(index).filter(|_| index > server.log().base()) {
                self.apply(view, node, index, entry, judge);
            }
        }
        // It has begun from its snapshot, or installed one.
        if let Some(snapshot) = server.snapshot().filter(|one| one.index == server.applied()) {
            self.compare(node, snapshot, server.store(), judge);
        }
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.applied.remove(&node);
    }
}

impl StateMachineSafety {
    /// Is the state that a server has at a snapshot's index the one of everybody else?
    fn compare(&mut self, node: NodeId, snapshot: &Snapshot, state: &Store, judge: &mut Judge) {
        judge.judged();
        let index = snapshot.index;
        let latest = self.entries.last_key_value().map(|(index, _)| *index);
        let known = *self.snapshots.entry(index).or_insert_with(|| {
            fingerprint(if latest == Some(index) { &self.store } else { &snapshot.store })
        });
        if fingerprint(state) != known {
            judge.violate(node, format!("another state than others have after entry {index}"), &[]);
        }
        let effective = self.configurations.range(..=index).next_back().map(|(_, one)| one);
        if index <= self.complete && effective != Some(&snapshot.configuration) {
            let theirs = &snapshot.configuration;
            let detail = format!("{theirs} is not the configuration as of entry {index}");
            judge.violate(node, detail, &[]);
        }
    }

    fn apply(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        index: Index,
        entry: &Entry,
        judge: &mut Judge,
    ) {
        if let Some((first, step)) = self.entries.get(&index) {
            judge.judged();
            if first != entry {
                let (one, other) = (first.term, entry.term);
                let detail =
                    format!("entry {index} is applied as of term {one} and as of term {other}");
                judge.violate(node, detail, &[*step]);
            }
            return;
        }
        self.entries.insert(index, (entry.clone(), view.step));
        while self.entries.contains_key(&self.complete.next()) {
            self.complete = self.complete.next();
        }
        match &entry.payload {
            Payload::Noop => {}
            Payload::Command(request) => {
                self.store.execute(request.operation, &request.command);
            }
            Payload::Configuration(configuration) => {
                self.configurations.insert(index, configuration.clone());
            }
        }
    }
}

/// Of a state, to be compared within one run: a long run takes many snapshots, and each may be
/// large.
fn fingerprint(store: &Store) -> u64 {
    let mut hasher = DefaultHasher::new();
    store.hash(&mut hasher);
    hasher.finish()
}
