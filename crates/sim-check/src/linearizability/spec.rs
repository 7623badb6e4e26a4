//! [`Spec`]: what an object does when it is used by one client at a time.

use std::fmt::Debug;
use std::hash::Hash;

/// The deterministic sequential specification of a family of independent objects, one for each key.
pub trait Spec {
    /// What tells the objects apart; `()` when there is only one.
    type Key: Clone + Ord + Debug;
    /// The state of one object.
    type State: Clone + Eq + Hash + Debug;
    /// What can be asked of an object.
    type Operation: Ord + Debug;
    /// What it answers.
    type Output: Ord + Debug;

    /// The object that an operation is about.
    fn key(&self, operation: &Self::Operation) -> Self::Key;

    /// The state in which an object begins.
    fn initial(&self, key: &Self::Key) -> Self::State;

    /// Carries an operation out. The same state and operation always lead to the same state and
    /// output.
    fn apply(&self, state: &mut Self::State, operation: &Self::Operation) -> Self::Output;

    /// Whether an operation leaves the state as it is *in every state in which it gives this
    /// answer*, or in every state at all when the answer is not known (`None`): a read, a
    /// compare-and-set that found another value. `false` is always right; `true` spares the search
    /// the choice when to place it.
    fn only_reads(&self, _operation: &Self::Operation, _output: Option<&Self::Output>) -> bool {
        false
    }

    /// The same state in the memory of an answer that was given in it, if the two could share some.
    /// Then they are compared at once from now on, as are the states that follow. `None` is always
    /// right.
    fn shared(&self, _state: &Self::State, _output: &Self::Output) -> Option<Self::State> {
        None
    }

    /// An operation for people: `put k0 "7"`.
    fn operation_in_words(&self, operation: &Self::Operation) -> String {
        format!("{operation:?}")
    }

    /// An answer for people, as it follows "returned".
    fn output_in_words(&self, output: &Self::Output) -> String {
        format!("{output:?}")
    }

    /// A state for people, as it follows "the state is".
    fn state_in_words(&self, state: &Self::State) -> String {
        format!("{state:?}")
    }
}
