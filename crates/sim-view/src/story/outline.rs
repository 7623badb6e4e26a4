//! [`Outline`]: what the story is about, and at which steps its chains end.

use sim_check::{Found, SimTime};
use sim_node::NodeId;
use sim_scenario::ViolationReport;

use super::{Subject, is_obligation};
use crate::blame::blamed;
use crate::plain;
use crate::trace::Trace;
use crate::words;

/// How many witnesses are followed.
const WITNESSES: usize = 4;

/// What the story is about.
pub(super) struct Outline {
    pub(super) title: String,
    pub(super) opening: Vec<String>,
    pub(super) roots: Vec<Root>,
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
            focus: violation.node,
            obligation: true,
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
        Self { title, opening, roots: vec![], focus: None, obligation: false }
    }
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
    let assumption = subject.report.assumption_broken.as_ref();
    let broken =
        assumption.map(|what| format!("The run broke an assumption of the scenario {what}."));
    also.into_iter().chain(broken).collect()
}
