//! Triggers: numbers in range, nodes that exist, and fields that fit each other.

use sim_engine::{Occasion, Trigger};

use super::Cast;
use super::faults::place;
use super::nodes::{check_node, check_occasion};
use crate::Diagnostic;
use crate::draft::Draft;
use crate::language::Plan;
use crate::outline::Item;
use crate::sheet::Sheet;

/// Numbers are in range, and fields that are given fit each other. `item` is the trigger.
pub(crate) fn check_quantities(sheet: &mut Sheet<'_>, trigger: &Trigger, item: &Item) {
    if trigger.nth == 0 {
        let label = "no time comes before the first";
        let help = "leave `nth` out for the first time";
        refuse(sheet, item, "nth", "the first time is number 1", (label, help));
    }
    check_often(sheet, trigger, item);
    check_ends(sheet, trigger, item);
}

fn refuse(
    sheet: &mut Sheet<'_>,
    item: &Item,
    field: &str,
    message: impl Into<String>,
    (label, help): (&str, impl Into<String>),
) {
    let place = item.at_field(sheet.text, field).span.clone();
    sheet.push(Diagnostic::error(place, message).label(label).help(help));
}

/// How often it fires.
fn check_often(sheet: &mut Sheet<'_>, trigger: &Trigger, item: &Item) {
    if trigger.every && trigger.once_per_node {
        let help = "leave one of them out: each node once, or every time at any node";
        let message = "`once_per_node` beside `every`: each node once, or again and again";
        refuse(sheet, item, "once_per_node", message, ("only one can be so", help));
    }
    let is_one = |name: &'static str, given: Option<u32>| given.map(|node| (name, node));
    let one = is_one("at", trigger.at).or(match &trigger.on {
        Occasion::Send(_) => is_one("from", trigger.from),
        Occasion::Receive(_) => is_one("to", trigger.to),
        _ => None,
    });
    if let (true, Some((name, node))) = (trigger.once_per_node, one) {
        let message = format!("`once_per_node`, but only node {node} sets the fault off");
        let help = format!("leave `once_per_node` out, or `{name}`");
        refuse(sheet, item, "once_per_node", message, ("there is one node", help));
    }
    match trigger.limit {
        Some(0) => {
            let help = "say how often it fires at most, from 1";
            refuse(sheet, item, "limit", "the trigger never fires", ("not even once", help));
        }
        Some(_) if !trigger.every && !trigger.once_per_node => {
            let help = "it is written as in `(on: Write, every: true, limit: 3)`";
            let message = "`limit` without `every`: the trigger fires once";
            refuse(sheet, item, "limit", message, ("limits nothing", help));
        }
        _ => {}
    }
}

/// Only a message has two ends, and each is said once.
fn check_ends(sheet: &mut Sheet<'_>, trigger: &Trigger, item: &Item) {
    let given = [("from", trigger.from), ("to", trigger.to)];
    let given = given.into_iter().filter(|(_, node)| node.is_some());
    let own = match &trigger.on {
        Occasion::Send(_) => "from",
        Occasion::Receive(_) => "to",
        _ => {
            for (name, _) in given {
                let message = format!("`{name}` belongs to `Send(...)` and `Receive(...)`");
                let help = "name the node at which it happens with `at`";
                refuse(sheet, item, name, message, ("this occasion is no message", help));
            }
            return;
        }
    };
    for (name, _) in given {
        if name == own && trigger.at.is_some() {
            let message = format!("`{name}` beside `at`: both name the node of the step");
            let help = "leave one of them out";
            refuse(sheet, item, name, message, ("says it a second time", help));
        }
    }
    let node = trigger.at.or(if own == "from" { trigger.from } else { trigger.to });
    let peer = if own == "from" { trigger.to } else { trigger.from };
    if own == "from" && node.is_some() && node == peer {
        let help = "what a node sends to itself takes no link, and is no occasion of `Send`";
        refuse(sheet, item, "to", "both ends are the same node", ("it never happens", help));
    }
}

/// The occasion may come up, and the nodes exist.
pub(crate) fn check(sheet: &mut Sheet<'_>, trigger: &Trigger, item: &Item, cast: &Cast<'_>) {
    let text = sheet.text;
    check_occasion(sheet, &trigger.on, item.at_field(text, "on"), cast);
    for (name, node) in [("at", trigger.at), ("from", trigger.from), ("to", trigger.to)] {
        if let Some(node) = node {
            check_node(sheet, node, &item.at_field(text, name).span, cast);
        }
    }
}

/// A lasting fault that is to strike again ends before.
pub(crate) fn check_again(sheet: &mut Sheet<'_>, draft: &Draft<'_>) {
    if draft.faults.iter().any(|fault| fault.plan.is_none()) {
        return;
    }
    for fault in &draft.faults {
        let (what, again) = match &fault.plan {
            Some(Plan::When(trigger, what, None)) => (what, trigger.every || trigger.once_per_node),
            Some(Plan::Every(_, what, None)) => (what, true),
            _ => continue,
        };
        let kind = what.kind();
        if what.facts().ends_within().is_some() {
            continue;
        }
        let ends =
            |other: &Plan| kind.until().is_some() && other.fault().kind().ends() == kind.until();
        let mut plans = draft.faults.iter().filter_map(|other| other.plan.as_ref());
        if again && !kind.is_momentary() && !plans.any(ends) {
            let message = "the fault takes effect once: nothing ends it before the calm";
            sheet.push(
                Diagnostic::warning(place(fault).span.clone(), message)
                    .label("stays in force")
                    .help("say for how long it holds, as in `for: \"2s\"`"),
            );
        }
    }
}
