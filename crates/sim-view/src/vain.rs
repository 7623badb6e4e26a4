//! [`Vain`]: what went on to the end of a run and led nowhere: messages of one kind between the
//! same nodes again and again, and roles that were taken again and again.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use sim_check::SimTime;
use sim_node::{Class, NodeId};
use sim_scenario::{Happening, ScenarioFacts, Seen};

use crate::plain::timeless;
use crate::trace::{Event, Texts, Trace};
use crate::words;

/// From how many times on something is repeated.
const OFTEN: usize = 10;
/// The same, where nothing was violated: there it is told only of what always says the same.
const VERY_OFTEN: usize = 20;
/// How many exchanges are told at most, and how many of them of clients: these try again whatever
/// is wrong.
const EXCHANGES: usize = 4;
const CLIENTS: usize = 1;
/// Of how many nodes it is told which roles they took.
const NODES: usize = 4;
/// Of how many messages of an exchange it is looked at what they say.
const SAMPLES: usize = 4_096;
/// How many different things messages of an exchange may say to be told one by one.
const ALTERNATIVES: usize = 3;
/// How much of a content is told.
const CONTENT: usize = 240;

/// What was repeated to the end of a run.
pub(crate) struct Vain {
    since: SimTime,
    exchanges: Vec<Exchange>,
}

/// Messages of one kind between some nodes, and what was answered.
struct Exchange {
    from: Vec<NodeId>,
    to: Vec<NodeId>,
    kind: &'static str,
    class: Class,
    /// The steps that handled them, in order.
    handled: Vec<u64>,
    /// The kinds of the answers, with the steps that handled them, the most frequent first.
    answers: Vec<(&'static str, Vec<u64>)>,
}

impl Vain {
    /// What was repeated after the last fault or crash, or in the second half of a run to whose end
    /// they struck.
    pub(crate) fn of(trace: &Trace, facts: &ScenarioFacts) -> Self {
        let end = trace.steps.last().map_or(SimTime::ZERO, |step| step.at);
        let half = SimTime::from_nanos(end.as_nanos() / 2);
        let since = trace.incidents.last().map_or(SimTime::ZERO, |last| last.at).min(half);
        let mut exchanges = gather(trace, facts, since);
        // What is an answer is told with what it answers.
        let answers: Vec<(NodeId, &str, usize)> = exchanges
            .iter()
            .flat_map(|one| {
                one.answers.iter().map(|(kind, steps)| (one.from[0], *kind, steps.len()))
            })
            .collect();
        exchanges.retain(|one| {
            let answered = answers
                .iter()
                .filter(|(to, kind, _)| one.to.contains(to) && *kind == one.kind)
                .map(|(_, _, times)| times);
            answered.sum::<usize>() * 10 < one.handled.len() * 9
        });
        // Heartbeats go on whatever happens.
        exchanges.retain(|one| one.class != Class::Heartbeat);
        let lasts = |one: &Exchange| {
            let last = one.handled.last().and_then(|step| trace.step(*step));
            last.is_some_and(|last| (end - last.at).as_nanos() * 10 <= (end - since).as_nanos())
        };
        exchanges.retain(|one| one.handled.len() >= OFTEN && lasts(one));
        let mut exchanges = merged(exchanges);
        exchanges.sort_by_key(|one| (one.class == Class::Client, Reverse(one.handled.len())));
        let others = exchanges.iter().filter(|one| one.class != Class::Client).count();
        exchanges.truncate(EXCHANGES.min(others + CLIENTS));
        Self { since, exchanges }
    }

    /// The steps whose texts are needed.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = u64> {
        let steps = self.exchanges.iter().flat_map(|one| {
            let answers = one.answers.iter().take(1).map(|(_, steps)| steps);
            std::iter::once(&one.handled).chain(answers).flat_map(|steps| samples(steps))
        });
        steps.collect::<Vec<u64>>().into_iter()
    }

    /// A sentence for each thing that was repeated.
    pub(crate) fn told(&self, trace: &Trace, texts: &Texts) -> Vec<String> {
        self.told_within(trace, texts, usize::MAX, usize::MAX)
    }

    /// The same of so many nodes and so many exchanges.
    pub(crate) fn told_within(
        &self,
        trace: &Trace,
        texts: &Texts,
        nodes: usize,
        exchanges: usize,
    ) -> Vec<String> {
        let mut lines = self.roles(trace);
        lines.truncate(nodes);
        let exchanges = self.exchanges.iter().take(exchanges);
        lines.extend(exchanges.map(|one| one.sentence(trace, texts)));
        lines
    }

