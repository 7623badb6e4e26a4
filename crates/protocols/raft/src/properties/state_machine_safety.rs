//! RF5: no two servers apply different entries at the same index.

use std::collections::BTreeMap;
use std::sync::Arc;

use service::{Executed, Store};
use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, Node, NodeId};

use super::{records, server};
use crate::{Configuration, Entry, Index, Party, Payload, Record, Server, Snapshot};

/// RF5 state-machine-safety (figure 3), and what it is for: servers that have applied the same
/// entries, by themselves or through a snapshot, are in the same state; and a snapshot has the
/// configuration in effect as of its last entry.
#[derive(Clone, Debug)]
pub struct StateMachineSafety {
    /// The entry that was applied first at each index, and the state after it.
    applied: Executed<Entry>,
    /// The configurations among these entries, and the first one.
    configurations: BTreeMap<Index, Arc<Configuration>>,
}

impl Property<Party> for StateMachineSafety {
    const CLAIM: Claim = Claim {
        code: "RF5",
        name: "state-machine-safety",
        kind: Kind::Safety,
        meaning: "no two servers apply different entries at the same index",
        source: "Ongaro and Ousterhout 2014 (extended version), figure 3; section 5.4.3",
    };

    fn new(config: &<Party as Node>::Config, _: u32) -> Self {
        let first = Arc::new(Configuration::of_voters(config.server.voters()));
        Self { applied: Executed::new(), configurations: BTreeMap::from([(Index(0), first)]) }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let server = server(view, node);
        let is_first_since_start =
            server.is_some_and(|server| self.observe(view, node, server, judge));
        let mut must_compare = is_first_since_start;
        for record in records(effects) {
            if let Record::Compact { snapshot, .. } | Record::Install { snapshot } = record {
                self.compare(node, snapshot, judge);
                must_compare = true;
            }
        }
        // The server has started from a snapshot, has installed one, or has taken one.
        let Some(server) = server.filter(|_| must_compare) else { return };
        if let Some(snapshot) = server.snapshot().filter(|_| is_first_since_start) {
            self.compare(node, snapshot, judge);
        }
        self.compare_state(node, server.last_applied(), server.state_machine(), judge);
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.applied.crash(node);
    }

    fn kept(&self) -> u64 {
        self.applied.kept() + size_of_entries(self.configurations.len())
    }
}

impl StateMachineSafety {
    /// Checks what a server has applied in this step. Returns whether it is the first step since
    /// its start in which it had applied anything.
    fn observe(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        server: &Server,
        judge: &mut Judge,
    ) -> bool {
        let last = self.applied.last();
        let initial_snapshot = server.snapshot().map(|one| (one.index.0, &one.store));
        let Some(new_indices) =
            self.applied.advance(node, server.last_applied().0, initial_snapshot)
        else {
            return false;
        };
        if let Some(snapshot) = server.snapshot().filter(|_| self.applied.last() > last) {
            // The run started with this snapshot on disk (`images:`), so earlier configurations are
            // unknown.
            self.configurations.clear();
            self.configurations.insert(snapshot.index, snapshot.configuration.clone());
        }
        // After a start a server applies from the first index on; its snapshot stands in for a
        // part.
        let is_first_since_start = *new_indices.start() == 1;
        for index in new_indices.map(Index) {
            // What is not there came with a snapshot.
            if let Some(entry) = server.log().get(index).filter(|_| index > server.log().base()) {
                self.apply(view, node, index, entry, judge);
            }
        }
        is_first_since_start
    }

    /// Is this the state that all servers have at an index?
    fn compare_state(&mut self, node: NodeId, index: Index, store: &Store, judge: &mut Judge) {
        judge.judged();
        if !self.applied.agrees(index.0, store) {
            let detail =
                format!("the state of {node} after entry {index} differs from the others' state");
            judge.violate(node, detail, &[]);
        }
    }

    /// Checks that a snapshot holds the state that all servers have at its index, and the
    /// configuration in effect there.
    fn compare(&mut self, node: NodeId, snapshot: &Snapshot, judge: &mut Judge) {
        let index = snapshot.index;
        self.compare_state(node, index, &snapshot.store, judge);
        let effective = self.configurations.range(..=index).next_back().map(|(_, one)| one);
        if let Some(effective) = effective.filter(|one| **one != snapshot.configuration) {
            let theirs = &snapshot.configuration;
            let detail = format!(
                "the snapshot up to entry {index} has configuration {theirs}, but {effective} is in \
                 effect there"
            );
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
        judge.judged();
        let request = match &entry.payload {
            Payload::Noop => None,
            Payload::Command(request) => Some(&**request),
            Payload::Configuration(configuration) => {
                self.configurations.entry(index).or_insert_with(|| configuration.clone());
                None
            }
        };
        if let Some((first, step)) = self.applied.execute(index.0, entry, request, view.step) {
            let (one, other) = (first.term, entry.term);
            let mut detail = format!(
                "different entries were applied at index {index}: first one of term {one}, here one \
                 of term {other}"
            );
            if one == other {
                detail.push_str(" with another content");
            }
            judge.violate(node, detail, &[*step]);
        }
    }
}
