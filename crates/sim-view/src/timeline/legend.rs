//! [`Signs`]: with which sign each role is drawn, and what the signs mean.

use std::collections::BTreeMap;

use sim_scenario::{ScenarioFacts, Timeline};

use super::axis::Axis;

/// A node that was down, and where it crashed.
pub(super) const DOWN: char = ' ';
pub(super) const CRASH: char = '✖';
/// A node without a role, and one in the role that most have.
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
    /// The marks that are drawn, in the protocol's order.
    marks: Vec<(&'static str, char)>,
}

/// A mark that is reached more often says nothing in a picture.
const MARKED: usize = 30;
/// How many marks are drawn.
const MARKS: usize = 6;

impl Signs {
    /// The sign of a role is a letter of its name; that of the role which servers have most of the
    /// time is a line. Roles that only other nodes have, such as clients, are not drawn.
    pub(super) fn of(facts: &ScenarioFacts, timeline: &Timeline, axis: &Axis) -> Self {
        let mut held: BTreeMap<&str, u64> = BTreeMap::new();
        let mut all = 0;
        for span in timeline.roles.iter().filter(|it| it.node.number() < facts.servers) {
            let length = (span.to.unwrap_or(axis.ended) - span.from).as_nanos();
            *held.entry(span.role).or_default() += length;
            all += length;
        }
        // Who has the protocol's first role is what the picture is for.
        let first = facts.protocol.roles.first();
        let common = held.iter().filter(|(role, _)| Some(*role) != first);
        let common = common.max_by_key(|(_, time)| **time).filter(|(_, time)| **time > all / 3);
        let common = common.map(|(role, _)| *role);
        let mut roles: Vec<(&'static str, char)> = Vec::new();
        let known = facts.protocol.roles.iter().copied().filter(|role| held.contains_key(role));
        for role in known {
            let is_free = |sign: &char| roles.iter().all(|(_, taken)| taken != sign);
            let sign = match Some(role) == common {
                true => COMMON,
                false => {
                    let capitals = role.chars().filter(|letter| letter.is_alphabetic());
                    let capitals = capitals.map(|letter| letter.to_ascii_uppercase());
                    capitals.chain('A'..='Z').find(is_free).unwrap_or('#')
                }
            };
            roles.push((role, sign));
        }
        let mut by_time: Vec<&(&str, char)> = roles.iter().collect();
        by_time.sort_by_key(|(role, _)| std::cmp::Reverse(held[role]));
        let rarest_last = by_time.into_iter().map(|(_, sign)| *sign).collect();
        let rare = timeline.marks.iter().filter(|mark| mark.places.len() <= MARKED).take(MARKS);
        let marks = rare.map(|mark| mark.name).zip('a'..='z').collect();
        Self { roles, rarest_last, marks }
    }

    /// The sign of a role, if it is drawn.
    pub(super) fn of_role(&self, role: &str) -> Option<char> {
        self.roles.iter().find(|(known, _)| *known == role).map(|(_, sign)| *sign)
    }

    /// The sign of a mark, if it is drawn.
    pub(super) fn of_mark(&self, name: &str) -> Option<char> {
        self.marks.iter().find(|(known, _)| *known == name).map(|(_, sign)| *sign)
    }

    /// The roles other than that which most have, in the protocol's order.
    pub(super) fn special(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.roles.iter().filter(|(_, sign)| *sign != COMMON).map(|(role, _)| *role)
    }

    /// How rare the role of a sign is: the greater, the rarer.
    pub(super) fn rarity(&self, sign: char) -> usize {
        self.rarest_last.iter().position(|known| *known == sign).map_or(0, |place| place + 1)
    }

    /// What the letters mean, and how long a column is.
    pub(super) fn legend(&self, axis: &Axis, is_restless: bool) -> String {
        let named = self.roles.iter().chain(&self.marks);
        let mut parts: Vec<String> = named.map(|(name, sign)| format!("{sign} {name}")).collect();
        if is_restless {
            parts.push(format!("{RESTLESS} several roles"));
        }
        match parts.is_empty() {
            true => axis.in_words(),
            false => format!("{}; {}", axis.in_words(), parts.join(", ")),
        }
    }
}
