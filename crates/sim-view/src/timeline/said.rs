//! [`said`]: what the bands show, in words and with exact times.

use sim_check::SimTime;
use sim_node::{Duration, NodeId};
use sim_scenario::{RoleSpan, ScenarioFacts, Timeline};

use super::legend::Signs;
use crate::words;

/// How many periods of the headline role are told one by one, and how many outages.
const PERIODS: usize = 6;
const OUTAGES: usize = 3;
/// How many times are told in which two nodes had the headline role.
const OVERLAPS: usize = 2;

/// A row in words.
pub(super) struct Said {
    pub(super) label: String,
    /// What comes before the items.
    before: &'static str,
    items: Vec<String>,
    /// The item that is never left out: it comes first where some are.
    last: usize,
    /// How many more there are, and what one of them is: "shorter time".
    more: (u64, Option<&'static str>),
    /// How many lines it may take.
    pub(super) lines: usize,
}

impl Said {
    fn new(label: &str, items: Vec<String>, lines: usize) -> Self {
        Self { label: label.to_owned(), before: "", items, last: 0, more: (0, None), lines }
    }

    /// As many items as fit into so many lines, and how many more there are.
    pub(super) fn within(&self, width: usize, lines: usize) -> String {
        let mut items = self.items.clone();
        let (more, noun) = self.more;
        let text = |items: &[String]| {
            let mut items = items.to_vec();
            if let Some(first) = items.first_mut() {
                first.insert_str(0, self.before);
            }
            words::fitting(&items, more, (width, lines), |more| match noun {
                Some(noun) => words::count(more, noun),
                None => format!("{} more", words::grouped(more)),
            })
        };
        let in_order = text(&items);
        if items.get(self.last).is_none_or(|last| in_order.contains(last.as_str())) {
            return in_order;
        }
        items[..=self.last].rotate_right(1);
        text(&items)
    }
}

/// Who had the protocol's headline role, who others, and when no client had an answer.
pub(super) fn said(facts: &ScenarioFacts, timeline: &Timeline, signs: &Signs) -> Vec<Said> {
    let mut rows = Vec::new();
    let spans = |role: &str| -> Vec<&RoleSpan> {
        timeline.roles.iter().filter(|span| span.role == role).collect()
    };
    if let Some((role, _)) = signs.headline() {
        let spans = spans(role);
        let (items, last) = periods(facts.protocol.rank, &spans);
        rows.push(Said { last, ..Said::new(role, items, 3) });
        rows.extend(at_once(&spans));
    }
    let taken: Vec<String> = signs.others().filter_map(|role| taken(role, &spans(role))).collect();
    if !taken.is_empty() {
        rows.push(Said::new("other roles", taken, 2));
    }
    rows.extend(outages(timeline));
    rows
}

/// "n1 from 192ms to 2.391s (term 1)", "n3 from 2.214s on (term 2)"; of many periods how often each
/// node had the role: "n1 twelve times, from 192ms to 2.391s". With them comes the place of the node that
/// had it last.
fn periods(name: Option<&str>, spans: &[&RoleSpan]) -> (Vec<String>, usize) {
    let end = |span: &RoleSpan| (span.to.unwrap_or(SimTime::MAX), span.from);
    let latest = (0..spans.len()).max_by_key(|place| end(spans[*place])).unwrap_or(0);
    if spans.len() <= PERIODS {
        let one = |span: &&RoleSpan| {
            format!("{} {}{}", span.node, lasting(span.from, span.to), rank(name, span))
        };
        return (spans.iter().map(one).collect(), latest);
    }
    let mut nodes: Vec<(NodeId, Vec<&RoleSpan>)> = Vec::new();
    for span in spans {
        match nodes.iter_mut().find(|(node, _)| *node == span.node) {
            Some((_, its)) => its.push(span),
            None => nodes.push((span.node, vec![span])),
        }
    }
    let folded = |(node, spans): &(NodeId, Vec<&RoleSpan>)| match spans.as_slice() {
        [one] => format!("{node} {}{}", lasting(one.from, one.to), rank(name, one)),
        [first, .., last] => {
            let times = words::times(spans.len() as u64);
            format!("{node} {times} {}", lasting(first.from, last.to))
        }
        [] => node.to_string(),
    };
    let last = nodes.iter().position(|(node, _)| *node == spans[latest].node).unwrap_or(0);
    (nodes.iter().map(folded).collect(), last)
}

/// "candidate five times, 212.451ms to 2.147s". Nothing of a role that nodes had from their start
/// only.
fn taken(role: &str, spans: &[&RoleSpan]) -> Option<String> {
    let taken: Vec<&&RoleSpan> = spans.iter().filter(|span| span.from > SimTime::ZERO).collect();
    let at = |span: &RoleSpan| format!("{} at {}", span.node, about(span.from));
    Some(match taken.as_slice() {
        [] => return None,
        [one] => format!("{role} {}", at(one)),
        [one, other] => format!("{role} {} and {}", at(one), at(other)),
        [first, .., last] => {
            let (times, at) = (words::times(taken.len() as u64), about(first.from));
            match first.from == last.from {
                true => format!("{role} {times} at {at}"),
                false => format!("{role} {times} from {at} to {}", about(last.from)),
            }
        }
    })
}

/// " (term 3)", where the protocol says what its ranks are.
fn rank(name: Option<&str>, span: &RoleSpan) -> String {
    name.map(|name| format!(" ({name} {})", span.rank)).unwrap_or_default()
}

/// "n1 and n3 from 2.214s to 2.391s": the longest times in which two nodes had the role, in order.
fn at_once(spans: &[&RoleSpan]) -> Option<Said> {
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
    let told: Vec<String> = overlaps.iter().map(one).collect();
    let more = ((all - told.len()) as u64, Some("shorter time"));
    (!told.is_empty()).then(|| Said { more, ..Said::new("at once", told, 2) })
}

fn lasting(from: SimTime, to: Option<SimTime>) -> String {
    match to {
        Some(to) if to == from => format!("at {}", about(from)),
        Some(to) => format!("from {} to {}", about(from), about(to)),
        None => format!("from {} on", about(from)),
    }
}

/// An instant, to a millisecond from a second on.
fn about(at: SimTime) -> String {
    words::duration(Duration::from_nanos(at.as_nanos()))
}

/// "clients waited and none had an answer from 2s to 2.434s".
fn outages(timeline: &Timeline) -> Option<Said> {
    let clients = timeline.clients.as_ref()?;
    let mut longest: Vec<_> = clients.outages.iter().collect();
    longest.sort_by_key(|outage| {
        let to = outage.to.unwrap_or(SimTime::MAX);
        std::cmp::Reverse(to - outage.from)
    });
    longest.truncate(OUTAGES);
    longest.sort_by_key(|outage| outage.from);
    let told: Vec<String> = longest.iter().map(|it| lasting(it.from, it.to)).collect();
    let more = ((clients.outages.len() - told.len()) as u64, Some("shorter time"));
    let before = "clients waited and none had an answer ";
    (!told.is_empty()).then(|| Said { before, more, ..Said::new("outage", told, 2) })
}
