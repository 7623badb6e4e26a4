//! [`Search`]: one object's operations are placed one after the other, and taken back at dead ends.

use rustc_hash::FxHashSet;

use super::Spec;
use super::configuration::{Configuration, Placed};
use super::entries::{Entries, Entry, Place};
use super::part::Part;
use super::states::States;

/// At how many states the furthest dead end is kept for the evidence.
const DEAD_ENDS_KEPT: usize = 4;

/// The search for an order of one object's operations.
///
/// It is depth first over configurations. Three rules spare configurations, and lose no order:
/// * an operation that only reads and whose answer fits is placed at once, for it can only be in
///   the way later ([`Spec::only_reads`]);
/// * an operation without a response is not placed where it would change nothing;
/// * of two that do and answer the same, the earlier goes first where that is possible.
pub(super) struct Search<'a, S: Spec> {
    part: &'a Part<'a, S>,
    entries: Entries,
    placed: Placed,
    /// How many operations have answered and are not placed.
    left: usize,
    state: u32,
    states: States<S>,
    stack: Vec<Step>,
    visited: FxHashSet<Configuration>,
    blocked: Blocked<S::State>,
}

/// How a search ended.
pub(super) struct Ended<T> {
    pub(super) found: Found<T>,
    /// How many configurations it visited.
    pub(super) visited: u64,
}

/// What a search found.
pub(super) enum Found<T> {
    /// An order of all operations that have answered.
    Order(Vec<u32>),
    /// There is none.
    Nothing(Blocked<T>),
    /// It had to give up.
    OutOfBudget,
}

/// The furthest response that could be reached, but not be passed.
pub(super) struct Blocked<T> {
    /// The operation that answers there and could not be placed.
    pub(super) call: u32,
    /// Some of the orders that lead there, with different states.
    pub(super) dead_ends: Vec<DeadEnd<T>>,
}

/// An order that leads to a response, but cannot have its operation.
pub(super) struct DeadEnd<T> {
    pub(super) order: Vec<u32>,
    pub(super) state: T,
}

/// An operation that is placed.
struct Step {
    call: u32,
    /// The state before.
    state: u32,
    /// Whether there was a choice; without, the search does not come back to it.
    choice: bool,
}

impl<'a, S: Spec> Search<'a, S> {
    pub(super) fn new(part: &'a Part<'a, S>) -> Self {
        Self {
            part,
            entries: Entries::new(part),
            placed: Placed::new(part),
            left: part.answered,
            state: States::<S>::INITIAL,
            states: States::new(part.spec.initial(&part.key)),
            stack: Vec::new(),
            visited: FxHashSet::default(),
            blocked: Blocked { call: 0, dead_ends: Vec::new() },
        }
    }

    /// Searches until there is an order, or none, or more than `budget` configurations to visit.
    pub(super) fn run(mut self, budget: u64) -> Ended<S::State> {
        self.place_reads();
        let mut place = self.entries.first();
        let found = loop {
            match self.entries.get(place) {
                _ if self.left == 0 => {
                    break Found::Order(self.stack.iter().map(|step| step.call).collect());
                }
                Some(Entry::Invoked(call)) if self.place(call) => {
                    if !self.visited.insert(self.placed.with(self.state)) {
                        place = self.take_back().expect("one was placed just now");
                    } else if self.visited() > budget {
                        break Found::OutOfBudget;
                    } else {
                        place = self.entries.first();
                    }
                }
                Some(Entry::Invoked(_)) => place = self.entries.next(place),
                Some(Entry::Answered(call)) => {
                    self.note_dead_end(call);
                    match self.take_back() {
                        Some(next) => place = next,
                        None => break Found::Nothing(self.blocked),
                    }
                }
                None => unreachable!("a response is left as long as an operation is"),
            }
        };
        let visited = u64::try_from(self.visited.len()).expect("fewer than 2^64").min(budget);
        Ended { found, visited }
    }

    fn visited(&self) -> u64 {
        u64::try_from(self.visited.len()).expect("fewer than 2^64")
    }

    /// Places an operation, and the reads that fit after it. Returns whether it could be placed and
    /// is worth trying.
    fn place(&mut self, call: u32) -> bool {
        let item = self.part.item(call);
        let twin = item.after.map(|twin| self.part.item(twin));
        if twin.is_some_and(|twin| !self.placed.contains(twin.number, twin.answered.is_some())) {
            return false;
        }
        let Some(next) = self.states.step(self.part, self.state, call) else { return false };
        if next == self.state && item.answered.is_none() {
            return false;
        }
        self.push(call, next, true);
        self.place_reads();
        true
    }

    /// Places all operations that can come next, only read, and give the answer that they gave.
    fn place_reads(&mut self) {
        let mut place = self.entries.first();
        while let Some(Entry::Invoked(call)) = self.entries.get(place) {
            let reads = self.part.item(call).only_reads;
            if reads && self.states.step(self.part, self.state, call).is_some() {
                self.push(call, self.state, false);
            }
            place = self.entries.next(place);
        }
    }

    fn push(&mut self, call: u32, next: u32, choice: bool) {
        let item = self.part.item(call);
        self.entries.take(call);
        self.placed.insert(item.number, item.answered.is_some());
        self.left -= usize::from(item.answered.is_some());
        self.stack.push(Step { call, state: self.state, choice });
        self.state = next;
    }

    /// Takes back the last choice and what followed. Returns where the next one is; `None` if there
    /// was no choice left.
    fn take_back(&mut self) -> Option<Place> {
        loop {
            let Step { call, state, choice } = self.stack.pop()?;
            let item = self.part.item(call);
            let place = self.entries.put_back(call);
            self.placed.remove(item.number, item.answered.is_some());
            self.left += usize::from(item.answered.is_some());
            self.state = state;
            if choice {
                return Some(self.entries.next(place));
            }
        }
    }

    /// Keeps the order so far if it leads to a response that is at least as far as any before.
    fn note_dead_end(&mut self, call: u32) {
        let position = |call: u32| self.part.item(call).answered;
        let blocked = &mut self.blocked;
        if blocked.dead_ends.is_empty() || position(call) > position(blocked.call) {
            *blocked = Blocked { call, dead_ends: Vec::new() };
        }
        let state = self.states.get(self.state);
        if call == blocked.call
            && blocked.dead_ends.len() < DEAD_ENDS_KEPT
            && blocked.dead_ends.iter().all(|dead_end| dead_end.state != *state)
        {
            let order = self.stack.iter().map(|step| step.call).collect();
            blocked.dead_ends.push(DeadEnd { order, state: state.clone() });
        }
    }
}
