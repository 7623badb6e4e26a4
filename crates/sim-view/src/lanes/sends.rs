//! Messages that leave in one step: those alike share a row.

use sim_node::NodeId;

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
    pub(super) lost: Option<&'static str>,
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
    from: NodeId,
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
    let mut text = format!("{}{verb} {what} to {}", names.whole(from), words::list(&to));
    let mut lost: Vec<(&str, Vec<NodeId>)> = Vec::new();
    for departure in alike {
        let Some(why) = departure.lost else { continue };
        match lost.iter_mut().find(|(known, _)| *known == why) {
            Some((_, to)) => to.push(departure.to),
            None => lost.push((why, vec![departure.to])),
        }
    }
    for (why, to) in lost {
        let whose = if to.len() == alike.len() {
            String::new()
        } else {
            format!(" to {}", words::nodes(&to))
        };
        text.push_str(&format!("; lost{whose}: {why}"));
    }
    text
}
