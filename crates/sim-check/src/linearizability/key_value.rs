//! [`KeyValue`]: a store of texts by key.

use super::Spec;

/// A store of texts by key, each key an object of its own. A missing key is told apart from an
/// empty text; at first all are missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyValue;

/// What can be asked of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// Reads the value.
    Get,
    /// Writes a value.
    Put(String),
    /// Adds to the end of the value; a missing key counts as empty.
    Append(String),
    /// Writes the second value if the key holds the first (`None`: if it is missing).
    CompareAndSet(Option<String>, String),
    /// Removes the key.
    Delete,
}

/// What a [`KeyValue`] store answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Output {
    /// To a get: the value, `None` when the key is missing.
    Value(Option<String>),
    /// To a put, an append or a delete.
    Done,
    /// To a compare-and-set: whether it wrote.
    Written(bool),
}

impl Spec for KeyValue {
    type Key = String;
    type State = Option<String>;
    type Operation = (String, Command);
    type Output = Output;

    fn key(&self, (key, _): &(String, Command)) -> String {
        key.clone()
    }

    fn initial(&self, _: &String) -> Option<String> {
        None
    }

    fn apply(&self, state: &mut Option<String>, (_, command): &(String, Command)) -> Output {
        match command {
            Command::Get => Output::Value(state.clone()),
            Command::Put(value) => {
                *state = Some(value.clone());
                Output::Done
            }
            Command::Append(value) => {
                state.get_or_insert_default().push_str(value);
                Output::Done
            }
            Command::CompareAndSet(expected, value) => {
                let fits = state == expected;
                if fits {
                    *state = Some(value.clone());
                }
                Output::Written(fits)
            }
            Command::Delete => {
                *state = None;
                Output::Done
            }
        }
    }

    fn only_reads(&self, (_, command): &(String, Command), output: Option<&Output>) -> bool {
        match command {
            Command::Get => true,
            Command::Put(_) | Command::Append(_) | Command::Delete => false,
            Command::CompareAndSet(..) => output == Some(&Output::Written(false)),
        }
    }
}
