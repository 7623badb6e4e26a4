//! [`Cell`]: one register, and what overlapping accesses may see in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sim_node::NodeId;
use sim_protocol::SettingValue;

/// The semantics of a register: what overlapping accesses return (Lamport, *On interprocess
/// communication*, part II, 1986). Each kind guarantees what the ones before it guarantee.
///
/// Lamport's registers have one writer. Here every register may have several; for one writer the
/// definitions are his.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, SettingValue,
)]
pub enum Semantics {
    /// A read that overlaps no write returns the value held; one that does returns anything of the
    /// domain. Overlapping writes leave anything of the domain.
    Safe,
    /// A read returns a value that was held at some instant of it, or that of a write which it
    /// overlaps. Overlapping writes leave one of their values.
    Regular,
    /// Every access takes effect at one instant between its invocation and its response.
    Atomic,
}

/// From which values a safe register draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// From 0 to this value.
    UpTo(u64),
    /// From 0 to one more than the highest value that any write to a register of this domain has
    /// brought: the natural numbers, as far as they matter.
    Growing,
}

impl Domain {
    /// How many values there are to draw from, when `highest` is the highest value written so far.
    #[must_use]
    pub fn size(self, highest: u64) -> u64 {
        match self {
            Self::UpTo(last) => last.saturating_add(1),
            Self::Growing => highest.saturating_add(2),
        }
    }
}

/// What is fixed about a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterConfig {
    /// Its semantics.
    pub semantics: Semantics,
    /// What its values are.
    pub domain: Domain,
}

/// A register: what it holds, and the accesses under way, at most one of each process.
///
/// A write *follows* another when it was invoked after the other's response. When a write ends, the
/// *contenders* are the ended writes that no ended write follows; without overlap that is the last
/// one alone. A regular register then holds a contender's value, drawn. A safe one does so only if
/// there is no more than one contender. An atomic one holds the value of the write that ends.
///
/// An atomic access takes effect at its response here. No process can tell: between its sending and
/// its receiving, delays of messages put the response at any instant.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Cell {
    held: u64,
    reads: BTreeMap<NodeId, Reading>,
    writes: BTreeMap<NodeId, Writing>,
    /// By writer; empty while no write is under way, since every later write follows them all.
    contenders: BTreeMap<NodeId, u64>,
}

/// A read under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Reading {
    /// The values held at some instant of the read, and those of the writes that it overlaps.
    seen: BTreeSet<u64>,
    /// Whether it overlaps a write.
    disturbed: bool,
}

/// A write under way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Writing {
    value: u64,
    /// The contenders that it follows, by writer.
    follows: BTreeSet<NodeId>,
}

/// How an access came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What a read returns; what the register holds after a write.
    pub value: u64,
    /// Whether an overlap left a choice, so that the value was drawn.
    pub drawn: bool,
}

impl Cell {
    /// A register that holds this value, with no access under way.
    #[must_use]
    pub fn new(initial: u64) -> Self {
        Self { held: initial, ..Self::default() }
    }

    /// What the register holds: what a read would return if nothing overlapped it.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.held
    }

    /// The invocation of a read.
    pub fn begin_read(&mut self, reader: NodeId, semantics: Semantics) {
        let mut reading = Reading::default();
        if semantics != Semantics::Atomic {
            reading.seen.insert(self.held);
            reading.seen.extend(self.writes.values().map(|writing| writing.value));
            reading.disturbed = !self.writes.is_empty();
        }
        let before = self.reads.insert(reader, reading);
        assert!(before.is_none(), "a process makes one access at a time");
    }

    /// The invocation of a write.
    pub fn begin_write(&mut self, writer: NodeId, value: u64, semantics: Semantics) {
        let mut follows = BTreeSet::new();
        if semantics != Semantics::Atomic {
            follows.extend(self.contenders.keys());
            for reading in self.reads.values_mut() {
                reading.seen.insert(value);
                reading.disturbed = true;
            }
        }
        let before = self.writes.insert(writer, Writing { value, follows });
        assert!(before.is_none(), "a process makes one access at a time");
    }

    /// The response to a read. `highest` is the highest value written so far to any register of a
    /// growing domain; `choose(n)` draws one of `0..n`.
    ///
    /// # Panics
    /// When this process reads nothing.
    pub fn end_read(
        &mut self,
        reader: NodeId,
        config: RegisterConfig,
        highest: u64,
        choose: impl FnOnce(u64) -> u64,
    ) -> Ended {
        let reading = self.reads.remove(&reader).expect("a read ends that has begun");
        match config.semantics {
            Semantics::Safe if reading.disturbed => anything(config.domain, highest, choose),
            Semantics::Regular => one_of(&reading.seen, choose),
            Semantics::Safe | Semantics::Atomic => Ended { value: self.held, drawn: false },
        }
    }

    /// The response to a write; see [`Cell::end_read`].
    ///
    /// # Panics
    /// When this process writes nothing.
    pub fn end_write(
        &mut self,
        writer: NodeId,
        config: RegisterConfig,
        highest: u64,
        choose: impl FnOnce(u64) -> u64,
    ) -> Ended {
        let writing = self.writes.remove(&writer).expect("a write ends that has begun");
        if config.semantics == Semantics::Atomic {
            self.held = writing.value;
            return Ended { value: self.held, drawn: false };
        }

        self.contend(writer, writing);
        let ended = if config.semantics == Semantics::Safe && self.contenders.len() > 1 {
            anything(config.domain, highest, choose)
        } else {
            one_of(&self.contenders.values().copied().collect(), choose)
        };
        self.held = ended.value;
        for reading in self.reads.values_mut() {
            reading.seen.insert(self.held);
        }
        if self.writes.is_empty() {
            self.contenders.clear();
        }
        ended
    }

    /// Makes an ended write a contender, in the place of those that it follows.
    fn contend(&mut self, writer: NodeId, writing: Writing) {
        for overwritten in &writing.follows {
            self.contenders.remove(overwritten);
            // The name may come back for a later write of the same process, which nobody under way
            // follows.
            for other in self.writes.values_mut() {
                other.follows.remove(overwritten);
            }
        }
        let before = self.contenders.insert(writer, writing.value);
        assert!(before.is_none(), "a process's writes follow each other");
    }
}

fn anything(domain: Domain, highest: u64, choose: impl FnOnce(u64) -> u64) -> Ended {
    Ended { value: choose(domain.size(highest)), drawn: true }
}

fn one_of(values: &BTreeSet<u64>, choose: impl FnOnce(u64) -> u64) -> Ended {
    let index = if values.len() > 1 { choose(values.len() as u64) } else { 0 };
    let mut rest = values.iter().copied();
    let value = rest.nth(usize::try_from(index).unwrap_or(usize::MAX));
    Ended { value: value.expect("a choice is one of its alternatives"), drawn: values.len() > 1 }
}
