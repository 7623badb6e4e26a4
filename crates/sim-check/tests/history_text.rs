//! Histories as lines of JSON: what is written is read back, and what makes no sense has its line.

#[path = "support/random.rs"]
mod random;

use proptest::prelude::*;
use random::{Random, history};
use sim_check::linearizability::{CasRegister, KeyValue, Output, Register};
use sim_check::{End, History, Notation, read_history, write_history};

fn text<S: Notation>(spec: &S, history: &History<S::Operation, S::Output>) -> String {
    let mut text = Vec::new();
    write_history(spec, history, &mut text).expect("memory takes everything");
    String::from_utf8(text).expect("JSON is text")
}

/// What is wrong with a text.
fn wrong(text: &[u8]) -> String {
    read_history(&KeyValue, text).expect_err("it makes no sense").to_string()
}

const INVOKE: &str =
    r#"{"client":7,"op":0,"type":"invoke","f":"put","key":"x","value":"a","at_ns":5}"#;

fn after_an_invocation(line: &str) -> String {
    wrong(format!("{INVOKE}\n\n{line}\n").as_bytes())
}

#[test]
fn the_lines_are_those_of_the_format() {
    let lines = r#"{"client":7,"op":0,"type":"invoke","f":"put","key":"x","value":"a","at_ns":5}
{"client":8,"op":1,"type":"invoke","f":"get","key":"x","value":null,"at_ns":5}
{"client":8,"op":1,"type":"ok","f":"get","key":"x","value":"a","at_ns":6}
{"client":8,"op":2,"type":"invoke","f":"cas","key":"y","value":[null,"b"],"at_ns":7}
{"client":8,"op":2,"type":"ok","f":"cas","key":"y","value":true,"at_ns":8}
{"client":7,"op":0,"type":"info","f":"put","key":"x","value":null,"at_ns":9}
{"client":8,"op":3,"type":"invoke","f":"delete","key":"y","value":null,"at_ns":9}
{"client":8,"op":3,"type":"fail","f":"delete","key":"y","value":null,"at_ns":9}
{"client":8,"op":4,"type":"invoke","f":"append","key":"","value":"","at_ns":9}
"#;
    let history = read_history(&KeyValue, lines.as_bytes()).expect("it makes sense");
    assert_eq!(text(&KeyValue, &history), lines);
    let ends: Vec<_> = history.calls().map(|(_, call)| &call.end).collect();
    assert!(matches!(ends[0], End::Unknown(_)));
    let answer = Some(Output::Value(Some("a".into())));
    assert!(matches!(ends[1], End::Returned { output, .. } if *output == answer));
    assert!(matches!(ends[2], End::Returned { output: Some(Output::Written(true)), .. }));
    assert!(matches!(ends[3], End::Failed(_)));
    assert!(matches!(ends[4], End::Open));
}

#[test]
fn absent_keys_and_values_are_null() {
    let lines = r#"{"client":0,"op":0,"type":"invoke","f":"read","at_ns":0}"#;
    let history = read_history(&Register { initial: 0 }, lines.as_bytes());
    assert_eq!(history.expect("it makes sense").len(), 1);
}

#[test]
fn an_error_names_line_and_cause() {
    assert_eq!(wrong(b"{"), "line 1, column 1: EOF while parsing an object");
    assert_eq!(wrong(b"\n[]"), "line 2: an object is expected");
    assert_eq!(wrong(b"\xff\n"), "line 1: cannot be read: stream did not contain valid UTF-8");
    let ends = r#"{"client":7,"op":0,"type":"ok","f":"put","key":"x","value":null,"at_ns":6}"#;
    assert_eq!(
        wrong(ends.as_bytes()),
        "line 1: operation 0 of client 7 has a response but no invocation"
    );
    assert_eq!(
        after_an_invocation(INVOKE),
        "line 3: operation 0 of client 7 is invoked a second time"
    );
    assert_eq!(
        after_an_invocation(&format!("{ends}\n{ends}")),
        "line 4: operation 0 of client 7 ends a second time"
    );
    assert_eq!(
        after_an_invocation(&ends.replace("\"x\"", "\"y\"")),
        "line 3: operation 0 of client 7 was invoked as another f or key"
    );
    assert_eq!(
        after_an_invocation(&ends.replace(":6", ":4")),
        "line 3: at_ns is 4, but the line before was later, 5"
    );
    assert_eq!(
        after_an_invocation(&ends.replace("null", "1")),
        "line 3: the value does not fit: null is expected"
    );
    assert_eq!(
        after_an_invocation(&ends.replace("null", "1").replace("ok", "okay")),
        "line 3, column 32: unknown variant `okay`, expected one of `invoke`, `ok`, `fail`, `info`"
    );
    assert_eq!(
        after_an_invocation(&ends.replace(":6", ":-6")),
        "line 3, column 74: invalid value: integer `-6`, expected u64"
    );
}

