//! [`Band`]: a row of the picture, a sign for each column.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use anstyle::Style;
use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{FaultSpan, ScenarioFacts, Timeline};

use super::axis::Axis;
use super::legend::{BAND, CALM, COMMON, CRASH, DOWN, RESTLESS, STRIKE, Signs, UP, WAITS};
use crate::paint::{BROKEN, DIM, FAULT, HANDLED, PLAIN, Painted, ROLE, SENT};
use crate::words;

/// A node whose role changes more often within a column has no letter there.
const CHANGES: usize = 3;
/// The more answers, the higher.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A row of the picture.
pub(super) struct Band {
    pub(super) label: String,
    signs: Vec<char>,
    style: Style,
}

impl Band {
    fn new(label: String, axis: &Axis, sign: char, style: Style) -> Self {
        Self { label, signs: vec![sign; axis.columns], style }
    }

    /// Whether the sign is in it.
    pub(super) fn has(&self, sign: char) -> bool {
        self.signs.contains(&sign)
    }

    /// The signs in colours.
    pub(super) fn cells(&self, roles: &Signs) -> String {
        let headline = roles.headline().map(|(_, sign)| sign);
        let style = |sign: char| match sign {
            CRASH => BROKEN,
            COMMON | UP => DIM,
            _ if Some(sign) == headline && self.style.is_plain() => ROLE,
            _ => self.style,
        };
        let end = self.signs.iter().rposition(|sign| *sign != ' ').map_or(0, |last| last + 1);
        let mut text = String::new();
        for part in self.signs[..end].chunk_by(|one, other| style(*one) == style(*other)) {
            let cells: String = part.iter().collect();
            text.push_str(&Painted(style(part[0]), cells).to_string());
        }
        text
    }
}

/// All bands, at most so many: of nodes and faults those that matter most.
pub(super) fn bands(
    facts: &ScenarioFacts,
    timeline: &Timeline,
    axis: &Axis,
    signs: &Signs,
    most: usize,
) -> Vec<Band> {
    let others = [marks(timeline, axis, signs), calm(timeline, axis), clients(timeline, axis)];
    let others: Vec<Band> = others.into_iter().flatten().collect();
    let room = most.saturating_sub(others.len());
    let struck: BTreeSet<usize> = timeline.faults.iter().map(|span| span.fault).collect();
    let nodes = nodes(facts, timeline, axis, signs);
    // Neither crowds out the other; but of several faults one row tells before a node that led is
    // left out.
    let led = led(timeline, signs).len();
    let needed = led + usize::from(nodes.len() > led);
    let share = (room / 3).max(room.saturating_sub(nodes.len()));
    let faults = struck.len().min(share.min(room.saturating_sub(needed).max(1)));
    let nodes = few(nodes, room.saturating_sub(faults), axis, signs);
    let faults = self::faults(timeline, axis, faults);
    nodes.into_iter().chain(faults).chain(others).collect()
}

/// How many rows it takes to show every node that led, and what else there is in a row each.
pub(super) fn wanted(timeline: &Timeline, signs: &Signs) -> usize {
    let others = [!timeline.faults.is_empty(), timeline.calm.is_some(), timeline.clients.is_some()];
    let others = others.into_iter().filter(|is_there| *is_there).count();
    // Marks, and the nodes that have no row of their own.
    led(timeline, signs).len() + others + 2
}

/// The nodes that had the headline role, and for how long.
fn led(timeline: &Timeline, signs: &Signs) -> BTreeMap<NodeId, u64> {
    let mut led = BTreeMap::new();
    let Some((role, _)) = signs.headline() else { return led };
    for span in timeline.roles.iter().filter(|span| span.role == role) {
        let to = span.to.unwrap_or(SimTime::MAX);
        *led.entry(span.node).or_default() += (to - span.from).as_nanos().max(1);
    }
    led
}

/// The bands of the servers with a role, and of other nodes whose role changed or that were down.
/// First come those that stand out.
fn nodes(
    facts: &ScenarioFacts,
    timeline: &Timeline,
    axis: &Axis,
    signs: &Signs,
) -> Vec<(NodeId, Band)> {
    let mut nodes: BTreeMap<NodeId, Vec<char>> = BTreeMap::new();
    let mut changes: BTreeMap<(NodeId, usize), usize> = BTreeMap::new();
    let mut roles: BTreeMap<NodeId, usize> = BTreeMap::new();
    for span in &timeline.roles {
        *changes.entry((span.node, axis.at(span.from))).or_default() += 1;
        *roles.entry(span.node).or_default() += 1;
    }
    let is_drawn = |node: NodeId| node.number() < facts.servers || roles[&node] > 1;
    for span in timeline.roles.iter().filter(|span| is_drawn(span.node)) {
        let Some(sign) = signs.of_role(span.role) else { continue };
        let cells = nodes.entry(span.node).or_insert_with(|| vec![UP; axis.columns]);
        for cell in &mut cells[axis.span(span.from, span.to)] {
            // Of several roles in one column the rarest is seen, so that no election is lost.
            if signs.rarity(sign) > signs.rarity(*cell) {
                *cell = sign;
            }
        }
    }
    for ((node, column), _) in changes.iter().filter(|(_, changes)| **changes > CHANGES) {
        if let Some(cells) = nodes.get_mut(node) {
            cells[*column] = RESTLESS;
        }
    }
    show_headline(timeline, axis, signs, &mut nodes);
    let headline = signs.headline().map(|(_, sign)| sign);
    for span in &timeline.downs {
        let cells = nodes.entry(span.node).or_insert_with(|| vec![UP; axis.columns]);
        let (first, last) = axis.span(span.from, span.to).into_inner();
        for cell in &mut cells[first..=last] {
            if matches!(*cell, UP | COMMON) {
                *cell = DOWN;
            }
        }
        // Behind the only sign that it led, if the node is still down there.
        let is_lone = Some(cells[first]) == headline
            && first.checked_sub(1).is_none_or(|before| Some(cells[before]) != headline);
        let crash = if is_lone && first < last { first + 1 } else { first };
        cells[crash] = CRASH;
    }
    let led = led(timeline, signs);
    let mut bands: Vec<(NodeId, Band)> = nodes
        .into_iter()
        .map(|(node, signs)| (node, Band { label: node.to_string(), signs, style: PLAIN }))
        .collect();
    bands.sort_by_key(|(node, band)| {
        let is_quiet = band.signs.iter().all(|sign| matches!(*sign, UP | COMMON));
        (Reverse(led.get(node).copied().unwrap_or(0)), is_quiet, *node)
    });
    bands
}