    /// Of a run in which nothing was violated: messages and answers that said the same all the
    /// time.
    pub(crate) fn always_the_same(&self, trace: &Trace, texts: &Texts) -> Vec<String> {
        let is_same = |one: &&Exchange| {
            let answer = one.answers.first();
            one.handled.len() >= VERY_OFTEN
                && one.class == Class::Protocol
                && is_same(&one.handled, texts)
                && answer.is_some_and(|(_, steps)| is_same(steps, texts))
        };
        self.exchanges.iter().filter(is_same).map(|one| one.sentence(trace, texts)).collect()
    }

    /// Roles that nodes took again and again: "n0 became candidate 667 times and follower 667 times,
    /// the last time at 15s."
    fn roles(&self, trace: &Trace) -> Vec<String> {
        let mut taken: BTreeMap<NodeId, BTreeMap<&str, (usize, SimTime)>> = BTreeMap::new();
        for (at, node, role) in trace.roles.iter().filter(|(at, ..)| *at >= self.since) {
            let (times, last) = taken.entry(*node).or_default().entry(role).or_default();
            (*times, *last) = (*times + 1, *at);
        }
        for roles in taken.values_mut() {
            roles.retain(|_, (times, _)| *times >= OFTEN);
        }
        let sum = |roles: &BTreeMap<&str, (usize, SimTime)>| {
            Reverse(roles.values().map(|(times, _)| *times).sum::<usize>())
        };
        let mut nodes: Vec<_> = taken.into_iter().filter(|(_, roles)| !roles.is_empty()).collect();
        nodes.sort_by_key(|(_, roles)| sum(roles));
        let node = |(node, roles): (NodeId, BTreeMap<&str, (usize, SimTime)>)| {
            let last = roles.values().map(|(_, last)| *last).max().unwrap_or_default();
            let role = |(role, (times, _)): (&&str, &(usize, SimTime))| {
                format!("{role} {}", words::times(*times as u64))
            };
            let told: Vec<String> = roles.iter().map(role).collect();
            let (told, last) = (words::list(&told), words::instant(last));
            format!("{node} became {told}, the last time at {last}.")
        };
        nodes.into_iter().take(NODES).map(node).collect()
    }
}

impl Exchange {
    fn sentence(&self, trace: &Trace, texts: &Texts) -> String {
        let Self { from, to, kind, handled, answers, .. } = self;
        let at = |step: Option<&u64>| {
            let row = step.and_then(|step| trace.step(*step));
            words::instant(row.map_or(SimTime::ZERO, |row| row.at))
        };
        let (first, last) = (at(handled.first()), at(handled.last()));
        let times = words::times(handled.len() as u64);
        let (from, whom) = (words::nodes(from), words::nodes(to));
        let mut text = format!("{from} sent {kind} to {whom} {times}, from {first} to {last}");
        let whose = if to.len() == 1 { whom } else { "they".to_owned() };
        match answers.as_slice() {
            [] => match said(handled, texts) {
                Said::Always(content) => {
                    text.push_str(&format!(", always saying the same: {content}"));
                }
                Said::Alternatives(contents) => {
                    text.push_str(&format!(", saying {}", words::list(&contents)));
                }
                Said::Last(content) => text.push_str(&format!("; the last said {content}")),
                Said::Nothing => {}
            },
            [(answer, steps), others @ ..] => {
                let all = steps.len() * 20 >= handled.len() * 19;
                let how_often = match all {
                    true => "each time".to_owned(),
                    false => words::times(steps.len() as u64),
                };
                text.push_str(&format!(", and {whose} answered {how_often} with {answer}"));
                if !others.is_empty() {
                    let others: Vec<String> = others
                        .iter()
                        .map(|(kind, steps)| format!("{kind} {}", words::times(steps.len() as u64)))
                        .collect();
                    text.push_str(&format!(" ({} besides)", words::list(&others)));
                }
                match said(steps, texts) {
                    Said::Always(content) => {
                        text.push_str(&format!(", always saying the same: {content}"));
                    }
                    Said::Alternatives(contents) => {
                        text.push_str(&format!(", saying {}", words::list(&contents)));
                    }
                    Said::Last(content) => {
                        text.push_str(&format!("; the last answer was {content}"));
                    }
                    Said::Nothing => {}
                }
            }
        }
        text + "."
    }
}

/// What messages said.
enum Said {
    /// All of them this, but for instants.
    Always(String),
    /// Each of them one of these few, but for instants, each with how often.
    Alternatives(Vec<String>),
    /// The last one this.
    Last(String),
    Nothing,
}

