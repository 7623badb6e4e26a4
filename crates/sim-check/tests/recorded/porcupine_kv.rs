//! Porcupine's histories of a key-value store: a map a line, with get, put and append.

use sim_check::History;
use sim_check::linearizability::{Command, Output, Text};

use super::Recording;
use super::edn::{Edn, parse};

/// The history in the text of a file.
pub(crate) fn read(text: &str) -> History<(String, Command), Output> {
    let mut recording = Recording::new();
    for line in parse(text) {
        let Edn::Number(process) = *line.get("process") else { panic!("no process in {line:?}") };
        let process = u64::try_from(process).expect("a process");
        let value = line.get("value");
        match line.get("type").keyword() {
            "invoke" => {
                let command = command(line.get("f").keyword(), value);
                recording.invoke(process, (text_of(line.get("key")), command));
            }
            "ok" => recording.end(process, |history, call, (_, command), at| {
                history.returned(call, output(&command, value), at);
            }),
            what => panic!("unknown type {what}"),
        }
    }
    recording.done()
}

fn command(f: &str, value: &Edn) -> Command {
    match f {
        "get" => Command::Get,
        "put" | "append" => {
            let value = text_of(value);
            // An empty text could not be told from a missing key, which reads as an empty text
            // here.
            assert!(!value.is_empty(), "an empty value is written");
            if f == "put" { Command::Put(value) } else { Command::Append(value) }
        }
        _ => panic!("unknown f {f}"),
    }
}

fn output(command: &Command, value: &Edn) -> Output {
    match command {
        Command::Get => {
            Output::Value(Some(Text::from(text_of(value))).filter(|value| !value.is_empty()))
        }
        _ => Output::Done,
    }
}

fn text_of(value: &Edn) -> String {
    let Edn::Text(text) = value else { panic!("not a text: {value:?}") };
    text.clone()
}
