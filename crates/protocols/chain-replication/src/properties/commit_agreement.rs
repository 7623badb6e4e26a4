//! CH3: what the tail has answered stays as it is.

use std::collections::{BTreeMap, VecDeque};

use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, Node, NodeId};

use super::histories::Histories;
use super::{installed, of_replica, told};
use crate::{Epoch, Incarnation, Indication, Party, Position};

/// CH3 commit-agreement: what the two invariants are for.
#[derive(Clone, Debug)]
pub struct CommitAgreement {
    histories: Histories,
    /// The fingerprint of each prefix of the longest history that a tail has committed, from the
    /// first update on, and the step.
    committed: Vec<(u64, u64)>,
    /// What a tail will have committed once its disk has it, in order: up to where, and the
    /// fingerprints of the prefixes since the one before.
    held: BTreeMap<NodeId, VecDeque<(Position, Vec<u64>)>>,
    /// The incarnation and the configuration in which each replica was last compared.
    compared: BTreeMap<NodeId, (Incarnation, Epoch)>,
}

impl Property<Party> for CommitAgreement {
    const CLAIM: Claim = Claim {
        code: "CH3",
        name: "commit-agreement",
        kind: Kind::Safety,
        meaning: "no two tails commit different updates at one position, and who is in the chain and \
                  complete has all that are committed",
        source: "van Renesse and Schneider 2004, section 3; the consequence of its invariants",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self {
            histories: Histories::default(),
            committed: Vec::new(),
            held: BTreeMap::new(),
            compared: BTreeMap::new(),
        }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        self.histories.after(view, node, effects);
        for indication in told(effects) {
            if let Indication::Committed(upto) = indication {
                let before = self.held.get(&node).and_then(VecDeque::back);
                let from = before.map_or(self.last(), |(upto, _)| *upto).min(*upto);
                let prefixes =
                    (from.0..=upto.0).filter_map(|at| self.histories.upto(node, Position(at)));
                let prefixes = prefixes.collect();
                self.held.entry(node).or_default().push_back((*upto, prefixes));
            }
        }
        let Some(replica) = super::replica(view, node) else { return };
        let present = (replica.incarnation(), replica.configuration().epoch);
        let is_due = replica.is_complete() && self.compared.get(&node) != Some(&present);
        if is_due && self.compare(view, node, judge) {
            self.compared.insert(node, present);
        }
    }

    /// Only what is durable at the tail is committed: a crash loses what its barrier holds.
    fn indicated(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        indication: &<Party as Node>::Indication,
        judge: &mut Judge,
    ) {
        if let Some(Indication::Committed(_)) = of_replica(indication)
            && let Some((upto, prefixes)) = self.held.entry(node).or_default().pop_front()
        {
            self.commit(view, node, upto, &prefixes, judge);
        }
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.held.remove(&node);
    }

    fn kept(&self) -> u64 {
        self.histories.kept() + size_of_entries(self.committed.len())
    }
}

impl CommitAgreement {
    /// A tail has committed everything up to here. The prefixes given are the last ones.
    fn commit(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        upto: Position,
        prefixes: &[u64],
        judge: &mut Judge,
    ) {
        judge.judged();
        let known = self.last();
        let common = upto.min(known);
        let back = |at: Position| {
            let from_the_end = usize::try_from(upto.0 - at.0).ok()?;
            prefixes.len().checked_sub(from_the_end + 1).and_then(|place| prefixes.get(place))
        };
        if let Some((history, step)) = self.upto(common)
            && back(common) != Some(&history)
        {
            let detail = format!("another history was committed up to {common}");
            judge.violate(node, detail, &[step]);
        }
        for position in (known.0 + 1..=upto.0).map(Position) {
            let history = back(position).copied().unwrap_or_default();
            self.committed.push((history, view.step));
        }
    }

    fn last(&self) -> Position {
        Position(self.committed.len() as u64)
    }

    /// The fingerprint up to here, and the step in which that was committed.
    fn upto(&self, position: Position) -> Option<(u64, u64)> {
        let place = usize::try_from(position.0.checked_sub(1)?).ok()?;
        self.committed.get(place).copied()
    }

    /// A replica is complete, and has the latest configuration: has it what is committed? If it
    /// has another one, or nobody knows as the master is down, it is looked at again. Returns
    /// whether it was compared.
    fn compare(&self, view: &View<'_, Party>, node: NodeId, judge: &mut Judge) -> bool {
        if installed(view).all(|(member, _)| member != node) {
            return false;
        }
        let last = self.last();
        if let Some((known, step)) = self.upto(last) {
            judge.judged();
            if self.histories.upto(node, last) != Some(known) {
                let detail = format!("it lacks what was committed up to {last}");
                judge.violate(node, detail, &[step]);
            }
        }
        true
    }
}
