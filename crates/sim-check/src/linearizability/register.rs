//! [`Register`]: read and write.

use std::fmt::Debug;
use std::hash::Hash;

use super::Spec;

/// A single register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register<V> {
    /// The value that it holds at first.
    pub initial: V,
}

/// What can be asked of a [`Register`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegisterOperation<V> {
    /// Reads the value.
    Read,
    /// Writes a value.
    Write(V),
}

/// What a [`Register`] answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegisterOutput<V> {
    /// To a read: the value.
    Value(V),
    /// To a write.
    Done,
}

impl<V: Clone + Ord + Hash + Debug> Spec for Register<V> {
    type Key = ();
    type State = V;
    type Operation = RegisterOperation<V>;
    type Output = RegisterOutput<V>;

    fn key(&self, _: &RegisterOperation<V>) {}

    fn initial(&self, (): &()) -> V {
        self.initial.clone()
    }

    fn apply(&self, state: &mut V, operation: &RegisterOperation<V>) -> RegisterOutput<V> {
        match operation {
            RegisterOperation::Read => RegisterOutput::Value(state.clone()),
            RegisterOperation::Write(value) => {
                state.clone_from(value);
                RegisterOutput::Done
            }
        }
    }

    fn operation_in_words(&self, operation: &RegisterOperation<V>) -> String {
        match operation {
            RegisterOperation::Read => "read".to_owned(),
            RegisterOperation::Write(value) => format!("write {value:?}"),
        }
    }

    fn output_in_words(&self, output: &RegisterOutput<V>) -> String {
        match output {
            RegisterOutput::Value(value) => format!("{value:?}"),
            RegisterOutput::Done => "done".to_owned(),
        }
    }

    fn only_reads(&self, operation: &RegisterOperation<V>, _: Option<&RegisterOutput<V>>) -> bool {
        matches!(operation, RegisterOperation::Read)
    }
}
