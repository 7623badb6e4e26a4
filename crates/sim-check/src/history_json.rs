//! Histories as lines of JSON: [`read_history`] and [`write_history`].
//!
//! One object a line, in the order in which things were recorded:
//!
//! ```json
//! {"client":7,"op":0,"type":"invoke","f":"put","key":"x","value":"a","at_ns":1000}
//! {"client":7,"op":0,"type":"ok","f":"put","key":"x","value":null,"at_ns":2500}
//! ```
//!
//! `client` and `op` together name an operation; `type` is `invoke`, then at most once `ok` (it
//! took effect, `value` is the answer), `fail` (it never took effect) or `info` (it is not known
//! whether it did). `f`, `key` and `value` mean what the object says ([`Notation`]). `at_ns` never
//! decreases.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::history_error::Problem;
use crate::{Call, CallId, End, History, HistoryError, Notation, SimTime};

/// Reads a history of operations on the objects that `spec` describes. Blank lines are skipped. An
/// operation without a second line is open.
///
/// # Errors
/// With the number of the first line that cannot be read, is not an object of the format, or makes
/// no sense where it stands.
pub fn read_history<S: Notation>(
    spec: &S,
    text: impl BufRead,
) -> Result<History<S::Operation, S::Output>, HistoryError> {
    let mut reader = Reader { spec, history: History::new(), named: BTreeMap::new() };
    for (number, line) in (1..).zip(text.lines()) {
        let wrong = |problem| HistoryError::new(number, problem);
        let line = line.map_err(|error| wrong(Problem::Io(error)))?;
        if line.trim().is_empty() {
            continue;
        }
        // Left to itself, the parser would take an array for the object's values in their order.
        if !line.trim_start().starts_with('{') {
            return Err(wrong(Problem::Meaning("an object is expected".to_owned())));
        }
        let line = serde_json::from_str(&line).map_err(|error| wrong(Problem::Json(error)))?;
        reader.line(&line).map_err(|what| wrong(Problem::Meaning(what)))?;
    }
    Ok(reader.history)
}

/// Writes a history so that [`read_history`] gives the same one back, but for responses whose
/// answer is not known: the format has no word for them, and `info` claims less. An operation's
/// `op` is its number in the history.
///
/// # Errors
/// As the writer's.
pub fn write_history<S: Notation>(
    spec: &S,
    history: &History<S::Operation, S::Output>,
    mut text: impl Write,
) -> io::Result<()> {
    let mut lines = Vec::with_capacity(2 * history.len());
    for (id, call) in history.calls() {
        lines.push((call.invoked, id, Type::Invoke));
        lines.extend(call.end.recorded().map(|recorded| (recorded, id, Type::of(&call.end))));
    }
    lines.sort_unstable_by_key(|&(recorded, ..)| recorded);
    for (recorded, id, what) in lines {
        let line = line(spec, id, history.call(id), what, recorded.at);
        serde_json::to_writer(&mut text, &line)?;
        text.write_all(b"\n")?;
    }
    Ok(())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    client: u64,
    op: u64,
    r#type: Type,
    f: String,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    value: Value,
    at_ns: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Type {
    Invoke,
    Ok,
    Fail,
    Info,
}

impl Type {
    /// How an operation's end is written.
    fn of<R>(end: &End<R>) -> Self {
        match end {
            End::Returned { output: Some(_), .. } => Self::Ok,
            End::Failed(_) => Self::Fail,
            End::Returned { output: None, .. } | End::Unknown(_) | End::Open => Self::Info,
        }
    }
}

fn line<S: Notation>(
    spec: &S,
    id: CallId,
    call: &Call<S::Operation, S::Output>,
    r#type: Type,
    at: SimTime,
) -> Line {
    let asked = spec.write_operation(&call.operation);
    let value = match &call.end {
        _ if r#type == Type::Invoke => asked.value,
        End::Returned { output: Some(output), .. } => spec.write_output(output),
        _ => Value::Null,
    };
    let (op, f) = (u64::from(id.get()), asked.f.to_owned());
    Line { client: call.client, op, r#type, f, key: asked.key, value, at_ns: at.as_nanos() }
}

struct Reader<'a, S: Notation> {
    spec: &'a S,
    history: History<S::Operation, S::Output>,
    /// Each operation by its name, with its invocation's `f` and `key`.
    named: BTreeMap<(u64, u64), (CallId, String, Option<String>)>,
}

impl<S: Notation> Reader<'_, S> {
    fn line(&mut self, line: &Line) -> Result<(), String> {
        let at = SimTime::from_nanos(line.at_ns);
        let last = self.history.last();
        if at < last {
            return Err(format!(
                "at_ns is {}, but the line before was later, {}",
                line.at_ns,
                last.as_nanos()
            ));
        }
        match line.r#type {
            Type::Invoke => self.invoke(line, at),
            Type::Ok | Type::Fail | Type::Info => self.end(line, at),
        }
    }

    fn invoke(&mut self, line: &Line, at: SimTime) -> Result<(), String> {
        let name = (line.client, line.op);
        if self.named.contains_key(&name) {
            return Err(format!("operation {} is invoked a second time", show(name)));
        }
        let operation = self.spec.read_operation(&line.f, line.key.as_deref(), &line.value)?;
        let id = self.history.invoke(line.client, operation, at);
        self.named.insert(name, (id, line.f.clone(), line.key.clone()));
        Ok(())
    }

    fn end(&mut self, line: &Line, at: SimTime) -> Result<(), String> {
        let name = (line.client, line.op);
        let Some((id, f, key)) = self.named.get(&name) else {
            return Err(format!("operation {} has a response but no invocation", show(name)));
        };
        let (id, call) = (*id, self.history.call(*id));
        if !matches!(call.end, End::Open) {
            return Err(format!("operation {} ends a second time", show(name)));
        }
        if (f, key) != (&line.f, &line.key) {
            return Err(format!("operation {} was invoked as another f or key", show(name)));
        }
        match line.r#type {
            Type::Ok => {
                let output = self.spec.read_output(&call.operation, &line.value)?;
                self.history.returned(id, output, at);
            }
            Type::Fail => self.history.failed(id, at),
            Type::Info | Type::Invoke => self.history.unknown(id, at),
        }
        Ok(())
    }
}

fn show((client, op): (u64, u64)) -> String {
    format!("{op} of client {client}")
}
