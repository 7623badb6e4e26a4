//! [`Committed`]: every version of every key that was ever committed, told from the updates alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use service::{Key, Request, Store};
use sim_check::linearizability::{Text, TextRecorder};
use sim_check::{View, size_of_entries};
use sim_node::{Effect, NodeId};

use super::{replica, told};
use crate::{Incarnation, Indication, Party, Position};

/// What the tails have committed, carried out on a store of the property's own.
#[derive(Clone, Debug, Default)]
pub(super) struct Committed {
    /// Up to where.
    pub(super) last: Position,
    store: Store,
    /// The versions of each key, and as of which update.
    versions: BTreeMap<Key, Versions>,
    /// About how many bytes the store and the versions take.
    kept: u64,
    /// What replicas have in their histories beyond it. What is beyond a replica's own last update
    /// is of an earlier incarnation, and will be overwritten.
    open: BTreeMap<NodeId, BTreeMap<Position, Arc<Request>>>,
    incarnations: BTreeMap<NodeId, Incarnation>,
}

/// The versions of a key.
#[derive(Clone, Debug, Default)]
struct Versions {
    all: Vec<(Position, Option<Text>)>,
    /// A value that is appended to is kept once, and not once a version.
    values: TextRecorder,
}

impl Committed {
    /// A replica has made a step.
    pub(super) fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
    ) {
        for indication in told(effects) {
            if let Indication::Applied(update) = indication {
                self.add(node, update.position, &update.request);
            }
        }
        let Some(replica) = replica(view, node) else { return };
        // It may have come back with what it had written when it crashed, and told nobody of.
        if self.incarnations.insert(node, replica.incarnation()) != Some(replica.incarnation()) {
            for update in replica.sent() {
                self.add(node, update.position, &update.request);
            }
        }
    }

    fn add(&mut self, node: NodeId, position: Position, request: &Arc<Request>) {
        let open = self.open.entry(node).or_default();
        while let Some(first) = open.first_entry()
            && *first.key() <= self.last
        {
            first.remove();
        }
        open.insert(position, Arc::clone(request));
    }

    /// A tail has committed its history up to here. Returns the first update in it that it was not
    /// seen to have, if there is one.
    pub(super) fn commit(&mut self, tail: NodeId, upto: Position) -> Result<(), Position> {
        while self.last < upto {
            let next = self.last.next();
            let request = self.open.get(&tail).and_then(|open| open.get(&next)).ok_or(next)?;
            let key = request.command.key();
            let size = self.store.size_of(request);
            self.store.execute(request.operation, &request.command);
            self.kept = self.kept + self.store.size_of(request) - size;
            let versions = self.versions.entry(key).or_default();
            let before = versions.values.kept();
            let value = self.store.get(key).map(|value| versions.values.record(value));
            versions.all.push((next, value));
            self.kept = self.kept + size_of_entries(1) + versions.values.kept() - before;
            self.last = next;
        }
        Ok(())
    }

    /// The value of a key as of a committed update.
    pub(super) fn value(&self, key: Key, upto: Position) -> Option<&Text> {
        let versions = &self.versions.get(&key)?.all;
        let older = versions.partition_point(|(position, _)| *position <= upto);
        versions.get(older.checked_sub(1)?)?.1.as_ref()
    }

    /// About how many bytes it takes.
    pub(super) fn kept(&self) -> u64 {
        self.kept + size_of_entries(self.open.values().map(BTreeMap::len).sum())
    }
}
