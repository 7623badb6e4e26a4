//! Faults: quantities in range, nodes and names that exist, and nothing that could never do
//! anything.

use std::collections::BTreeMap;

use sim_engine::{
    Argument, DiskLoss, Ender, FaultKind, Idle, InStep, Occasion, Part, Place, Sides, Target,
};
use sim_node::Duration;

use super::delays::check_delay;
use super::nodes::{check_kind, check_occasion, check_target, members};
use super::{Cast, check_time, trigger};
use crate::Diagnostic;
use crate::draft::Draft;
use crate::fault::FaultText;
use crate::language::Plan;
use crate::outline::Item;
use crate::sheet::Sheet;
use crate::words::count;

/// Where the fault itself stands, without its time.
pub(super) fn place<'a>(fault: &FaultText<'a>) -> &'a Item {
    match &fault.plan {
        Some(plan) => fault.item.at_index(plan.place_of_fault()),
        None => fault.item,
    }
}

/// Distributions, durations and counts make sense.
pub(crate) fn check_quantities(sheet: &mut Sheet<'_>, fault: &FaultText<'_>) {
    let Some(plan) = &fault.plan else { return };
    let (text, item) = (sheet.text, place(fault));
    if let Plan::When(trigger, ..) = plan {
        trigger::check_quantities(sheet, trigger, fault.item.at_index(0));
    }
    let facts = plan.fault().facts();
    for (place, argument) in facts.arguments.iter() {
        let item = argument_at(text, item, place);
        match argument {
            Argument::Duration(length) | Argument::Within(length) => {
                check_time(sheet, length, item);
            }
            Argument::Delay(delay) => check_delay(sheet, delay, item),
            Argument::Disk(DiskLoss::OldCopy(Duration::ZERO)) => {
                useless(sheet, item, "a copy of this instant is the same as `Unsynced`");
            }
            Argument::Disk(DiskLoss::OldCopy(age)) => check_time(sheet, age, item.at_index(0)),
            Argument::Disk(DiskLoss::Rot(0)) => {
                useless(sheet, item, "no record rots: it is the same as `Unsynced`");
            }
            Argument::Offset(offset) => {
                let length = Duration::from_nanos(offset.as_nanos().unsigned_abs());
                check_time(sheet, length, item);
            }
            Argument::Ordinal(0) => {
                let message = "the first message is number 1";
                let help = "leave it out for the first message";
                sheet.push(Diagnostic::error(item.span.clone(), message).help(help));
            }
            // Every value of these makes sense, or it takes nodes and names to tell.
            Argument::Target(_)
            | Argument::Groups(_)
            | Argument::Kind(_)
            | Argument::Occasion(_)
            | Argument::Ratio(_)
            | Argument::Drift(_)
            | Argument::Cut(_)
            | Argument::Disk(_)
            | Argument::First(_)
            | Argument::Inside(_)
            | Argument::Strike(_)
            | Argument::Ordinal(_)
            | Argument::Count(_)
            | Argument::Flag(_)
            | Argument::Settings => {}
        }
    }
    match facts.idle {
        None => {}
        Some(Idle::Useless(place, message)) => {
            useless(sheet, argument_at(text, item, place), message);
        }
        Some(Idle::Lacks(message, lacks)) => {
            let example = plan.fault().kind().example;
            sheet.push(
                Diagnostic::error(item.span.clone(), message)
                    .label(format!("no {lacks}"))
                    .help(format!("write it as in `{example}`")),
            );
        }
    }
}

/// The settings with which a fault has nodes start again.
pub(crate) fn settings_of<'a>(text: &str, fault: &FaultText<'a>) -> Option<&'a Item> {
    let facts = fault.plan.as_ref()?.fault().facts();
    let is_settings = |(place, argument)| matches!(argument, Argument::Settings).then_some(place);
    let found = facts.arguments.iter().find_map(is_settings)?;
    Some(argument_at(text, place(fault), found))
}

/// Where an argument of the fault stands.
fn argument_at<'a>(text: &str, fault: &'a Item, place: Place) -> &'a Item {
    match place {
        Place::Field(name) => fault.at_field(text, name),
        Place::Index(index) => fault.at_index(index),
    }
}

fn useless(sheet: &mut Sheet<'_>, item: &Item, message: &str) {
    sheet.push(Diagnostic::warning(item.span.clone(), message).label("has no effect"));
}

/// The nodes and names exist, and the fault can do something.
pub(crate) fn check(sheet: &mut Sheet<'_>, fault: &FaultText<'_>, cast: &Cast<'_>) {
    let Some(plan) = &fault.plan else { return };
    let text = sheet.text;
    let triggered = matches!(plan, Plan::When(..));
    if let Plan::When(trigger, ..) = plan {
        trigger::check(sheet, trigger, fault.item.at_index(0), cast);
    }
    let item = place(fault);
    let facts = plan.fault().facts();
    for (place, argument) in facts.arguments.iter() {
        let item = argument_at(text, item, place);
        match argument {
            Argument::Target(target) => check_target(sheet, target, item, cast, triggered),
            Argument::Groups(groups) => check_groups(sheet, groups, item, cast, triggered),
            Argument::Kind(kind) => check_kind(sheet, kind, &item.span, cast),
            Argument::Occasion(occasion) => check_occasion(sheet, occasion, item, cast),
            // These are checked without knowing nodes and names.
            Argument::Delay(_)
            | Argument::Ratio(_)
            | Argument::Duration(_)
            | Argument::Within(_)
            | Argument::Offset(_)
            | Argument::Drift(_)
            | Argument::Cut(_)
            | Argument::Disk(_)
            | Argument::First(_)
            | Argument::Inside(_)
            | Argument::Strike(_)
            | Argument::Ordinal(_)
            | Argument::Count(_)
            | Argument::Flag(_)
            // The protocol checks them.
            | Argument::Settings => {}
        }
    }
    check_sides(sheet, facts.sides, item, cast);
    check_inside(sheet, plan, item);
    if let Part::Disks(_) | Part::Syncs = facts.part
        && !cast.has_disk
    {
        let message = format!("the nodes of `{}` write nothing to their disks", cast.facts.name);
        useless(sheet, item, &message);
    }
}

