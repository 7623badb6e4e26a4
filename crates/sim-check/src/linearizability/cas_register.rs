//! [`CasRegister`]: read, write and compare-and-set.

use std::fmt::Debug;
use std::hash::Hash;

use super::Spec;

/// A single register with compare-and-set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CasRegister<V> {
    /// The value that it holds at first.
    pub initial: V,
}

/// What can be asked of a [`CasRegister`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CasOperation<V> {
    /// Reads the value.
    Read,
    /// Writes a value.
    Write(V),
    /// Writes the second value if the register holds the first.
    CompareAndSet(V, V),
}

/// What a [`CasRegister`] answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CasOutput<V> {
    /// To a read: the value.
    Value(V),
    /// To a write.
    Done,
    /// To a compare-and-set: whether it wrote.
    Written(bool),
}

impl<V: Clone + Ord + Hash + Debug> Spec for CasRegister<V> {
    type Key = ();
    type State = V;
    type Operation = CasOperation<V>;
    type Output = CasOutput<V>;

    fn key(&self, _: &CasOperation<V>) {}

    fn initial(&self, (): &()) -> V {
        self.initial.clone()
    }

    fn apply(&self, state: &mut V, operation: &CasOperation<V>) -> CasOutput<V> {
        match operation {
            CasOperation::Read => CasOutput::Value(state.clone()),
            CasOperation::Write(value) => {
                state.clone_from(value);
                CasOutput::Done
            }
            CasOperation::CompareAndSet(expected, value) => {
                let fits = state == expected;
                if fits {
                    state.clone_from(value);
                }
                CasOutput::Written(fits)
            }
        }
    }

    fn operation_in_words(&self, operation: &CasOperation<V>) -> String {
        match operation {
            CasOperation::Read => "read".to_owned(),
            CasOperation::Write(value) => format!("write {value:?}"),
            CasOperation::CompareAndSet(expected, value) => format!("cas {expected:?} {value:?}"),
        }
    }

    fn output_in_words(&self, output: &CasOutput<V>) -> String {
        match output {
            CasOutput::Value(value) => format!("{value:?}"),
            CasOutput::Done => "done".to_owned(),
            CasOutput::Written(true) => "written".to_owned(),
            CasOutput::Written(false) => "not written".to_owned(),
        }
    }

    fn only_reads(&self, operation: &CasOperation<V>, output: Option<&CasOutput<V>>) -> bool {
        match operation {
            CasOperation::Read => true,
            CasOperation::Write(_) => false,
            CasOperation::CompareAndSet(expected, value) => {
                expected == value || output == Some(&CasOutput::Written(false))
            }
        }
    }
}
