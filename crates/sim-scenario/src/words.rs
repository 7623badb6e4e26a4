//! Phrases for messages: lists, suggestions, and texts of a file made short enough for a line.

use sim_engine::{ClockSpec, NodeSet};
use sim_node::{Duration, Offset, counted};

/// A text of the file, short enough for a line and without control characters.
pub(crate) fn clip(text: &str) -> String {
    const LONGEST: usize = 60;
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    };
    match text.char_indices().nth(LONGEST) {
        None => plain(text),
        Some((end, _)) => format!("{}...", plain(&text[..end])),
    }
}

/// `a, b and c`, each in backquotes, the longer lists cut.
pub(crate) fn list<S: AsRef<str>>(names: &[S]) -> String {
    const MOST: usize = 24;
    let mut quoted: Vec<String> =
        names.iter().take(MOST).map(|name| format!("`{}`", name.as_ref())).collect();
    if names.len() > MOST {
        quoted.push(format!("{} more", names.len() - MOST));
    }
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// The names that may stand somewhere, in a sentence.
pub(crate) fn allowed<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [one] => format!("the name allowed here is `{}`", one.as_ref()),
        names => format!("the names allowed here are {}", list(names)),
    }
}

/// `a target`, `an occasion`, `a kind of work`.
pub(crate) fn a(noun: &str) -> String {
    if noun == "work" {
        return "a kind of work".to_owned();
    }
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// The candidate that the author most likely meant: one that differs in case, dashes or a few
/// letters.
pub(crate) fn nearest<'n, S: AsRef<str>>(found: &str, candidates: &'n [S]) -> Option<&'n str> {
    // A name much longer than any candidate is none of them, and comparing it would take long.
    const LONGEST: usize = 100;
    if found.len() > LONGEST {
        return None;
    }
    let plain = |name: &str| name.replace(['-', '_', ' '], "").to_lowercase();
    let wanted = plain(found);
    let distance = |name: &str| strsim::damerau_levenshtein(&wanted, &plain(name));
    let names = candidates.iter().map(AsRef::as_ref);
    let (nearest, distance) =
        names.map(|name| (name, distance(name))).min_by_key(|(_, distance)| *distance)?;
    let most = (wanted.chars().count().max(nearest.chars().count()) / 3).max(1);
    // A name of one or two letters is near to everything.
    (distance <= most && distance < wanted.chars().count()).then_some(nearest)
}

/// ``unknown fault `Isolte`, did you mean `Isolate`?``
pub(crate) fn unknown<S: AsRef<str>>(noun: &str, found: &str, candidates: &[S]) -> String {
    did_you_mean(format!("unknown {noun} `{}`", clip(found)), found, candidates)
}

/// ``unknown field `whoo` in `Crash`, did you mean `who`?``
pub(crate) fn unknown_in<S: AsRef<str>>(
    noun: &str,
    found: &str,
    owner: &str,
    candidates: &[S],
) -> String {
    did_you_mean(format!("unknown {noun} `{}` in {owner}", clip(found)), found, candidates)
}

fn did_you_mean<S: AsRef<str>>(message: String, found: &str, candidates: &[S]) -> String {
    match nearest(found, candidates) {
        Some(nearest) => format!("{message}, did you mean `{nearest}`?"),
        None => message,
    }
}

/// Words that are not ours, on one line of bounded length.
pub(crate) fn line(message: &str) -> String {
    const LONGEST: usize = 300;
    message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}

/// `1 node`, `2 nodes`.
pub(crate) fn count(number: impl Into<u64>, noun: &str) -> String {
    counted(number.into(), noun)
}

/// What is wrong with some clocks, in a sentence.
pub(crate) fn clock_in_words(clock: &ClockSpec) -> String {
    let ClockSpec { who, offset, drift, offset_within, drift_within } = clock;
    let percent = |ppm: u32| {
        let (whole, rest) = (ppm / 10_000, ppm % 10_000);
        let rest = format!("{rest:04}");
        let rest = rest.trim_end_matches('0');
        if rest.is_empty() { format!("{whole}%") } else { format!("{whole}.{rest}%") }
    };
    let mut wrong = Vec::new();
    match drift.ppm() {
        0 => {}
        slow @ ..0 => wrong.push(format!("runs {} too slow", percent(slow.unsigned_abs()))),
        fast => wrong.push(format!("runs {} too fast", percent(fast.unsigned_abs()))),
    }
    if drift_within.ppm() != 0 {
        let within = percent(drift_within.ppm().unsigned_abs());
        wrong.push(format!("has a random drift of at most {within}"));
    }
    if *offset != Offset::default() {
        wrong.push(format!("is off by {offset} at first"));
    }
    if *offset_within != Duration::ZERO {
        wrong.push(format!("has a random offset of at most {offset_within}"));
    }
    let whose = match who {
        NodeSet::All => "every node".to_owned(),
        NodeSet::Servers => "every server".to_owned(),
        NodeSet::Others => "every node that is not a server".to_owned(),
        NodeSet::Node(node) => format!("n{node}"),
        NodeSet::Set(name) => format!("the set `{name}`"),
        NodeSet::Nodes(nodes) => {
            let names: Vec<String> = nodes.iter().map(|node| format!("n{node}")).collect();
            names.join(", ")
        }
    };
    let wrong = if wrong.is_empty() { "shows true time".to_owned() } else { wrong.join(" and ") };
    format!("The clock of {whose} {wrong}.")
}
