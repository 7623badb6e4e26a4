//! [`fault_ids`]: the stable number of each fault, which comes from what it means.

use std::collections::{BTreeMap, BTreeSet};

use sim_node::Role;

use crate::{Argument, Fault, NodeSet, Occasion, Place, Strike, Target, Trigger, When};

/// The stable numbers of a scenario's faults, in their order.
///
/// A number comes from what tells a fault from others: its kind, its targets, the kind of message
/// or the occasion that it is about, which of several messages, and when it begins, be it at a
/// time, by a trigger or at a period. Of faults that are equal in all of that, it counts which one
/// this is. It does not come from how the fault is written, nor from how long it holds, how strong
/// it is and what it leaves behind: a fault of which such a thing is changed draws what it drew.
#[must_use]
pub fn fault_ids<'a>(
    faults: impl IntoIterator<Item = (&'a When, &'a Fault)>,
    sets: &BTreeMap<String, NodeSet>,
) -> Vec<u64> {
    let mut equal: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    let id = |(when, fault): (&When, &Fault)| {
        let mut meaning = Meaning::default();
        meaning.when(when);
        meaning.fault(fault, sets);
        let before = equal.entry(meaning.0.clone()).or_insert(0);
        meaning.number(*before);
        *before += 1;
        fnv_1a(&meaning.0)
    };
    faults.into_iter().map(id).collect()
}

/// FNV-1a, 64 bits.
fn fnv_1a(bytes: &[u8]) -> u64 {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(PRIME);
    bytes.iter().fold(OFFSET_BASIS, mix)
}

/// What a fault means, as bytes: every choice is tagged and everything of any length is counted, so
/// two meanings never have the same bytes.
#[derive(Default)]
struct Meaning(Vec<u8>);

impl Meaning {
    fn tag(&mut self, tag: u8) {
        self.0.push(tag);
    }

    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn maybe(&mut self, number: Option<u32>) {
        self.tag(u8::from(number.is_some()));
        self.number(number.map_or(0, u64::from));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn list(&mut self, parts: impl ExactSizeIterator<Item = Vec<u8>>) {
        self.number(parts.len() as u64);
        parts.for_each(|part| self.bytes(&part));
    }

    /// When it begins; when it ends is none of it.
    fn when(&mut self, when: &When) {
        match when {
            When::At(time) | When::Between(time, _) => {
                self.tag(0);
                self.number(time.as_nanos());
            }
            When::On(trigger) => {
                self.tag(1);
                self.trigger(trigger);
            }
            When::Every(period) => {
                self.tag(2);
                self.number(period.shortest().as_nanos());
                self.number(period.longest().as_nanos());
            }
        }
    }

    fn trigger(&mut self, trigger: &Trigger) {
        self.occasion(&trigger.on);
        self.maybe(trigger.node());
        self.maybe(trigger.peer());
        self.number(trigger.after.map_or(0, |after| after.as_nanos()));
        self.number(u64::from(trigger.nth));
    }

    fn occasion(&mut self, occasion: &Occasion) {
        let (tag, name, count) = match occasion {
            Occasion::Role(name) => (0, name.as_str(), 0),
            Occasion::Mark(name) => (1, name.as_str(), 0),
            Occasion::Send(name) => (2, name.as_str(), 0),
            Occasion::After(name, count) => (3, name.as_str(), *count),
            Occasion::Receive(name) => (4, name.as_str(), 0),
            Occasion::Write => (5, "", 0),
        };
        self.tag(tag);
        self.text(name);
        self.number(u64::from(count));
    }

    fn fault(&mut self, fault: &Fault, sets: &BTreeMap<String, NodeSet>) {
        self.text(fault.kind().name);
        for (place, argument) in fault.facts().arguments.iter() {
            match argument {
                Argument::Target(target) => {
                    let whom = Whom::of(target, sets);
                    // To leave out a target means everybody.
                    if !whom.is_everybody() {
                        self.argument(0, place);
                        self.bytes(&whom.meaning());
                    }
                }
                Argument::Groups(groups) => {
                    self.argument(1, place);
                    self.groups(groups, sets);
                }
                Argument::Kind(kind) => {
                    self.argument(2, place);
                    self.text(kind);
                }
                Argument::Occasion(occasion) => {
                    self.argument(3, place);
                    self.occasion(occasion);
                }
                Argument::Strike(strike) => {
                    self.argument(4, place);
                    self.tag(match strike {
                        Strike::Crash => 0,
                        Strike::Isolate => 1,
                    });
                }
                Argument::Ordinal(nth) => {
                    self.argument(5, place);
                    self.number(u64::from(nth));
                }
                // How long, how much, and what is left behind.
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
                | Argument::Count(_)
                | Argument::Flag(_)
                | Argument::Settings => {}
            }
        }
    }

    fn argument(&mut self, tag: u8, place: Place) {
        self.tag(tag);
        match place {
            Place::Field(name) => self.text(name),
            Place::Index(index) => self.number(index as u64),
        }
    }

    /// The order of groups is of no matter, but for those that are drawn one after the other.
    fn groups(&mut self, groups: &[Target], sets: &BTreeMap<String, NodeSet>) {
        let (drawn, known): (Vec<_>, Vec<_>) = groups.iter().partition(|group| group.is_drawn());
        let meaning = |group: &&Target| Whom::of(group, sets).meaning();
        let known: BTreeSet<Vec<u8>> = known.iter().map(meaning).collect();
        self.list(known.into_iter());
        self.list(drawn.iter().map(meaning));
    }
}

/// Whom a target means, whichever way it is written.
#[derive(Default)]
struct Whom {
    /// Nodes that it names, alone, in lists or in sets.
    named: BTreeSet<u32>,
    /// Others who are not drawn.
    known: BTreeSet<Vec<u8>>,
    /// Others who are drawn, one after the other.
    drawn: Vec<Vec<u8>>,
}

const EVERYBODY: u8 = 0;
const SERVERS: u8 = 1;
const OTHERS: u8 = 2;
const TRIGGER: u8 = 3;
const ROLE: u8 = 4;
const NOT: u8 = 5;
const SET: u8 = 6;
const RANDOM: u8 = 7;
const MAJORITY: u8 = 8;
const MINORITY: u8 = 9;
const ONE_OF: u8 = 10;
const HOLDERS: u8 = 11;
const RANDOM_OF: u8 = 12;
const IN_ALL: u8 = 13;

impl Whom {
    fn of(target: &Target, sets: &BTreeMap<String, NodeSet>) -> Self {
        let mut whom = Self::default();
        whom.add(target, sets);
        whom
    }