/// A node that had the headline role is seen with it in one column at least, however short that
/// was, and whatever else it was in the same column.
fn show_headline(
    timeline: &Timeline,
    axis: &Axis,
    signs: &Signs,
    nodes: &mut BTreeMap<NodeId, Vec<char>>,
) {
    let Some((role, sign)) = signs.headline() else { return };
    for span in timeline.roles.iter().filter(|span| span.role == role) {
        let Some(cells) = nodes.get_mut(&span.node) else { continue };
        let columns = axis.span(span.from, span.to);
        if !cells[columns.clone()].contains(&sign) {
            cells[*columns.end()] = sign;
        }
    }
}

/// As many of the bands as there is room for, in order of their nodes. The last says how many are
/// left out, and when one of them led.
fn few(mut nodes: Vec<(NodeId, Band)>, room: usize, axis: &Axis, signs: &Signs) -> Vec<Band> {
    let hidden = match nodes.len() > room {
        true => nodes.split_off(room.saturating_sub(1)),
        false => Vec::new(),
    };
    nodes.sort_by_key(|(node, _)| *node);
    let mut bands: Vec<Band> = nodes.into_iter().map(|(_, band)| band).collect();
    if !hidden.is_empty() {
        let label = words::count(hidden.len() as u64, "more node");
        let mut rest = Band::new(label, axis, ' ', DIM);
        if let Some((_, led)) = signs.headline() {
            for (_, band) in &hidden {
                for (cell, sign) in rest.signs.iter_mut().zip(&band.signs) {
                    if *sign == led {
                        *cell = led;
                    }
                }
            }
        }
        bands.push(rest);
    }
    bands
}

/// The bands of the faults that struck, in the scenario's order; the last may stand for several.
fn faults(timeline: &Timeline, axis: &Axis, most: usize) -> Vec<Band> {
    let mut faults: BTreeMap<usize, Vec<&FaultSpan>> = BTreeMap::new();
    for span in &timeline.faults {
        faults.entry(span.fault).or_default().push(span);
    }
    let alone = if faults.len() > most { most.saturating_sub(1) } else { faults.len() };
    let mut bands: Vec<Band> = Vec::new();
    for (place, (fault, spans)) in faults.into_iter().enumerate() {
        if place < alone {
            bands.push(Band::new(format!("fault {fault}"), axis, ' ', FAULT));
        } else if place == alone {
            bands.push(Band::new("more faults".to_owned(), axis, ' ', FAULT));
        }
        let Some(band) = bands.last_mut() else { break };
        for span in spans {
            let sign = if span.to == Some(span.from) { STRIKE } else { BAND };
            band.signs[axis.span(span.from, span.to)].fill(sign);
        }
    }
    bands
}

/// Where the marks were reached that have a letter.
fn marks(timeline: &Timeline, axis: &Axis, signs: &Signs) -> Option<Band> {
    let mut band = Band::new("marks".to_owned(), axis, ' ', SENT);
    for mark in &timeline.marks {
        let Some(sign) = signs.of_mark(mark.name) else { continue };
        for place in &mark.places {
            band.signs[axis.at(place.at)] = sign;
        }
    }
    band.signs.iter().any(|sign| *sign != ' ').then_some(band)
}

/// From when on the storm was over.
fn calm(timeline: &Timeline, axis: &Axis) -> Option<Band> {
    let calm = timeline.calm?;
    let mut band = Band::new("calm".to_owned(), axis, ' ', DIM);
    band.signs[axis.span(calm, None)].fill(CALM);
    Some(band)
}

/// How many operations of the clients were answered, and where they waited.
fn clients(timeline: &Timeline, axis: &Axis) -> Option<Band> {
    let clients = timeline.clients.as_ref()?;
    let mut band = Band::new("answers".to_owned(), axis, ' ', HANDLED);
    for (from, to) in &clients.busy {
        band.signs[axis.span(*from, Some(*to))].fill(WAITS);
    }
    let mut answers = vec![0_usize; axis.columns];
    for answer in &clients.answers {
        answers[axis.at(*answer)] += 1;
    }
    let most = answers.iter().copied().max().unwrap_or(0).max(1);
    for (cell, number) in band.signs.iter_mut().zip(answers) {
        if number > 0 {
            *cell = HEIGHTS[(number * HEIGHTS.len()).div_ceil(most) - 1];
        }
    }
    Some(band)
}
