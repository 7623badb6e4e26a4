//! [`Signs`]: with which sign each role is drawn, and what the signs mean.

use std::collections::BTreeMap;

use sim_scenario::{ScenarioFacts, Timeline};

use super::axis::Axis;
use crate::words;

/// A node that was down, and where it crashed.
pub(super) const DOWN: char = ' ';
pub(super) const CRASH: char = '✖';
/// A node without a role, and one in the protocol's resting role.
pub(super) const UP: char = '·';
pub(super) const COMMON: char = '─';
/// A node whose role changes often.
pub(super) const RESTLESS: char = '*';
/// A fault in force, and one that strikes once.
pub(super) const BAND: char = '▒';
pub(super) const STRIKE: char = '╋';
/// The calm, and clients that wait while none has an answer.
pub(super) const CALM: char = '═';
pub(super) const WAITS: char = '·';

/// With which sign each role is drawn.
pub(super) struct Signs {
    /// The roles that are drawn, in the protocol's order.
    roles: Vec<(&'static str, char)>,
    /// Their signs, in order of how long servers had the role.
    rarest_last: Vec<char>,
    /// The role of which people ask first who has it, and its sign, if a server had it.
    headline: Option<(&'static str, char)>,
    /// The marks that are drawn, in the protocol's order.
    marks: Vec<(&'static str, char)>,
}

/// A mark that is reached more often says nothing in a picture.
const MARKED: usize = 30;
/// How many marks are drawn.
const MARKS: usize = 6;
/// How many lines the legend takes at most for the sake of marks.
const LINES: usize = 4;

impl Signs {
    /// The sign of a role is a letter of its name; that of a protocol's resting role is a line. It
    /// is the same in every run of a protocol. Roles that only other nodes have, such as clients,
    /// are not drawn, and marks only as far as the legend has room for their names.
    pub(super) fn of(
        facts: &ScenarioFacts,
        timeline: &Timeline,
        axis: &Axis,
        width: usize,
    ) -> Self {
        let mut held: BTreeMap<&str, u64> = BTreeMap::new();
        for span in timeline.roles.iter().filter(|it| it.node.number() < facts.servers) {
            let length = (span.to.unwrap_or(axis.ended) - span.from).as_nanos();
            *held.entry(span.role).or_default() += length;
        }
        let mut roles = signs_of_roles(facts);
        roles.retain(|(role, _)| held.contains_key(role));
        let mut by_time: Vec<&(&str, char)> = roles.iter().collect();
        by_time.sort_by_key(|(role, _)| std::cmp::Reverse(held[role]));
        let rarest_last = by_time.into_iter().map(|(_, sign)| *sign).collect();
        let headline = facts.protocol.headline;
        let headline = roles.iter().find(|(role, _)| Some(*role) == headline).copied();
        let rare = timeline.marks.iter().filter(|mark| mark.places.len() <= MARKED).take(MARKS);
        let marks = rare.map(|mark| mark.name).zip('a'..='z').collect();
        let mut signs = Self { roles, rarest_last, headline, marks };
        while words::wrap(&signs.legend(axis, |_| true), width).len() > LINES {
            if signs.marks.pop().is_none() {
                break;
            }
        }
        signs
    }

    /// The sign of a role, if it is drawn.
    pub(super) fn of_role(&self, role: &str) -> Option<char> {
        self.roles.iter().find(|(known, _)| *known == role).map(|(_, sign)| *sign)
    }

    /// The sign of a mark, if it is drawn.
    pub(super) fn of_mark(&self, name: &str) -> Option<char> {
        self.marks.iter().find(|(known, _)| *known == name).map(|(_, sign)| *sign)
    }

    /// The role of which people ask first who has it, and its sign, if a server had it.
    pub(super) fn headline(&self) -> Option<(&'static str, char)> {
        self.headline
    }

    /// The roles other than the headline and the resting role, in the protocol's order.
    pub(super) fn others(&self) -> impl Iterator<Item = &'static str> + '_ {
        let others = self.roles.iter().filter(|role| Some(**role) != self.headline);
        others.filter(|(_, sign)| *sign != COMMON).map(|(role, _)| *role)
    }

    /// How rare the role of a sign is: the greater, the rarer.
    pub(super) fn rarity(&self, sign: char) -> usize {
        self.rarest_last.iter().position(|known| *known == sign).map_or(0, |place| place + 1)
    }

    /// What the signs mean that are drawn, and how long a column is.
    pub(super) fn legend(&self, axis: &Axis, is_drawn: impl Fn(char) -> bool) -> String {
        let named = self.roles.iter().chain(&self.marks).filter(|(_, sign)| is_drawn(*sign));
        let mut parts: Vec<String> = named.map(|(name, sign)| format!("{sign} {name}")).collect();
        if is_drawn(RESTLESS) {
            parts.push(format!("{RESTLESS} several roles"));
        }
        match parts.is_empty() {
            true => axis.in_words(),
            false => format!("{}; {}", axis.in_words(), parts.join(", ")),
        }
    }
}

/// The signs of all roles of a protocol.
fn signs_of_roles(facts: &ScenarioFacts) -> Vec<(&'static str, char)> {
    let mut roles: Vec<(&'static str, char)> = Vec::new();
    for role in facts.protocol.roles {
        let is_free = |sign: &char| roles.iter().all(|(_, taken)| taken != sign);
        let sign = match Some(*role) == facts.protocol.resting {
            true => COMMON,
            false => {
                let letters = role.chars().filter(|letter| letter.is_alphabetic());
                let capitals = letters.map(|letter| letter.to_ascii_uppercase());
                capitals.chain('A'..='Z').find(is_free).unwrap_or('#')
            }
        };
        roles.push((role, sign));
    }
    roles
}
