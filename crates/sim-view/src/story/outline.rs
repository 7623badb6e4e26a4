//! [`Outline`]: what the story is about, and at which steps its chains end.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use sim_check::{Found, SimTime};
use sim_node::NodeId;
use sim_scenario::ViolationReport;

use super::{Subject, is_obligation};
use crate::blame::blamed;
use crate::fates;
use crate::plain;
use crate::trace::Trace;
use crate::words;

/// How many witnesses are followed.
const WITNESSES: usize = 4;
/// Of how many nodes it is told what they sent.
const SENDERS: usize = 8;

/// What the story is about.
pub(super) struct Outline {
    pub(super) title: String,
    pub(super) opening: Vec<String>,
    pub(super) roots: Vec<Root>,
    /// Facts in lists, each with its heading.
    pub(super) lists: Vec<(&'static str, Vec<String>)>,
    /// The node that the claim is about.
    pub(super) focus: Option<NodeId>,
    /// Whether the story is about something that never happened.
    pub(super) obligation: bool,
}

/// A chain to follow backwards.
pub(super) struct Root {
    pub(super) heading: String,
    pub(super) step: u64,
    /// The sentence that the first paragraph ends with.
    pub(super) conclusion: Option<String>,
}

impl Outline {
    pub(super) fn of(subject: &Subject<'_>, trace: &Trace) -> Self {
        match (subject.step, subject.report.violations.first()) {
            (Some(step), _) => Self::of_step(subject, trace, step),
            (None, Some(violation)) if is_obligation(subject.report) => {
                Self::of_obligation(subject, trace, violation)
            }
            (None, Some(violation)) if violation.has_no_step_to_blame() => {
                Self::of_cost(subject, trace, violation)
            }
            (None, Some(violation)) => Self::of_violation(subject, trace, violation),
            (None, None) => Self::of_nothing(subject, trace),
        }
    }

    fn of_step(subject: &Subject<'_>, trace: &Trace, step: u64) -> Self {
        let (title, seed) = (&subject.facts.title, subject.report.seed);
        Self {
            title: format!("Why step {step} of \"{title}\" happened, with seed {seed}"),
            opening: vec![],
            roots: vec![Root {
                heading: "The step and those that led to it, latest first".to_owned(),
                step,
                conclusion: None,
            }],
            lists: vec![],
            focus: trace.step(step).map(|step| step.node),
            obligation: false,
        }
    }

    fn of_violation(subject: &Subject<'_>, trace: &Trace, violation: &ViolationReport) -> Self {
        let claim = named(subject, violation.code);
        let mut opening = claims(subject, violation.code);
        let at = words::instant(SimTime::from_nanos(violation.at_ns));
        opening.push(format!("It was violated at {at}: {}", stopped(&violation.detail)));
        opening.extend(others(subject));
        opening.extend(found_between(violation));
        let steps = blamed(trace, violation);
        let roots: Vec<Root> = steps
            .iter()
            .take(1 + WITNESSES)
            .enumerate()
            .map(|(number, step)| {
                let heading = match number {
                    0 => "The steps that led to it, latest first",
                    1 if violation.found == Found::AtStep => {
                        "An earlier step that is part of the violation"
                    }
                    _ => "Another step that is part of the violation",
                };
                let conclusion = conclusion(violation, *step, &claim);
                Root { heading: heading.to_owned(), step: *step, conclusion }
            })
            .collect();
        let step = steps.first().and_then(|step| trace.step(*step));
        let focus = violation.node.or(step.map(|step| step.node));
        Self {
            title: heading(subject, &claim, "was violated"),
            opening,
            roots,
            lists: vec![],
            focus,
            obligation: false,
        }
    }

    fn of_obligation(subject: &Subject<'_>, trace: &Trace, violation: &ViolationReport) -> Self {
        let claim = named(subject, violation.code);
        let mut opening = claims(subject, violation.code);
        let (due, end) = (subject.facts.deadline, SimTime::from_nanos(subject.report.ended_at_ns));
        let (due_at, detail) = (words::instant(due), stopped(&violation.detail));
        let end_at = words::instant(end);
        opening.push(match end < due {
            true => format!(
                "It had to be met by {due_at} (the deadline). The last event was at {end_at}, and it \
                 was not met: {detail}"
            ),
            false => format!(
                "It had to be met by {due_at} (the deadline), and was not met when the run ended at \
                 {end_at}: {detail}"
            ),
        });
        opening.extend(others(subject));
        let all = trace.steps.len() as u64;
        let last_of = |node| trace.steps_of(node, all).next().map(|(step, _)| step);
        let notable = trace.steps.iter().rposition(|step| step.notable).map(|step| step as u64);
        let step = violation.node.and_then(last_of).or(notable).or(all.checked_sub(1));
        let roots = step.map(|step| {
            let heading = match violation.node {
                Some(node) => format!("The last step of {node} and those that led to it, latest first"),
                None => {
                    "The last step that changed a role, indicated or emitted a mark, and those that \
                     led to it, latest first"
                        .to_owned()
                }
            };
            Root { heading, step, conclusion: Some("No later step met it.".to_owned()) }
        });
        Self {
            title: heading(subject, &claim, "was not met"),
            opening,
            roots: roots.into_iter().collect(),
            lists: vec![],
            focus: violation.node,
            obligation: true,
        }
    }