#[test]
fn an_invocation_that_means_nothing_is_an_error() {
    let invoke = |f: &str, key: &str, value: &str| {
        let line = INVOKE.replace("put", f).replace("\"x\"", key).replace("\"a\"", value);
        wrong(line.as_bytes())
    };
    assert_eq!(
        invoke("inc", "\"x\"", "1"),
        "line 1: unknown f `inc`; there are get, put, append, cas, delete"
    );
    assert_eq!(invoke("put", "null", "\"a\""), "line 1: `put` needs a key");
    assert_eq!(invoke("get", "\"x\"", "2"), "line 1: the value does not fit: null is expected");
    assert_eq!(
        invoke("put", "\"x\"", "2"),
        "line 1: the value does not fit: invalid type: integer `2`, expected a string"
    );
    assert_eq!(
        invoke("cas", "\"x\"", "[\"a\"]"),
        "line 1: the value does not fit: invalid length 1, expected a tuple of size 2"
    );
    let register = read_history(&Register { initial: 0 }, INVOKE.as_bytes());
    assert_eq!(register.expect_err("no key").to_string(), "line 1: a register has no key");
}

#[test]
fn deep_nesting_is_an_error() {
    let line = INVOKE.replace("\"a\"", &"[".repeat(100_000));
    let error = read_history(&KeyValue, line.as_bytes()).expect_err("it is cut off");
    assert_eq!(error.line(), 1);
    assert!(error.to_string().contains("recursion limit exceeded"), "{error}");
}

#[test]
#[should_panic(expected = "an operation ends once")]
fn an_operation_ends_once() {
    let mut history = read_history(&KeyValue, INVOKE.as_bytes()).expect("it makes sense");
    let (call, _) = history.calls().next().expect("there is one");
    let now = history.last();
    history.failed(call, now);
    history.returned(call, Output::Done, now);
}

/// Whether every response says what the operation could answer at all, and none is unknown: then it
/// can be written down.
fn can_be_written<S: Notation>(spec: &S, history: &History<S::Operation, S::Output>) -> bool {
    history.calls().all(|(_, call)| match &call.end {
        End::Returned { output: Some(output), .. } => {
            let value = spec.write_output(output);
            spec.read_output(&call.operation, &value).is_ok_and(|read| read == *output)
        }
        End::Returned { output: None, .. } => false,
        _ => true,
    })
}

fn comes_back<S: Random + Notation>(
    history: &History<S::Operation, S::Output>,
) -> Result<(), TestCaseError>
where
    S::Operation: PartialEq,
{
    let spec = S::spec();
    prop_assume!(can_be_written(&spec, history));
    let text = text(&spec, history);
    let read = read_history(&spec, text.as_bytes());
    prop_assert!(read.is_ok_and(|read| read == *history), "{}", text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_written_is_read_back(
        register in history::<Register<u8>>(),
        cas in history::<CasRegister<u8>>(),
        store in history::<KeyValue>(),
    ) {
        comes_back::<Register<u8>>(&register)?;
        comes_back::<CasRegister<u8>>(&cas)?;
        comes_back::<KeyValue>(&store)?;
    }

    /// A text with a few bytes changed, cut or duplicated is read or refused.
    #[test]
    fn a_mangled_text_is_no_panic(
        store in history::<KeyValue>(),
        changes in prop::collection::vec(
            (0..4_u8, any::<prop::sample::Index>(), any::<u8>()),
            1..6,
        ),
    ) {
        let mut bytes = text(&KeyValue, &store).into_bytes();
        for (what, at, byte) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.truncate(at),
                2 => bytes.insert(at, byte),
                _ => bytes.extend_from_within(at..),
            }
        }
        if let Ok(history) = read_history(&KeyValue, bytes.as_slice()) {
            let again = text(&KeyValue, &history);
            prop_assert!(read_history(&KeyValue, again.as_bytes()).is_ok());
        }
    }
}