/// `After` says itself behind which effect a fault strikes.
fn check_inside(sheet: &mut Sheet<'_>, plan: &Plan, item: &Item) {
    let facts = plan.fault().facts();
    let on = match (plan, facts.step) {
        (_, InStep::Each { on, .. }) => on,
        (Plan::When(trigger, ..), InStep::Crashes(_)) => &trigger.on,
        _ => return,
    };
    let inside = item.at_field(sheet.text, "inside");
    if let Occasion::After(kind, _) = on
        && inside.span != item.span
    {
        let message = format!("`inside` beside `After`: it strikes when {kind} has left");
        sheet.push(
            Diagnostic::error(inside.span.clone(), message)
                .label("says the place a second time")
                .help("leave `inside` out, or wait for `Send(...)` instead of `After(...)`"),
        );
    }
}

/// Both sides of what a fault sets apart have nodes.
fn check_sides(sheet: &mut Sheet<'_>, sides: Sides<'_>, item: &Item, cast: &Cast<'_>) {
    match sides {
        Sides::Pair(Target::Node(from), Target::Node(to)) if from == to => {
            sheet.push(
                Diagnostic::error(item.at_index(1).span.clone(), "both ends are the same node")
                    .label("what a node sends to itself takes no link"),
            );
        }
        Sides::Rest(who, others) => check_rest(sheet, who, others, item, cast),
        Sides::Pair(..) | Sides::None => {}
    }
}

/// A node that is resumed was paused by some fault.
pub(crate) fn check_resumes(sheet: &mut Sheet<'_>, draft: &Draft<'_>) {
    let is = |fault: &FaultText<'_>, wanted: fn(&FaultKind) -> bool| {
        fault.plan.as_ref().is_some_and(|plan| wanted(plan.fault().kind()))
    };
    // A fault that could not be read may be the pause.
    let paused = |fault: &FaultText<'_>| {
        fault.plan.is_none() || is(fault, |kind| kind.until() == Some(Ender::Resume))
    };
    if draft.faults.iter().any(paused) {
        return;
    }
    let resumes = |kind: &FaultKind| kind.ends() == Some(Ender::Resume);
    for fault in draft.faults.iter().filter(|one| is(one, resumes)) {
        useless(sheet, place(fault), "no fault pauses a node that this fault could resume");
    }
}

/// An isolation or a bridge leaves somebody to be cut from.
fn check_rest(sheet: &mut Sheet<'_>, who: &Target, needed: usize, item: &Item, cast: &Cast<'_>) {
    let named = match members(who, cast) {
        Some(members) => members.iter().filter(|node| **node < cast.servers).count(),
        None => return,
    };
    if (cast.servers as usize).saturating_sub(named) < needed {
        useless(sheet, item, "the fault leaves no servers to cut off from each other");
    }
}

/// Groups name somebody, nobody is in two, and there are two sides.
fn check_groups(
    sheet: &mut Sheet<'_>,
    groups: &[Target],
    list: &Item,
    cast: &Cast<'_>,
    triggered: bool,
) {
    let example = "write it as in `Partition([Nodes([0, 1]), Nodes([2, 3, 4])])`";
    if groups.is_empty() {
        sheet.push(
            Diagnostic::error(list.span.clone(), "a partition without groups")
                .label("it divides no servers")
                .help(example),
        );
        return;
    }
    let mut group_of = BTreeMap::new();
    let mut drawn = 0_u64;
    for (index, group) in groups.iter().enumerate() {
        let item = list.at_index(index);
        check_target(sheet, group, item, cast, triggered);
        if let Target::Random(some) = group {
            drawn += u64::from(*some);
        }
        for node in members(group, cast).unwrap_or_default() {
            if let Some(first) = group_of.insert(node, index)
                && first != index
            {
                let message = format!("node {node} is in two groups of the partition");
                sheet.push(
                    Diagnostic::error(item.span.clone(), message)
                        .label("here again")
                        .context(list.at_index(first).span.clone(), "it is in this group already")
                        .help("the servers that are in no group form one more group"),
                );
                return;
            }
        }
    }
    let servers = u64::from(cast.servers);
    let many = groups.iter().filter(|group| matches!(group, Target::Random(_))).count() > 1;
    if many && drawn > servers {
        let message =
            format!("the groups choose {drawn} servers of {}", count(cast.servers, "server"));
        sheet.push(Diagnostic::error(list.span.clone(), message).label("too many").help(example));
    }
    let everybody = (0..cast.servers).all(|server| group_of.contains_key(&server));
    if groups.len() == 1 && everybody {
        useless(sheet, list, "the only group holds all servers: it cuts off no server");
    }
}
