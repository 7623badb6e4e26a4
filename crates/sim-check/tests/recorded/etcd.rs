//! Jepsen's logs of a compare-and-set register in etcd, as Porcupine's tests carry them:
//! `INFO  jepsen.util - process :type :f value`, separated by tabs.

use sim_check::History;
use sim_check::linearizability::{CasOperation, CasOutput, CasRegister};

use super::Recording;

/// A register that holds nothing at first.
pub(crate) const REGISTER: CasRegister<Option<i64>> = CasRegister { initial: None };

type Operation = CasOperation<Option<i64>>;
type Output = CasOutput<Option<i64>>;

/// The history in the text of a log.
pub(crate) fn read(text: &str) -> History<Operation, Output> {
    let mut recording = Recording::new();
    for line in text.lines() {
        let line = line.strip_prefix("INFO  jepsen.util - ").expect("a line of the log");
        let mut words = line.split('\t');
        let mut word = || words.next().expect("process, type, f and value").trim();
        let (process, what, f, value) = (word(), word(), word(), word());
        let process = process.parse().expect("a process");
        match (what, f) {
            (":invoke", _) => recording.invoke(process, operation(f, value)),
            (":ok", _) => recording.end(process, |history, call, operation, at| {
                history.returned(call, output(&operation, value), at);
            }),
            // What a timed-out read would have said nobody knows: it may as well have returned.
            (":info" | ":fail", ":read") => recording.end(process, |history, call, _, at| {
                history.returned(call, None, at);
            }),
            (":fail", _) => recording.end(process, |history, call, _, at| history.failed(call, at)),
            (":info", _) => {
                recording.end(process, |history, call, _, at| history.unknown(call, at))
            }
            _ => panic!("unknown type {what}"),
        }
    }
    recording.done()
}

fn operation(f: &str, value: &str) -> Operation {
    match f {
        ":read" => CasOperation::Read,
        ":write" => CasOperation::Write(number(value)),
        ":cas" => {
            let pair = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
            let (from, to) = pair.and_then(|pair| pair.split_once(' ')).expect("[from to]");
            CasOperation::CompareAndSet(number(from), number(to))
        }
        _ => panic!("unknown f {f}"),
    }
}

fn output(operation: &Operation, value: &str) -> Output {
    match operation {
        CasOperation::Read => CasOutput::Value(number(value)),
        CasOperation::Write(_) => CasOutput::Done,
        CasOperation::CompareAndSet(..) => CasOutput::Written(true),
    }
}

fn number(text: &str) -> Option<i64> {
    (text != "nil").then(|| text.parse().expect("a number or nil"))
}
