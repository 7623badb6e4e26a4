//! [`Outline`]: what the story is about, and at which steps its chains end.

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::ViolationReport;

use super::{Tale, is_obligation};
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
    /// What the first sentence ends with.
    pub(super) moral: Option<String>,
}

impl Outline {
    pub(super) fn of(tale: &Tale<'_>, trace: &Trace) -> Self {
        match (tale.step, tale.report.violations.first()) {
            (Some(step), _) => Self::of_step(tale, trace, step),
            (None, Some(violation)) if is_obligation(tale.report) => {
                Self::of_obligation(tale, trace, violation)
            }
            (None, Some(violation)) => Self::of_violation(tale, trace, violation),
            (None, None) => Self::of_nothing(tale, trace),
        }
    }

    fn of_step(tale: &Tale<'_>, trace: &Trace, step: u64) -> Self {
        let (title, seed) = (&tale.facts.title, tale.report.seed);
        Self {
            title: format!("How step {step} of \"{title}\" came about, with seed {seed}"),
            opening: vec![],
            roots: vec![Root { heading: "From the end backwards".to_owned(), step, moral: None }],
            focus: trace.step(step).map(|step| step.node),
            obligation: false,
        }
    }

    fn of_violation(tale: &Tale<'_>, trace: &Trace, violation: &ViolationReport) -> Self {
        let claim = named(tale, violation.code);
        let mut opening = claims(tale, violation.code);
        let at = words::instant(SimTime::from_nanos(violation.at_ns));
        opening.push(format!("It fell at {at}: {}.", violation.detail));
        opening.extend(others(tale));
        let last = trace.steps.len().checked_sub(1).map(|last| last as u64);
        let step = violation.step.filter(|step| trace.step(*step).is_some());
        let mut roots = Vec::new();
        let mut focus = violation.node;
        if let Some(step) = step.or(last) {
            let unfinished = violation.step.is_some() && violation.step != Some(step);
            let moral = match unfinished {
                true => "That is the last step that was finished.".to_owned(),
                false => format!("This is the step with which {claim} fell."),
            };
            let heading = "How it came about, from the end backwards".to_owned();
            roots.push(Root { heading, step, moral: Some(moral) });
            focus = focus.or_else(|| trace.step(step).map(|step| step.node));
        }
        let known = |step: &&u64| trace.step(**step).is_some() && Some(**step) != violation.step;
        for (number, step) in violation.witnesses.iter().filter(known).take(WITNESSES).enumerate() {
            let heading = match number {
                0 => "The other half of the story".to_owned(),
                _ => "And another part of it".to_owned(),
            };
            let moral = format!("{claim} was judged by this step too.");
            roots.push(Root { heading, step: *step, moral: Some(moral) });
        }
        Self { title: heading(tale, &claim), opening, roots, focus, obligation: false }
    }

    fn of_obligation(tale: &Tale<'_>, trace: &Trace, violation: &ViolationReport) -> Self {
        let claim = named(tale, violation.code);
        let mut opening = claims(tale, violation.code);
        let (due, end) = (tale.facts.deadline, SimTime::from_nanos(tale.report.virtual_ns));
        let (due_at, detail) = (words::instant(due), &violation.detail);
        let end_at = words::instant(end);
        opening.push(match end < due {
            true => format!(
                "It was due at {due_at}; the last thing happened at {end_at}, and it was never paid: {detail}."
            ),
            false => format!(
                "It was due at {due_at} and still owed when the run ended at {end_at}: {detail}."
            ),
        });
        opening.extend(others(tale));
        let all = trace.steps.len() as u64;
        let last_of = |node| trace.steps_of(node, all).next().map(|(step, _)| step);
        let notable = trace.steps.iter().rposition(|step| step.notable).map(|step| step as u64);
        let step = violation.node.and_then(last_of).or(notable).or(all.checked_sub(1));
        let roots = step.map(|step| {
            let heading = match violation.node {
                Some(node) => format!("The last that {node} did, and how it came about"),
                None => "The last that stood out, and how it came about".to_owned(),
            };
            Root {
                heading,
                step,
                moral: Some("After that nothing paid the obligation.".to_owned()),
            }
        });
        Self {
            title: heading(tale, &claim),
            opening,
            roots: roots.into_iter().collect(),
            focus: violation.node,
            obligation: true,
        }
    }

    fn of_nothing(tale: &Tale<'_>, trace: &Trace) -> Self {
        let report = tale.report;
        let (title, seed) = (&tale.facts.title, report.seed);
        let mut opening = vec![match &report.undecided {
            Some(why) => format!("Nothing fell, and the run is undecided: {why}."),
            None => "Nothing fell: every property stood.".to_owned(),
        }];
        if let Some(step) = trace.steps.iter().rposition(|step| step.notable) {
            opening.push(format!(
                "To ask how a step came about, add --step N. The last step that stood out is step {step}."
            ));
        }
        let title = format!("Nothing to explain in \"{title}\" with seed {seed}");
        Self { title, opening, roots: vec![], focus: None, obligation: false }
    }
}

fn heading(tale: &Tale<'_>, claim: &str) -> String {
    format!("Why {claim} fell in \"{}\", with seed {}", tale.facts.title, tale.report.seed)
}

/// "LE1 agreement".
fn named(tale: &Tale<'_>, code: &str) -> String {
    let property = tale.report.properties.iter().find(|property| property.code == code);
    property.map_or(code.to_owned(), |property| format!("{code} {}", property.name))
}

/// What the claim says, and where it is from.
fn claims(tale: &Tale<'_>, code: &str) -> Vec<String> {
    let claim = tale.facts.protocol.properties.iter().find(|claim| claim.code == code);
    claim
        .map(|claim| {
            let meaning = claim.meaning.trim_end_matches('.');
            format!("{code} {} says: {meaning} ({}).", claim.name, claim.source)
        })
        .into_iter()
        .collect()
}

/// What fell besides, and how the scenario's assumption was broken.
fn others(tale: &Tale<'_>) -> Vec<String> {
    let codes: Vec<String> = tale.report.violations[1..]
        .iter()
        .map(|violation| format!("{} ({})", named(tale, violation.code), violation.detail))
        .collect();
    let fell = (!codes.is_empty()).then(|| format!("Also fell: {}.", words::list(&codes)));
    let assumption = tale.report.assumption_broken.as_ref();
    let broken = assumption.map(|what| format!("The scenario's assumption was broken {what}."));
    fell.into_iter().chain(broken).collect()
}
