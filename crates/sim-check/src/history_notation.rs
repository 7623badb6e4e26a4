//! [`Notation`]: how an object's operations and answers are written in the text of a history.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::linearizability::{
    CasOperation, CasOutput, CasRegister, Command, KeyValue, Output, Register, RegisterOperation,
    RegisterOutput, Spec,
};

/// How the operations of an object are written as `f`, `key` and `value`, and its answers as
/// `value`.
pub trait Notation: Spec {
    /// An operation as its invocation says it.
    fn write_operation(&self, operation: &Self::Operation) -> Asked;

    /// An answer as the response says it.
    fn write_output(&self, output: &Self::Output) -> Value;

    /// The operation that an invocation says.
    ///
    /// # Errors
    /// A sentence, when there is no such operation.
    fn read_operation(
        &self,
        f: &str,
        key: Option<&str>,
        value: &Value,
    ) -> Result<Self::Operation, String>;

    /// The answer that the response to an operation says.
    ///
    /// # Errors
    /// A sentence, when the operation never answers so.
    fn read_output(
        &self,
        operation: &Self::Operation,
        value: &Value,
    ) -> Result<Self::Output, String>;
}

/// What an invocation says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What to do.
    pub f: &'static str,
    /// The object; `None` when there is only one.
    pub key: Option<String>,
    /// The arguments.
    pub value: Value,
}

/// `read` with null, answered by the value; `write` with the value, answered by null.
impl<V> Notation for Register<V>
where
    Self: Spec<Operation = RegisterOperation<V>, Output = RegisterOutput<V>>,
    V: Serialize + DeserializeOwned,
{
    fn write_operation(&self, operation: &RegisterOperation<V>) -> Asked {
        match operation {
            RegisterOperation::Read => Asked { f: "read", key: None, value: Value::Null },
            RegisterOperation::Write(value) => Asked { f: "write", key: None, value: json!(value) },
        }
    }

    fn write_output(&self, output: &RegisterOutput<V>) -> Value {
        match output {
            RegisterOutput::Value(value) => json!(value),
            RegisterOutput::Done => Value::Null,
        }
    }

    fn read_operation(
        &self,
        f: &str,
        key: Option<&str>,
        value: &Value,
    ) -> Result<RegisterOperation<V>, String> {
        no_key(key)?;
        match f {
            "read" => nothing(value).map(|()| RegisterOperation::Read),
            "write" => parse(value).map(RegisterOperation::Write),
            _ => Err(unknown_f(f, "read, write")),
        }
    }

    fn read_output(
        &self,
        operation: &RegisterOperation<V>,
        value: &Value,
    ) -> Result<RegisterOutput<V>, String> {
        match operation {
            RegisterOperation::Read => parse(value).map(RegisterOutput::Value),
            RegisterOperation::Write(_) => nothing(value).map(|()| RegisterOutput::Done),
        }
    }
}

/// As a register's, and `cas` with `[expected, new]`, answered by whether it wrote.
impl<V> Notation for CasRegister<V>
where
    Self: Spec<Operation = CasOperation<V>, Output = CasOutput<V>>,
    V: Serialize + DeserializeOwned,
{
    fn write_operation(&self, operation: &CasOperation<V>) -> Asked {
        let (f, value) = match operation {
            CasOperation::Read => ("read", Value::Null),
            CasOperation::Write(value) => ("write", json!(value)),
            CasOperation::CompareAndSet(expected, value) => ("cas", json!([expected, value])),
        };
        Asked { f, key: None, value }
    }

    fn write_output(&self, output: &CasOutput<V>) -> Value {
        match output {
            CasOutput::Value(value) => json!(value),
            CasOutput::Done => Value::Null,
            CasOutput::Written(written) => json!(written),
        }
    }

    fn read_operation(
        &self,
        f: &str,
        key: Option<&str>,
        value: &Value,
    ) -> Result<CasOperation<V>, String> {
        no_key(key)?;
        match f {
            "read" => nothing(value).map(|()| CasOperation::Read),
            "write" => parse(value).map(CasOperation::Write),
            "cas" => {
                parse(value).map(|(expected, value)| CasOperation::CompareAndSet(expected, value))
            }
            _ => Err(unknown_f(f, "read, write, cas")),
        }
    }

    fn read_output(
        &self,
        operation: &CasOperation<V>,
        value: &Value,
    ) -> Result<CasOutput<V>, String> {
        match operation {
            CasOperation::Read => parse(value).map(CasOutput::Value),
            CasOperation::Write(_) => nothing(value).map(|()| CasOutput::Done),
            CasOperation::CompareAndSet(..) => parse(value).map(CasOutput::Written),
        }
    }
}

/// `get` with null, answered by the value or null; `put` and `append` with the text, answered by
/// null; `cas` with `[expected or null, new]`, answered by whether it wrote; `delete`, with and
/// answered by null. Each names its key.
impl Notation for KeyValue {
    fn write_operation(&self, operation: &(String, Command)) -> Asked {
        let (key, command) = operation;
        let (f, value) = match command {
            Command::Get => ("get", Value::Null),
            Command::Put(value) => ("put", json!(value)),
            Command::Append(value) => ("append", json!(value)),
            Command::CompareAndSet(expected, value) => ("cas", json!([expected, value])),
            Command::Delete => ("delete", Value::Null),
        };
        Asked { f, key: Some(key.clone()), value }
    }

    fn write_output(&self, output: &Output) -> Value {
        match output {
            Output::Value(value) => json!(value),
            Output::Done => Value::Null,
            Output::Written(written) => json!(written),
        }
    }

    fn read_operation(
        &self,
        f: &str,
        key: Option<&str>,
        value: &Value,
    ) -> Result<(String, Command), String> {
        let command = match f {
            "get" => nothing(value).map(|()| Command::Get),
            "put" => parse(value).map(Command::Put),
            "append" => parse(value).map(Command::Append),
            "cas" => parse(value).map(|(expected, value)| Command::CompareAndSet(expected, value)),
            "delete" => nothing(value).map(|()| Command::Delete),
            _ => Err(unknown_f(f, "get, put, append, cas, delete")),
        }?;
        let key = key.ok_or_else(|| format!("`{f}` needs a key"))?;
        Ok((key.to_owned(), command))
    }

    fn read_output(
        &self,
        (_, command): &(String, Command),
        value: &Value,
    ) -> Result<Output, String> {
        match command {
            Command::Get => parse(value).map(Output::Value),
            Command::CompareAndSet(..) => parse(value).map(Output::Written),
            Command::Put(_) | Command::Append(_) | Command::Delete => {
                nothing(value).map(|()| Output::Done)
            }
        }
    }
}

fn parse<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| format!("the value does not fit: {error}"))
}

fn nothing(value: &Value) -> Result<(), String> {
    match value {
        Value::Null => Ok(()),
        _ => Err("the value does not fit: null is expected".to_owned()),
    }
}

fn no_key(key: Option<&str>) -> Result<(), String> {
    key.map_or(Ok(()), |_| Err("a register has no key".to_owned()))
}

fn unknown_f(f: &str, known: &str) -> String {
    format!("unknown f `{f}`; there are {known}")
}
