//! [`States`]: the states that an object was led to, each under a number.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::Spec;
use super::part::Part;

/// The states of one object that the search has met. They are numbered in the order in which they
/// were met; the table is only ever looked up, so its order shows nowhere.
pub(super) struct States<S: Spec> {
    met: Vec<Rc<S::State>>,
    numbers: FxHashMap<Rc<S::State>, u32>,
}

impl<S: Spec> States<S> {
    /// The number of the first state.
    pub(super) const INITIAL: u32 = 0;

    pub(super) fn new(initial: S::State) -> Self {
        let mut states = Self { met: Vec::new(), numbers: FxHashMap::default() };
        states.number(initial);
        states
    }

    /// The state that an operation leads to, or `None` if it would have answered something else
    /// than it did.
    pub(super) fn step(&mut self, part: &Part<'_, S>, state: u32, call: u32) -> Option<u32> {
        let item = part.item(call);
        let mut next = S::State::clone(&self.met[state as usize]);
        let output = part.spec.apply(&mut next, item.operation);
        match item.output {
            Some(answered) if *answered != output => None,
            Some(answered) if item.only_reads => {
                self.share(part.spec, state, answered);
                Some(state)
            }
            None if item.only_reads => Some(state),
            _ => Some(self.number(next)),
        }
    }

    /// The state under a number.
    pub(super) fn get(&self, state: u32) -> &S::State {
        &self.met[state as usize]
    }

    /// An operation has given this answer in a state, so both hold the same.
    fn share(&mut self, spec: &S, state: u32, answered: &S::Output) {
        let met = &mut self.met[state as usize];
        if let Some(shared) = spec.shared(met, answered) {
            let shared = Rc::new(shared);
            self.numbers.remove(met);
            self.numbers.insert(Rc::clone(&shared), state);
            *met = shared;
        }
    }

    fn number(&mut self, state: S::State) -> u32 {
        if let Some(&number) = self.numbers.get(&state) {
            return number;
        }
        let number = u32::try_from(self.met.len()).expect("fewer states than the memory holds");
        let state = Rc::new(state);
        self.met.push(Rc::clone(&state));
        self.numbers.insert(state, number);
        number
    }
}
