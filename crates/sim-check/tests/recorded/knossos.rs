//! Knossos' histories of a compare-and-set register: maps in a vector, in a list or bare.

use sim_check::History;
use sim_check::linearizability::{CasOperation, CasOutput, CasRegister};

use super::Recording;
use super::edn::{Edn, parse};

/// A register that holds 0 at first.
pub(crate) const REGISTER: CasRegister<i64> = CasRegister { initial: 0 };

type Operation = CasOperation<i64>;
type Output = CasOutput<i64>;

/// The history in the text of a file.
pub(crate) fn read(text: &str) -> History<Operation, Output> {
    let mut recording = Recording::new();
    let mut values = parse(text);
    if let [Edn::Sequence(inner)] = values.as_slice() {
        values = inner.clone();
    }
    for line in &values {
        // The nemesis is what breaks the network; it asks nothing of the register.
        let Edn::Number(process) = *line.get("process") else { continue };
        let process = u64::try_from(process).expect("a process");
        let value = line.get("value");
        match line.get("type").keyword() {
            "invoke" => recording.invoke(process, operation(line.get("f").keyword(), value)),
            "ok" => recording.end(process, |history, call, operation, at| {
                history.returned(call, output(&operation, value), at);
            }),
            "fail" => recording.end(process, |history, call, _, at| history.failed(call, at)),
            "info" => recording.end(process, |history, call, _, at| history.unknown(call, at)),
            what => panic!("unknown type {what}"),
        }
    }
    recording.done()
}

fn operation(f: &str, value: &Edn) -> Operation {
    match (f, value) {
        ("read", _) => CasOperation::Read,
        ("write", Edn::Number(value)) => CasOperation::Write(*value),
        ("cas", Edn::Sequence(pair)) => match pair.as_slice() {
            [Edn::Number(from), Edn::Number(to)] => CasOperation::CompareAndSet(*from, *to),
            _ => panic!("not [from to]: {pair:?}"),
        },
        _ => panic!("unknown operation {f} {value:?}"),
    }
}

/// What an operation answered. Knossos takes nil from a read for an answer that nobody knows.
fn output(operation: &Operation, value: &Edn) -> Option<Output> {
    match (operation, value) {
        (CasOperation::Read, Edn::Number(value)) => Some(CasOutput::Value(*value)),
        (CasOperation::Read, Edn::Nil) => None,
        (CasOperation::Read, _) => panic!("a read answered {value:?}"),
        (CasOperation::Write(_), _) => Some(CasOutput::Done),
        (CasOperation::CompareAndSet(..), _) => Some(CasOutput::Written(true)),
    }
}
