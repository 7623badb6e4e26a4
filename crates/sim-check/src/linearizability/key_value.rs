//! [`KeyValue`]: a store of texts by key.

use super::{Spec, Text};

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
    CompareAndSet(Option<Text>, String),
    /// Removes the key.
    Delete,
}

/// What a [`KeyValue`] store answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Output {
    /// To a get: the value, `None` when the key is missing.
    Value(Option<Text>),
    /// To a put, an append or a delete.
    Done,
    /// To a compare-and-set: whether it wrote.
    Written(bool),
}

impl Spec for KeyValue {
    type Key = String;
    type State = Option<Text>;
    type Operation = (String, Command);
    type Output = Output;

    fn key(&self, (key, _): &(String, Command)) -> String {
        key.clone()
    }

    fn initial(&self, _: &String) -> Option<Text> {
        None
    }

    fn apply(&self, state: &mut Option<Text>, (_, command): &(String, Command)) -> Output {
        match command {
            Command::Get => Output::Value(state.clone()),
            Command::Put(value) => {
                *state = Some(Text::from(value.as_str()));
                Output::Done
            }
            Command::Append(value) => {
                *state = Some(state.take().unwrap_or_default().with(value));
                Output::Done
            }
            Command::CompareAndSet(expected, value) => {
                let fits = state == expected;
                if fits {
                    *state = Some(Text::from(value.as_str()));
                }
                Output::Written(fits)
            }
            Command::Delete => {
                *state = None;
                Output::Done
            }
        }
    }

    fn shared(&self, state: &Option<Text>, output: &Output) -> Option<Option<Text>> {
        match (state, output) {
            (Some(text), Output::Value(Some(read))) if !text.is_shared_with(read) => {
                Some(Some(read.clone()))
            }
            _ => None,
        }
    }

    fn only_reads(&self, (_, command): &(String, Command), output: Option<&Output>) -> bool {
        match command {
            Command::Get => true,
            Command::Put(_) | Command::Append(_) | Command::Delete => false,
            Command::CompareAndSet(..) => output == Some(&Output::Written(false)),
        }
    }

    fn operation_in_words(&self, (key, command): &(String, Command)) -> String {
        match command {
            Command::Get => format!("get {key}"),
            Command::Put(value) => format!("put {key} {value:?}"),
            Command::Append(value) => format!("append {key} {value:?}"),
            Command::CompareAndSet(expected, value) => {
                format!("cas {key} {} {value:?}", text_in_words(expected.as_ref()))
            }
            Command::Delete => format!("delete {key}"),
        }
    }

    fn output_in_words(&self, output: &Output) -> String {
        match output {
            Output::Value(value) => text_in_words(value.as_ref()),
            Output::Done => "done".to_owned(),
            Output::Written(true) => "written".to_owned(),
            Output::Written(false) => "not written".to_owned(),
        }
    }

    fn state_in_words(&self, state: &Option<Text>) -> String {
        text_in_words(state.as_ref())
    }
}

/// A value, or that the key is missing.
fn text_in_words(value: Option<&Text>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| format!("{value:?}"))
}