fn said(handled: &[u64], texts: &Texts) -> Said {
    let Some((kind, last)) = handled.last().and_then(|step| content(*step, texts)) else {
        return Said::Nothing;
    };
    let shown = |text: &str| words::content(kind, text, CONTENT);
    // What each said without its instants, as one of them said it, and how often.
    let mut different: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    for step in samples(handled) {
        let Some((_, text)) = content(step, texts) else { return Said::Last(shown(last)) };
        different.entry(timeless(text)).or_insert((text, 0)).1 += 1;
        if different.len() > ALTERNATIVES {
            return Said::Last(shown(last));
        }
    }
    if different.len() == 1 {
        return Said::Always(shown(last));
    }
    if handled.len() > SAMPLES {
        return Said::Last(shown(last));
    }
    let mut different: Vec<(&str, usize)> = different.into_values().collect();
    different.sort_by_key(|(_, times)| Reverse(*times));
    let one =
        |(text, times): (&str, usize)| format!("{} {}", words::times(times as u64), shown(text));
    Said::Alternatives(different.into_iter().map(one).collect())
}

fn is_same(handled: &[u64], texts: &Texts) -> bool {
    matches!(said(handled, texts), Said::Always(_))
}

fn content(step: u64, texts: &Texts) -> Option<(&'static str, &str)> {
    match texts.step(step)? {
        Seen::Step { what: Happening::Message { kind, text, .. }, .. } => Some((kind, text)),
        _ => None,
    }
}

/// These steps, or as many of them as are looked at, the last one included.
fn samples(steps: &[u64]) -> impl Iterator<Item = u64> {
    let stride = steps.len().div_ceil(SAMPLES).max(1);
    steps.iter().rev().step_by(stride).copied()
}

/// All exchanges since then, each between two nodes.
fn gather(trace: &Trace, facts: &ScenarioFacts, since: SimTime) -> Vec<Exchange> {
    let mut handled: BTreeMap<(NodeId, NodeId, u16), Vec<u64>> = BTreeMap::new();
    let mut answers: BTreeMap<(NodeId, NodeId, u16), BTreeMap<u16, Vec<u64>>> = BTreeMap::new();
    for (step, row) in (0..).zip(&trace.steps).filter(|(_, row)| row.at >= since) {
        let Event::Message { from, kind } = row.event else { continue };
        if from == row.node {
            continue;
        }
        handled.entry((from, row.node, kind)).or_default().push(step);
        let cause = row.cause.and_then(|cause| trace.step(cause));
        if let Some(Event::Message { from: asked, kind: question }) = cause.map(|it| it.event)
            && asked == row.node
        {
            let answers = answers.entry((row.node, from, question)).or_default();
            answers.entry(kind).or_default().push(step);
        }
    }
    let class = |kind: &str| facts.protocol.class_of(kind).unwrap_or(Class::Protocol);
    let exchange = |((from, to, number), handled): ((NodeId, NodeId, u16), Vec<u64>)| {
        let answers = answers.remove(&(from, to, number)).unwrap_or_default();
        let named = answers.into_iter().map(|(kind, steps)| (trace.kind_name(kind), steps));
        let mut answers: Vec<(&'static str, Vec<u64>)> = named.collect();
        answers.sort_by_key(|(_, steps)| Reverse(steps.len()));
        let kind = trace.kind_name(number);
        Exchange { from: vec![from], to: vec![to], kind, class: class(kind), handled, answers }
    };
    handled.into_iter().map(exchange).collect()
}

/// Exchanges that differ in their nodes alone are one.
fn merged(exchanges: Vec<Exchange>) -> Vec<Exchange> {
    let mut merged: Vec<Exchange> = Vec::new();
    for one in exchanges {
        let answer = |it: &Exchange| it.answers.first().map(|(kind, _)| *kind);
        let alike =
            merged.iter_mut().find(|other| other.kind == one.kind && answer(other) == answer(&one));
        let Some(other) = alike else {
            merged.push(one);
            continue;
        };
        for (nodes, more) in [(&mut other.from, &one.from), (&mut other.to, &one.to)] {
            nodes.extend(more);
            nodes.sort_unstable();
            nodes.dedup();
        }
        other.handled.extend(&one.handled);
        other.handled.sort_unstable();
        for (kind, steps) in one.answers {
            match other.answers.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, known)) => {
                    known.extend(steps);
                    known.sort_unstable();
                }
                None => other.answers.push((kind, steps)),
            }
        }
    }
    merged
}
