//! `check-history`: whether a history of clients is linearizable.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sim_check::linearizability::{
    Budget, CasRegister, Evidence, KeyValue, Register, Ruling, check,
};
use sim_check::{End, History, Notation, Verdict, read_history};
use sim_node::grouped;

use crate::args::{CheckHistoryArguments, Object};
use crate::exit::{Exit, Failure};
use crate::input::Input;
use crate::output::Output;

/// The greatest size of a history, in bytes.
const HISTORY_MAX: u64 = 1 << 30;

/// What a register may hold: nothing at first.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected null, true, false, a whole number or a text")]
enum Datum {
    #[default]
    Nothing,
    Flag(bool),
    Number(i64),
    Text(String),
}

/// As it stands in the file.
impl fmt::Debug for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("null"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

/// What `check-history --json` says.
#[derive(Serialize)]
struct Judged {
    path: String,
    spec: &'static str,
    /// `held`, `violated`, `unknown`, or `vacuous` for a history without operations.
    verdict: Verdict,
    operations: usize,
    answered: usize,
    failed: usize,
    /// Without an answer.
    pending: usize,
    keys: usize,
    visited: u64,
    budget: u64,
    /// Of a history that is not linearizable; operations are numbered from 0 in order of
    /// invocation.
    evidence: Option<Evidence>,
    /// The same in sentences.
    story: Option<String>,
}

pub(crate) fn check_history(
    arguments: &CheckHistoryArguments,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let judged = match arguments.spec {
        Object::KeyValue => judge(&KeyValue, "key-value", arguments),
        Object::Register => judge(&Register::<Datum>::default(), "register", arguments),
        Object::CasRegister => judge(&CasRegister::<Datum>::default(), "cas-register", arguments),
    }?;
    if arguments.json {
        out.json(&judged)?;
    } else {
        print(&judged, out)?;
    }
    Ok(match judged.verdict {
        Verdict::Held => Exit::Expected,
        Verdict::Violated => Exit::Unexpected,
        // Of nothing, nothing was found out: it must not pass for a good history.
        Verdict::Unknown | Verdict::Vacuous => Exit::Undecided,
    })
}

fn judge<S: Notation>(
    spec: &S,
    name: &'static str,
    arguments: &CheckHistoryArguments,
) -> Result<Judged, Failure> {
    let CheckHistoryArguments { file, budget, .. } = arguments;
    let history = read(spec, file)?;
    let report = check(spec, &history, Budget(*budget));
    let count = |which: fn(&End<S::Output>) -> bool| {
        history.calls().filter(|(_, call)| which(&call.end)).count()
    };
    let keys: BTreeSet<S::Key> =
        history.calls().map(|(_, call)| spec.key(&call.operation)).collect();
    let verdict = report.ruling.verdict(&history);
    let evidence = match report.ruling {
        Ruling::NotLinearizable(evidence) => Some(*evidence),
        Ruling::Linearizable(_) | Ruling::Unknown => None,
    };
    Ok(Judged {
        path: file.to_string_lossy().into_owned(),
        spec: name,
        verdict,
        operations: history.len(),
        answered: count(|end| matches!(end, End::Returned { .. })),
        failed: count(|end| matches!(end, End::Failed(_))),
        pending: count(|end| matches!(end, End::Open | End::Unknown(_))),
        keys: keys.len(),
        visited: report.visited,
        budget: *budget,
        story: evidence.as_ref().map(|evidence| evidence.tell(spec, &history)),
        evidence,
    })
}

fn read<S: Notation>(spec: &S, file: &Path) -> Result<History<S::Operation, S::Output>, Failure> {
    let input = Input::open(file)?;
    let name = input.name().to_owned();
    let mut text = BufReader::new(input.take(HISTORY_MAX));
    let history = read_history(spec, &mut text);
    if text.get_ref().limit() == 0 {
        let limit = HISTORY_MAX >> 20;
        return Err(Failure::new(format!(
            "{name} is too large: a history has at most {limit} MiB"
        )));
    }
    history.map_err(|error| Failure::new(format!("{name} is not a history of this kind: {error}")))
}

fn print(judged: &Judged, out: &mut Output) -> Result<(), Failure> {
    let Judged { path, spec, operations, answered, failed, pending, keys, .. } = judged;
    let verdict = match judged.verdict {
        Verdict::Held => "linearizable",
        Verdict::Violated => "not linearizable",
        Verdict::Unknown => "undecided",
        Verdict::Vacuous => "vacuous",
    };
    out.entry("", &format!("{verdict}  {path} ({spec})"))?;
    let number = |number: &usize| grouped(*number as u64);
    let [operations, answered, failed, pending, keys] =
        [operations, answered, failed, pending, keys].map(number);
    out.entry(
        "  operations      ",
        &format!("{operations}: {answered} with a response, {failed} failed, {pending} pending"),
    )?;
    out.entry("  keys            ", &keys)?;
    let [visited, budget] = [judged.visited, judged.budget].map(grouped);
    out.entry("  configurations  ", &format!("{visited} visited, of at most {budget}"))?;
    if let Some(story) = &judged.story {
        writeln!(out)?;
        for line in story.lines() {
            let told = line.trim_start();
            out.entry(&" ".repeat(line.len() - told.len()), told)?;
        }
    }
    match judged.verdict {
        Verdict::Unknown => {
            writeln!(out)?;
            out.entry("", "The budget ran out before a decision; --budget N sets a larger one.")?;
        }
        Verdict::Vacuous => {
            writeln!(out)?;
            out.entry("", "The history has no operations, so nothing was judged.")?;
        }
        Verdict::Held | Verdict::Violated => {}
    }
    Ok(())
}
