//! Messages that leave in one step: those alike share a row.

use sim_node::NodeId;
use sim_scenario::Reason;

use super::picture::Stroke;
use super::strokes::{LOST_ARROW, SENT_ARROW};
use crate::names::Names;
use crate::words;

/// A message that leaves.
pub(super) struct Departure {
    pub(super) message: u64,
    pub(super) to: NodeId,
    pub(super) kind: &'static str,
    pub(super) text: String,
    /// The fault that keeps it.
    pub(super) held: Option<usize>,
    pub(super) lost: Option<Reason>,
    pub(super) copy: bool,
}

/// Neighbouring messages that say the same to different nodes.
pub(super) fn group(departures: Vec<Departure>) -> Vec<Vec<Departure>> {
    let mut groups: Vec<Vec<Departure>> = Vec::new();
    for departure in departures {
        let alike = groups.last_mut().filter(|group| {
            let first = &group[0];
            first.kind == departure.kind
                && first.text == departure.text
                && first.copy == departure.copy
                && group.iter().all(|other| other.to != departure.to)
        });
        match alike {
            Some(group) => group.push(departure),
            None => groups.push(vec![departure]),
        }
    }
    groups
}

/// The messages from the sender's lane outwards on both sides, each with the receiver that comes
/// before it on its side.
pub(super) fn outwards(
    from: NodeId,
    alike: &[Departure],
) -> impl Iterator<Item = (&Departure, Option<NodeId>)> {
    let mut left: Vec<&Departure> = alike.iter().filter(|other| other.to < from).collect();
    let mut right: Vec<&Departure> = alike.iter().filter(|other| other.to > from).collect();
    left.sort_by_key(|departure| std::cmp::Reverse(departure.to));
    right.sort_by_key(|departure| departure.to);
    [left, right].into_iter().flat_map(|side| {
        let before: Vec<Option<NodeId>> =
            std::iter::once(None).chain(side.iter().map(|other| Some(other.to))).collect();
        side.into_iter().zip(before)
    })
}

/// How the message's arrow looks.
pub(super) fn stroke(departure: &Departure) -> Stroke {
    if departure.lost.is_some() { LOST_ARROW } else { SENT_ARROW }
}

/// The row in words, with at most so much of what the messages say.
pub(super) fn words(
    names: &Names,
    from: (NodeId, bool),
    alike: &[Departure],
    content: usize,
    with_numbers: bool,
) -> String {
    let Some(first) = alike.first() else { return String::new() };
    let what = words::content(first.kind, &first.text, content);
    let to: Vec<String> = alike
        .iter()
        .map(|other| match with_numbers {
            true => format!("{} (#{})", names.whole(other.to), other.message),
            false => names.whole(other.to),
        })
        .collect();
    let verb = if first.copy { "'s network copies" } else { " sends" };
    let mut text = format!("{}{verb} {what} to {}", names.instance(from), words::list(&to));
    for (fault, whose) in those(alike, |departure| departure.held) {
        text.push_str(&format!("; fault {fault} holds it{whose}"));
    }
    for (why, whose) in those(alike, |departure| departure.lost) {
        text.push_str(&format!("; lost{whose}: {why}"));
    }
    text
}

/// Of which of the messages this says something, and what: " to n1 and n2", or nothing where it
/// says the same of all.
fn those<T: PartialEq>(
    alike: &[Departure],
    what: impl Fn(&Departure) -> Option<T>,
) -> Vec<(T, String)> {
    let mut those: Vec<(T, Vec<NodeId>)> = Vec::new();
    for departure in alike {
        let Some(what) = what(departure) else { continue };
        match those.iter_mut().find(|(known, _)| *known == what) {
            Some((_, to)) => to.push(departure.to),
            None => those.push((what, vec![departure.to])),
        }
    }
    let told = those.into_iter().map(|(what, to)| match to.len() == alike.len() {
        true => (what, String::new()),
        false => (what, format!(" to {}", words::nodes(&to))),
    });
    told.collect()
}