    fn is_everybody(&self) -> bool {
        self.known.contains([EVERYBODY].as_slice()) && self.drawn.is_empty()
    }

    /// All servers, and nobody else.
    fn is_servers(&self) -> bool {
        let only = |tag: u8| self.known.len() == 1 && self.known.contains([tag].as_slice());
        only(SERVERS) && self.named.is_empty() && self.drawn.is_empty()
    }

    fn meaning(self) -> Vec<u8> {
        let mut meaning = Meaning::default();
        meaning.list(self.named.into_iter().map(|node| node.to_le_bytes().to_vec()));
        meaning.list(self.known.into_iter());
        meaning.list(self.drawn.into_iter());
        meaning.0
    }

    fn add(&mut self, target: &Target, sets: &BTreeMap<String, NodeSet>) {
        let mut one = Meaning::default();
        match target {
            Target::Node(node) => return self.named.extend([*node]),
            Target::Nodes(nodes) => return self.named.extend(nodes),
            Target::And(parts) => return parts.iter().for_each(|part| self.add(part, sets)),
            Target::Set(name) => return self.add_set(name, sets),
            Target::InAll(parts) if parts.len() == 1 => return self.add(&parts[0], sets),
            Target::All => one.tag(EVERYBODY),
            Target::Servers => one.tag(SERVERS),
            Target::Others => one.tag(OTHERS),
            Target::Trigger => one.tag(TRIGGER),
            Target::Leader => {
                one.tag(ROLE);
                one.text(Role::LEADER);
            }
            Target::Role(name) => {
                one.tag(ROLE);
                one.text(name);
            }
            Target::Holders(name) => {
                one.tag(HOLDERS);
                one.text(name);
            }
            Target::InAll(parts) => {
                one.tag(IN_ALL);
                one.groups(parts, sets);
            }
            Target::Not(whom) => {
                one.tag(NOT);
                one.bytes(&Self::of(whom, sets).meaning());
            }
            Target::Random(count) => {
                one.tag(RANDOM);
                one.number(u64::from(*count));
            }
            Target::RandomOf(count, whom) => {
                let whom = Self::of(whom, sets);
                one.tag(if whom.is_servers() { RANDOM } else { RANDOM_OF });
                one.number(u64::from(*count));
                if !whom.is_servers() {
                    one.bytes(&whom.meaning());
                }
            }
            Target::Majority => one.tag(MAJORITY),
            Target::Minority => one.tag(MINORITY),
            Target::OneOf(names) => {
                one.tag(ONE_OF);
                let mut among: Vec<_> = names.iter().map(|name| of_set(name, sets)).collect();
                among.sort_unstable();
                one.list(among.into_iter());
            }
        }
        if target.is_drawn() {
            self.drawn.push(one.0);
        } else {
            self.known.insert(one.0);
        }
    }

    fn add_set(&mut self, name: &str, sets: &BTreeMap<String, NodeSet>) {
        let mut one = Meaning::default();
        match sets.get(name) {
            Some(NodeSet::Node(node)) => return self.named.extend([*node]),
            Some(NodeSet::Nodes(nodes)) => return self.named.extend(nodes),
            Some(NodeSet::All) => one.tag(EVERYBODY),
            Some(NodeSet::Servers) => one.tag(SERVERS),
            Some(NodeSet::Others) => one.tag(OTHERS),
            Some(NodeSet::Set(_)) | None => {
                one.tag(SET);
                one.text(name);
            }
        }
        self.known.insert(one.0);
    }
}

fn of_set(name: &str, sets: &BTreeMap<String, NodeSet>) -> Vec<u8> {
    let mut whom = Whom::default();
    whom.add_set(name, sets);
    whom.meaning()
}
