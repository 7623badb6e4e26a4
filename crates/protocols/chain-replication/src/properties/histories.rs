//! [`Histories`]: what each replica's history is, as it was told.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;
use sim_check::View;
use sim_node::{Effect, NodeId};

use super::{replica, told};
use crate::{Indication, Party, Position, Update};

/// A fingerprint of each prefix of each replica's history; compared within one run only.
#[derive(Clone, Debug, Default)]
pub(super) struct Histories {
    /// By the replica's number.
    prefixes: Vec<Vec<u64>>,
    /// Of what the tails have committed, as the last of them has it: a tail may have begun anew
    /// before the history that it sent arrives.
    committed: Vec<u64>,
}

/// Of the empty history.
const EMPTY: u64 = 0;

impl Histories {
    /// A replica has made a step. Returns whether its history has changed.
    pub(super) fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
    ) -> bool {
        let mut changed = false;
        for indication in told(effects) {
            match indication {
                Indication::Applied(update) => self.extend(node, update),
                Indication::Received { from, upto } => self.receive(node, *from, *upto),
                Indication::Committed(upto) => {
                    self.commit(node, *upto);
                    continue;
                }
                Indication::Read(..) => continue,
            }
            changed = true;
        }
        let Some(replica) = replica(view, node) else { return changed };
        if self.last(node) == replica.last() {
            return changed;
        }
        // It has begun anew, with less than it had; or with a history that it had written when it
        // crashed, and told nobody of.
        self.of_mut(node).truncate(index(replica.last()) + 1);
        for update in replica.after(self.last(node)) {
            self.extend(node, update);
        }
        true
    }

    fn of_mut(&mut self, node: NodeId) -> &mut Vec<u64> {
        if self.prefixes.len() <= node.index() {
            self.prefixes.resize_with(node.index() + 1, || vec![EMPTY]);
        }
        &mut self.prefixes[node.index()]
    }

    fn extend(&mut self, node: NodeId, update: &Update) {
        let history = self.of_mut(node);
        history.truncate(index(update.position));
        let last = history.last().copied().unwrap_or(EMPTY);
        history.push(next(last, update));
    }

    /// A replica has received a tail's history.
    fn receive(&mut self, node: NodeId, from: NodeId, upto: Position) {
        let length = index(upto) + 1;
        let of_tail = self.of(from);
        let history = if of_tail.len() < length { &self.committed } else { of_tail };
        let history = history[..length.min(history.len())].to_vec();
        *self.of_mut(node) = history;
    }

    /// A tail has committed its history up to here.
    fn commit(&mut self, tail: NodeId, upto: Position) {
        let length = index(upto) + 1;
        let Some(history) = self.prefixes.get(tail.index()).and_then(|all| all.get(..length))
        else {
            return;
        };
        let common = self.committed.len().min(length);
        let differ = (0..common).rev().take_while(|at| self.committed[*at] != history[*at]).count();
        if differ == 0 && common == length {
            return;
        }
        self.committed.truncate(common - differ);
        self.committed.extend_from_slice(&history[common - differ..]);
    }

    fn of(&self, node: NodeId) -> &[u64] {
        self.prefixes.get(node.index()).map_or(&[EMPTY], Vec::as_slice)
    }

    /// The last update in a replica's history.
    pub(super) fn last(&self, node: NodeId) -> Position {
        Position((self.of(node).len() as u64).saturating_sub(1))
    }

    /// About how many bytes they take.
    pub(super) fn kept(&self) -> u64 {
        let prefixes: usize = self.prefixes.iter().map(Vec::len).sum();
        2 * size_of::<u64>() as u64 * (prefixes + self.committed.len()) as u64
    }

    /// The fingerprint of a replica's history up to here, if it is so long.
    pub(super) fn upto(&self, node: NodeId, position: Position) -> Option<u64> {
        self.of(node).get(index(position)).copied()
    }
}

/// The fingerprint of a history with one update more.
pub(super) fn next(last: u64, update: &Update) -> u64 {
    let mut hasher = FxHasher::default();
    (last, update).hash(&mut hasher);
    hasher.finish()
}

fn index(position: Position) -> usize {
    usize::try_from(position.0).expect("a history fits the memory")
}