    /// Of what cost too much, or too little, it is told what was sent: no step is to blame.
    fn of_cost(subject: &Subject<'_>, trace: &Trace, violation: &ViolationReport) -> Self {
        let report = subject.report;
        let mut opening: Vec<String> =
            report.violations.iter().map(|violation| stopped(&violation.detail)).collect();
        opening.extend(broken(subject));
        let messages = &report.messages;
        let kinds = messages.by_kind.iter().map(|(kind, number)| (*kind, *number));
        let mut sent = vec![fates::messages(messages)];
        sent.extend(fates::by_kind(kinds).map(|kinds| format!("by kind: {kinds}")));
        Self {
            title: heading(subject, &named(subject, violation.code), "was violated"),
            opening,
            roots: vec![],
            lists: vec![("What was sent", sent), ("Who sent it", senders(trace))],
            focus: None,
            obligation: false,
        }
    }

    fn of_nothing(subject: &Subject<'_>, trace: &Trace) -> Self {
        let report = subject.report;
        let (title, seed) = (&subject.facts.title, report.seed);
        let mut opening = vec![match &report.undecided {
            Some(why) => format!("No property was violated, and the run is undecided: {why}."),
            None => "No property was violated.".to_owned(),
        }];
        if let Some(step) = trace.steps.iter().rposition(|step| step.notable) {
            opening.push(format!(
                "To ask why a step happened, add --step N. For example, step {step} is the last one \
                 that changed a role, indicated or emitted a mark."
            ));
        }
        let title = format!("Nothing to explain in \"{title}\" with seed {seed}");
        Self { title, opening, roots: vec![], lists: vec![], focus: None, obligation: false }
    }
}

/// What each node sent, those that sent most first: "n4: 10 (Coordinator 8, Election 2)".
fn senders(trace: &Trace) -> Vec<String> {
    let sum = |kinds: &BTreeMap<&str, u64>| kinds.values().sum::<u64>();
    let mut all: Vec<_> =
        trace.sent.iter().map(|(node, kinds)| (node, sum(kinds), kinds)).collect();
    all.sort_by_key(|(node, count, _)| (Reverse(*count), **node));
    let rest = all.split_off(all.len().min(SENDERS));
    let told = all.into_iter().map(|(node, count, kinds)| {
        let kinds = fates::by_kind(kinds.iter().map(|(kind, number)| (*kind, *number)));
        format!("{node}: {} ({})", words::grouped(count), kinds.unwrap_or_default())
    });
    let mut told: Vec<String> = told.collect();
    if !rest.is_empty() {
        let nodes = words::count(rest.len() as u64, "more node");
        let count = rest.iter().map(|(_, count, _)| count).sum();
        told.push(format!("{nodes}: {}", words::grouped(count)));
    }
    told
}

/// What a step that is traced back has to do with the violation, in a sentence.
fn conclusion(violation: &ViolationReport, step: u64, claim: &str) -> Option<String> {
    if violation.witnesses.contains(&step) {
        return Some(format!("This step is part of the violation of {claim}."));
    }
    match (violation.found, violation.step) {
        (Found::AtStep, Some(own)) if own == step => {
            Some(format!("{claim} was found violated at this step."))
        }
        (Found::AtStep, Some(_)) => Some("This is the last step that was finished.".to_owned()),
        _ => None,
    }
}

/// When no step is to blame: when the states were found that violate the claim.
fn found_between(violation: &ViolationReport) -> Option<String> {
    let step = violation.step?;
    let found = match violation.found {
        Found::AtStep => return None,
        Found::BeforeStep => {
            format!("just before step {step}, in the states that had lasted until then")
        }
        Found::BetweenSteps => {
            format!("between step {step} and the next, in the states until then")
        }
        Found::AtEnd => format!("at the end of the run, in the states left by step {step}"),
    };
    Some(format!("It was found {found}."))
}

/// What happened in plain words, with a full stop unless it is a list of several lines.
fn stopped(detail: &str) -> String {
    let detail = plain::sentence(detail);
    if detail.contains('\n') { detail } else { detail + "." }
}

fn heading(subject: &Subject<'_>, claim: &str, verb: &str) -> String {
    format!("Why {claim} {verb} in \"{}\", with seed {}", subject.facts.title, subject.report.seed)
}

/// "LE1 agreement".
fn named(subject: &Subject<'_>, code: &str) -> String {
    let property = subject.report.properties.iter().find(|property| property.code == code);
    property.map_or(code.to_owned(), |property| format!("{code} {}", property.name))
}

/// What the claim says, and where it is from.
fn claims(subject: &Subject<'_>, code: &str) -> Vec<String> {
    let claim = subject.facts.protocol.properties.iter().find(|claim| claim.code == code);
    claim
        .map(|claim| {
            let meaning = claim.meaning.trim_end_matches('.');
            format!("{code} {} says: {meaning} ({}).", claim.name, claim.source)
        })
        .into_iter()
        .collect()
}

/// What else was violated, and how an assumption of the scenario was broken.
fn others(subject: &Subject<'_>) -> Vec<String> {
    let codes: Vec<String> = subject.report.violations[1..]
        .iter()
        .map(|violation| format!("{} ({})", named(subject, violation.code), violation.detail))
        .collect();
    let also = (!codes.is_empty()).then(|| format!("Also violated: {}.", words::list(&codes)));
    also.into_iter().chain(broken(subject)).collect()
}

/// How an assumption of the scenario was broken.
fn broken(subject: &Subject<'_>) -> Option<String> {
    let what = subject.report.assumption_broken.as_ref()?;
    Some(format!("The run broke an assumption of the scenario {what}."))
}
