//! [`Executed`]: what replicas execute, place by place, and the state in which that leaves them.

use std::collections::{BTreeMap, VecDeque};
use std::ops::RangeInclusive;

use serde::Serialize;
use sim_check::{ENTRY, size_in_memory, size_of_entries};
use sim_node::NodeId;

use crate::{Fingerprint, Request, Store};

/// What was executed at each place of a replicated log, by the first server to do so, and the state
/// after it. It is the ghost of a claim that no two replicas differ: those that have executed as
/// many places, by themselves or through a snapshot, must be in this state.
///
/// Places (slots, indices) are numbered from 1 without gaps; 0 is before all. `V` is what a place
/// may hold.
#[derive(Clone, Debug)]
pub struct Executed<V> {
    /// The value that was executed first at each place, and the step; `None` of a place that a
    /// snapshot stood in for.
    values: VecDeque<Option<(V, u64)>>,
    /// The place of the first of `values`.
    first: u64,
    /// The state after the place `last`.
    store: Store,
    last: u64,
    /// The fingerprint of `store`.
    state: Fingerprint,
    /// Of the state after each place up to `last`; none of those before a snapshot that lay on a
    /// disk when the run began.
    states: BTreeMap<u64, Fingerprint>,
    /// By replica: up to where it has executed since it started; 0 of one that is down.
    reached: Vec<Option<u64>>,
    /// About how many bytes `values` and `store` take.
    kept: u64,
}

impl<V: Clone + PartialEq + Serialize> Executed<V> {
    /// Nothing is executed.
    #[must_use]
    pub fn new() -> Self {
        let store = Store::default();
        let state = store.fingerprint();
        let states = BTreeMap::from([(0, state)]);
        let (values, reached) = (VecDeque::new(), Vec::new());
        Self { values, first: 1, store, last: 0, state, states, reached, kept: 0 }
    }

    /// Everything up to this place was executed by somebody, or is in a snapshot that was there
    /// from the beginning.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// After a step: a replica has executed everything up to a place. Returns the places that are
    /// new since it was last looked at or has started; those that a snapshot stood in for are
    /// among them.
    ///
    /// A snapshot that it has after its very first step lay on its disk before the run: everything
    /// before it is taken as it is.
    pub fn advance(
        &mut self,
        node: NodeId,
        upto: u64,
        snapshot: Option<(u64, &Store)>,
    ) -> Option<RangeInclusive<u64>> {
        if self.reached.len() <= node.index() {
            self.reached.resize(node.index() + 1, None);
        }
        let seen = self.reached[node.index()].replace(upto);
        if seen == Some(upto) {
            return None;
        }
        if let (None, Some((place, store))) = (seen, snapshot)
            && place > self.last
        {
            self.kept = self.kept + size_in_memory(store) - size_in_memory(&self.store);
            self.store = store.clone();
            self.last = place;
            self.state = store.fingerprint();
            self.states.insert(place, self.state);
        }
        Some(seen.unwrap_or(0) + 1..=upto)
    }

    /// A replica is down: it will begin again from what is on its disk.
    pub fn crash(&mut self, node: NodeId) {
        if let Some(Some(reached)) = self.reached.get_mut(node.index()) {
            *reached = 0;
        }
    }

    /// A replica has executed a value, which holds these operations. Returns the value that was
    /// executed there first, and when, if that was another.
    pub fn execute<'a>(
        &mut self,
        place: u64,
        value: &V,
        requests: impl IntoIterator<Item = &'a Request>,
        step: u64,
    ) -> Option<&(V, u64)> {
        let offset = self.offset_of(place);
        if let Some((first, _)) = &self.values[offset] {
            let differs = first != value;
            return self.values[offset].as_ref().filter(|_| differs);
        }
        self.kept += ENTRY + size_in_memory(value);
        self.values[offset] = Some((value.clone(), step));
        if place == self.last + 1 {
            for request in requests {
                let touched = |store: &Store| store.fingerprint_of(request);
                let before = touched(&self.store);
                let size = self.store.size_of(request);
                self.store.execute(request.operation, &request.command);
                self.kept = self.kept + self.store.size_of(request) - size;
                self.state = self.state.without(before).with(touched(&self.store));
            }
            self.last = place;
            self.states.insert(place, self.state);
        }
        None
    }

    /// About how many bytes it takes: a property that keeps it tells that as its own.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.kept + size_of_entries(self.states.len())
    }

    /// Where a place is among `values`, which is made to hold it.
    fn offset_of(&mut self, place: u64) -> usize {
        if self.values.is_empty() {
            self.first = place;
        }
        while place < self.first {
            self.values.push_front(None);
            self.first -= 1;
        }
        let offset = usize::try_from(place - self.first).expect("places in memory");
        while self.values.len() <= offset {
            self.values.push_back(None);
        }
        offset
    }

    /// Whether this is the state of everybody who has executed everything up to a place. Where
    /// that is not known, as it lies before a snapshot that was there from the beginning, it is
    /// from now on.
    pub fn agrees(&mut self, place: u64, state: &Store) -> bool {
        let state = state.fingerprint();
        place <= self.last && *self.states.entry(place).or_insert(state) == state
    }
}

impl<V: Clone + PartialEq + Serialize> Default for Executed<V> {
    fn default() -> Self {
        Self::new()
    }
}
