//! [`said`]: what the bands show, in words and with exact times.

use sim_check::SimTime;
use sim_node::Duration;
use sim_scenario::{RoleSpan, ScenarioFacts, Timeline};

use super::legend::Signs;
use crate::words;

/// How many periods of the first role are told, and how many outages.
const PERIODS: usize = 8;
const OUTAGES: usize = 3;
/// How many times are told in which two nodes had the first role.
const OVERLAPS: usize = 2;

/// A row in words.
pub(super) struct Said {
    pub(super) label: String,
    pub(super) text: String,
    /// How many lines it may take.
    pub(super) lines: usize,
}

/// Who had the protocol's first role, who others, and when no client had an answer.
pub(super) fn said(facts: &ScenarioFacts, timeline: &Timeline, signs: &Signs) -> Vec<Said> {
    let mut rows = Vec::new();
    let first = signs.special().next();
    let spans = |role: &str| -> Vec<&RoleSpan> {
        timeline.roles.iter().filter(|span| span.role == role).collect()
    };
    if let Some(role) = first {
        let spans = spans(role);
        rows.push(Said {
            label: role.to_owned(),
            text: periods(facts.protocol.rank, &spans),
            lines: 3,
        });
        rows.extend(at_once(&spans).map(|text| Said {
            label: "at once".to_owned(),
            text,
            lines: 1,
        }));
    }
    let others = facts.protocol.roles.iter().filter(|role| Some(**role) != first);
    let others = others.filter(|role| signs.special().any(|special| special == **role));
    let taken: Vec<String> = others.filter_map(|role| taken(role, &spans(role))).collect();
    if !taken.is_empty() {
        rows.push(Said { label: "other roles".to_owned(), text: taken.join("; "), lines: 1 });
    }
    if let Some(text) = outages(timeline) {
        rows.push(Said { label: "outage".to_owned(), text, lines: 2 });
    }
    rows
}

/// "n1 from 192ms to 2.391s (term 1), n3 from 2.214s on (term 2)".
fn periods(name: Option<&str>, spans: &[&RoleSpan]) -> String {
    let one = |span: &&RoleSpan| {
        format!("{} {}{}", span.node, lasting(span.from, span.to), rank(name, span))
    };
    let mut text = spans.iter().take(PERIODS).map(one).collect::<Vec<String>>().join(", ");
    if let (Some(last), true) = (spans.last(), spans.len() > PERIODS) {
        let more = spans.len() - PERIODS;
        let more = words::count(more as u64, "more time");
        text.push_str(&format!(" and {more}, last {}", one(last)));
    }
    text
}

/// "candidate five times, first n3 at 212.451ms, last n1 at 2.147s". Nothing of a role that nodes
/// had from their start only.
fn taken(role: &str, spans: &[&RoleSpan]) -> Option<String> {
    let taken: Vec<&&RoleSpan> = spans.iter().filter(|span| span.from > SimTime::ZERO).collect();
    let at = |span: &RoleSpan| format!("{} at {}", span.node, about(span.from));
    Some(match taken.as_slice() {
        [] => return None,
        [one] => format!("{role} {}", at(one)),
        [one, other] => format!("{role} {} and {}", at(one), at(other)),
        [first, .., last] => {
            let times = words::times(taken.len() as u64);
            format!("{role} {times}, first {}, last {}", at(first), at(last))
        }
    })
}

/// " (term 3)", where the protocol says what its ranks are.
fn rank(name: Option<&str>, span: &RoleSpan) -> String {
    name.map(|name| format!(" ({name} {})", span.rank)).unwrap_or_default()
}

/// "n1 and n3 from 2.214s to 2.391s": the longest times in which two nodes had the role, in order.
fn at_once(spans: &[&RoleSpan]) -> Option<String> {
    let end = |span: &RoleSpan| span.to.unwrap_or(SimTime::MAX);
    let mut overlaps: Vec<(&RoleSpan, &RoleSpan, SimTime)> = Vec::new();
    // The span that lasts longest of those before.
    let mut before: Option<&RoleSpan> = None;
    for span in spans {
        if let Some(other) = before.filter(|other| span.from < end(other)) {
            overlaps.push((other, span, end(other).min(end(span))));
        }
        if before.is_none_or(|other| end(other) <= end(span)) {
            before = Some(span);
        }
    }
    let all = overlaps.len();
    overlaps.sort_by_key(|(_, later, to)| std::cmp::Reverse(*to - later.from));
    overlaps.truncate(OVERLAPS);
    overlaps.sort_by_key(|(_, later, _)| later.from);
    let one = |(one, other, to): &(&RoleSpan, &RoleSpan, SimTime)| {
        let to = (*to < SimTime::MAX).then_some(*to);
        format!("{} and {} {}", one.node, other.node, lasting(other.from, to))
    };
    let mut told: Vec<String> = overlaps.iter().map(one).collect();
    if all > OVERLAPS {
        told.push(format!("and {}", words::count((all - OVERLAPS) as u64, "shorter time")));
    }
    (!told.is_empty()).then(|| told.join(", "))
}

fn lasting(from: SimTime, to: Option<SimTime>) -> String {
    match to {
        Some(to) => format!("from {} to {}", about(from), about(to)),
        None => format!("from {} on", about(from)),
    }
}

/// An instant, to a millisecond from a second on.
fn about(at: SimTime) -> String {
    words::duration(Duration::from_nanos(at.as_nanos()))
}

/// "no client had an answer from 2s to 2.434s".
fn outages(timeline: &Timeline) -> Option<String> {
    let clients = timeline.clients.as_ref()?;
    let mut longest: Vec<_> = clients.outages.iter().collect();
    longest.sort_by_key(|outage| {
        let to = outage.to.unwrap_or(SimTime::MAX);
        std::cmp::Reverse(to - outage.from)
    });
    longest.truncate(OUTAGES);
    longest.sort_by_key(|outage| outage.from);
    let told: Vec<String> = longest.iter().map(|it| lasting(it.from, it.to)).collect();
    let more = clients.outages.len() - told.len();
    let more = match more {
        0 => String::new(),
        more => format!(" and {}", words::count(more as u64, "shorter time")),
    };
    (!told.is_empty())
        .then(|| format!("clients waited and none had an answer {}{more}", told.join(", ")))
}
