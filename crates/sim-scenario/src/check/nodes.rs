//! Nodes and names: who and what a scenario may speak of.

use std::collections::BTreeSet;
use std::ops::Range;

use sim_engine::{NodeSet, Occasion, Target};
use sim_node::{NodeId, Role};

use super::Cast;
use crate::Diagnostic;
use crate::outline::Item;
use crate::renamed::{self, Within};
use crate::sheet::Sheet;
use crate::words::{clip, count, list, unknown};

/// A node exists.
pub(crate) fn check_node(sheet: &mut Sheet<'_>, node: u32, place: &Range<usize>, cast: &Cast<'_>) {
    if node >= cast.nodes() {
        sheet.push(
            Diagnostic::error(place.clone(), format!("node {node} does not exist"))
                .label("no such node")
                .help(cast.in_words()),
        );
    }
}

/// A list of nodes names somebody, everybody in it exists, and nobody is in it twice.
fn check_list(sheet: &mut Sheet<'_>, nodes: &[u32], list: &Item, cast: &Cast<'_>) {
    if nodes.is_empty() {
        sheet.push(
            Diagnostic::error(list.span.clone(), "the list of nodes is empty")
                .label("it names no node")
                .help("write it as in `Nodes([0, 1])`"),
        );
    }
    let mut seen = BTreeSet::new();
    for (index, node) in nodes.iter().enumerate() {
        let place = &list.at_index(index).span;
        if !seen.insert(*node) {
            sheet.push(
                Diagnostic::error(place.clone(), format!("node {node} is named twice"))
                    .label("the second time"),
            );
        }
        check_node(sheet, *node, place, cast);
    }
}

/// Others are asked for where there are none.
fn check_others(sheet: &mut Sheet<'_>, item: &Item, cast: &Cast<'_>) {
    if cast.others == 0 {
        sheet.push(
            Diagnostic::error(item.span.clone(), "the scenario has no nodes besides the servers")
                .label("it means no node")
                .help(cast.in_words()),
        );
    }
}

/// A set of nodes that is known before the run.
pub(crate) fn check_node_set(sheet: &mut Sheet<'_>, set: &NodeSet, item: &Item, cast: &Cast<'_>) {
    match set {
        NodeSet::All | NodeSet::Servers => {}
        NodeSet::Others => check_others(sheet, item, cast),
        NodeSet::Node(node) => check_node(sheet, *node, &item.at_index(0).span, cast),
        NodeSet::Nodes(nodes) => check_list(sheet, nodes, item.at_index(0), cast),
        NodeSet::Set(name) => check_set(sheet, name, item.at_index(0), cast),
    }
}

/// A target can be found. `triggered` when the fault strikes at a step of some node.
pub(crate) fn check_target(
    sheet: &mut Sheet<'_>,
    target: &Target,
    item: &Item,
    cast: &Cast<'_>,
    triggered: bool,
) {
    match target {
        Target::All | Target::Servers | Target::Majority => {}
        Target::Node(node) => check_node(sheet, *node, &item.at_index(0).span, cast),
        Target::Nodes(nodes) => check_list(sheet, nodes, item.at_index(0), cast),
        Target::Others => check_others(sheet, item, cast),
        Target::Leader => check_leader(sheet, item, cast),
        Target::Role(role) | Target::Holders(role) => {
            check_role(sheet, role, &item.at_index(0).span, cast);
        }
        Target::Random(some) => check_random(sheet, *some, item, cast),
        Target::RandomOf(some, whom) => {
            check_target(sheet, whom, item.at_index(1), cast, triggered);
            check_random_of(sheet, *some, whom, item, cast);
        }
        Target::And(parts) => {
            let list = item.at_index(0);
            check_not_empty(sheet, parts.len(), list, "And([Leader, Random(1)])");
            for (index, part) in parts.iter().enumerate() {
                check_target(sheet, part, list.at_index(index), cast, triggered);
            }
            check_drawn_beside(sheet, parts, list, cast);
        }
        Target::InAll(parts) => {
            let list = item.at_index(0);
            check_not_empty(sheet, parts.len(), list, "InAll([Set(\"rack a\"), Not(Leader)])");
            for (index, part) in parts.iter().enumerate() {
                check_target(sheet, part, list.at_index(index), cast, triggered);
            }
            if parts.len() > 1 && members(target, cast).is_some_and(|all| all.is_empty()) {
                sheet.push(
                    Diagnostic::error(list.span.clone(), "no node is in all of these")
                        .label("they have no node in common")
                        .help("`And([...])` means everybody who is in one of its targets"),
                );
            }
        }
        Target::Not(whom) => {
            check_target(sheet, whom, item.at_index(0), cast, triggered);
            let all: BTreeSet<u32> = (0..cast.servers).collect();
            if members(whom, cast).is_some_and(|whom| all.is_subset(&whom)) {
                sheet.push(
                    Diagnostic::error(item.span.clone(), "there is no server but these")
                        .label("it means no node")
                        .help("`Not` means the servers that are not in the target"),
                );
            }
        }
        Target::Set(name) => check_set(sheet, name, item.at_index(0), cast),
        Target::OneOf(names) => {
            let list = item.at_index(0);
            check_not_empty(sheet, names.len(), list, "OneOf([\"rack a\", \"rack b\"])");
            for (index, name) in names.iter().enumerate() {
                check_set(sheet, name, list.at_index(index), cast);
            }
        }
        Target::Minority if cast.servers < 3 => {
            let servers = count(cast.servers, "server");
            sheet.push(
                Diagnostic::error(item.span.clone(), format!("there is no minority of {servers}"))
                    .label("it means no node")
                    .help("a minority needs at least 3 servers"),
            );
        }
        Target::Minority => {}
        Target::Trigger if triggered => {}
        Target::Trigger => {
            sheet.push(
                Diagnostic::error(item.span.clone(), "`Trigger` without a trigger")
                    .label("no step triggers this fault")
                    .help("write it as in `When((on: Role(\"leader\")), Crash(who: Trigger))`"),
            );
        }
    }
}

fn check_not_empty(sheet: &mut Sheet<'_>, length: usize, list: &Item, example: &str) {
    if length == 0 {
        sheet.push(
            Diagnostic::error(list.span.clone(), "the list is empty")
                .label("it means no node")
                .help(format!("write it as in `{example}`")),
        );
    }
}

/// A set of this name is declared.
pub(crate) fn check_set(sheet: &mut Sheet<'_>, name: &str, item: &Item, cast: &Cast<'_>) {
    if cast.sets.contains_key(name) {
        return;
    }
    let known: Vec<&str> = cast.sets.keys().map(String::as_str).collect();
    let help = match known.as_slice() {
        [] => format!("declare it: `sets: {{{name:?}: Nodes([0, 1])}}`"),
        known => format!("the sets of the scenario are {}", list(known)),
    };
    sheet.push(
        Diagnostic::error(item.span.clone(), unknown("set of nodes", &clip(name), &known))
            .label("no such set")
            .help(help),
    );
}

/// The nodes that a target stands for, when they are known before the run.
pub(crate) fn members(target: &Target, cast: &Cast<'_>) -> Option<BTreeSet<u32>> {
    let of_set = |set: &NodeSet| {
        let nodes = (0..cast.nodes()).map(NodeId::new);
        nodes.filter(|node| set.contains(*node, cast.servers)).map(NodeId::number).collect()
    };
    match target {
        Target::Node(node) => Some([*node].into()),
        Target::Nodes(nodes) => Some(nodes.iter().copied().collect()),
        Target::Servers => Some(of_set(&NodeSet::Servers)),
        Target::Others => Some(of_set(&NodeSet::Others)),
        Target::All => Some(of_set(&NodeSet::All)),
        Target::And(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| members(part, cast)).collect();
            Some(parts?.into_iter().flatten().collect())
        }
        Target::InAll(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| members(part, cast)).collect();
            let in_both = |one: BTreeSet<u32>, other: BTreeSet<u32>| &one & &other;
            parts?.into_iter().reduce(in_both)
        }
        Target::Not(whom) => {
            let whom = members(whom, cast)?;
            Some((0..cast.servers).filter(|server| !whom.contains(server)).collect())
        }
        Target::Set(name) => cast.sets.get(name).map(of_set),
        Target::Leader
        | Target::Role(_)
        | Target::Holders(_)
        | Target::Random(_)
        | Target::RandomOf(..)
        | Target::Majority
        | Target::Minority
        | Target::Trigger
        | Target::OneOf(_) => None,
    }
}

fn check_random(sheet: &mut Sheet<'_>, some: u32, item: &Item, cast: &Cast<'_>) {
    let message = if some == 0 {
        "`Random(0)` chooses no node".to_owned()
    } else if some > cast.servers {
        let servers = count(cast.servers, "server");
        format!("`Random({some})` chooses more servers than the scenario has: {servers}")
    } else {
        return;
    };
    sheet.push(
        Diagnostic::error(item.at_index(0).span.clone(), message)
            .label("cannot be chosen")
            .help(format!("use a number from 1 to {}", cast.servers)),
    );
}

/// As many can be drawn as a scenario asks for.
fn check_random_of(sheet: &mut Sheet<'_>, some: u32, whom: &Target, item: &Item, cast: &Cast<'_>) {
    let known = members(whom, cast);
    let most = known.map_or(cast.nodes() as usize, |whom| whom.len());
    let message = if some == 0 {
        "`RandomOf(0, ...)` chooses no node".to_owned()
    } else if some as usize > most && most > 0 {
        format!("{} cannot be chosen of {most}", count(some, "node"))
    } else {
        return;
    };
    sheet.push(
        Diagnostic::error(item.at_index(0).span.clone(), message)
            .label("cannot be chosen")
            .help(format!("use a number from 1 to {most}")),
    );
}

/// What is drawn beside others can be drawn: enough servers are left for it.
fn check_drawn_beside(sheet: &mut Sheet<'_>, parts: &[Target], list: &Item, cast: &Cast<'_>) {
    let servers = 0..cast.servers;
    let mut named = BTreeSet::new();
    let (mut leads, mut drawn) = (false, 0);
    for part in parts {
        leads |= matches!(part, Target::Leader);
        drawn += match part {
            Target::Random(some) => *some,
            Target::Majority => cast.servers / 2 + 1,
            Target::Minority => cast.servers.saturating_sub(1) / 2,
            other => {
                named.extend(members(other, cast).into_iter().flatten());
                0
            }
        };
    }
    let named = named.into_iter().filter(|node| servers.contains(node)).count();
    let taken = named.max(usize::from(leads));
    if drawn > 0 && drawn <= cast.servers && drawn as usize + taken > cast.servers as usize {
        let servers = count(cast.servers, "server");
        let message =
            format!("{drawn} servers cannot be drawn beside the others: there are {servers}");
        sheet.push(
            Diagnostic::error(list.span.clone(), message)
                .label("it never finds enough servers")
                .help("in `And`, what is drawn is drawn among servers that the others leave"),
        );
    }
}

fn check_leader(sheet: &mut Sheet<'_>, item: &Item, cast: &Cast<'_>) {
    if !cast.facts.roles.contains(&Role::LEADER) {
        let message = format!("`{}` has no leader", cast.facts.name);
        let help = match cast.facts.roles {
            [] => "its nodes have no roles; name them by number: `Node(0)`".to_owned(),
            roles => format!("its roles are {}; ask for one with `Role(...)`", list(roles)),
        };
        sheet.push(Diagnostic::error(item.span.clone(), message).label("no such role").help(help));
    }
}

/// A role of this name exists.
pub(crate) fn check_role(sheet: &mut Sheet<'_>, role: &str, place: &Range<usize>, cast: &Cast<'_>) {
    check_name(sheet, "role", role, cast.facts.roles, place, cast);
}

/// A mark of this name exists.
pub(crate) fn check_mark(sheet: &mut Sheet<'_>, mark: &str, place: &Range<usize>, cast: &Cast<'_>) {
    check_name(sheet, "mark", mark, cast.facts.marks, place, cast);
}

/// A kind of message of this name exists.
pub(crate) fn check_kind(sheet: &mut Sheet<'_>, kind: &str, place: &Range<usize>, cast: &Cast<'_>) {
    check_name(sheet, "kind of message", kind, &cast.facts.kinds, place, cast);
}

/// An occasion may come up.
pub(crate) fn check_occasion(
    sheet: &mut Sheet<'_>,
    occasion: &Occasion,
    item: &Item,
    cast: &Cast<'_>,
) {
    let place = &item.at_index(0).span;
    match occasion {
        Occasion::Role(role) => check_role(sheet, role, place, cast),
        Occasion::Mark(mark) => check_mark(sheet, mark, place, cast),
        Occasion::Send(kind) | Occasion::Receive(kind) => check_kind(sheet, kind, place, cast),
        Occasion::After(kind, count) => {
            check_kind(sheet, kind, place, cast);
            if *count == 0 {
                let place = item.at_index(1).span.clone();
                sheet.push(
                    Diagnostic::error(place, "the first message is number 1")
                        .label("no message leaves before the first")
                        .help("it is written as in `After(\"Election\", 1)`"),
                );
            }
        }
        Occasion::Write if cast.has_disk => {}
        Occasion::Write => {
            let message = format!("the nodes of `{}` write nothing", cast.facts.name);
            sheet.push(Diagnostic::error(item.span.clone(), message).label("it never happens"));
        }
    }
}

fn check_name(
    sheet: &mut Sheet<'_>,
    noun: &str,
    name: &str,
    known: &[&str],
    place: &Range<usize>,
    cast: &Cast<'_>,
) {
    if known.contains(&name) {
        return;
    }
    let protocol = cast.facts.name;
    if let Some(new) = renamed::new_name(Within::Quoted(protocol), name)
        && known.contains(&new)
    {
        let error = Diagnostic::error(place.clone(), renamed::message(name, new));
        return sheet.push(error.label(renamed::LABEL));
    }
    let help = match known {
        [] => format!("`{protocol}` has no {noun}s"),
        known => format!("the {noun}s of `{protocol}` are {}", list(known)),
    };
    sheet.push(
        Diagnostic::error(place.clone(), unknown(noun, &clip(name), known))
            .label(format!("no such {noun}"))
            .help(help.replace("kind of messages", "kinds of messages")),
    );
}
