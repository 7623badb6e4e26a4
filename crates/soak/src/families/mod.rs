//! The families of protocols: each says how it may be set, what it is asked for, and which known
//! bugs the storms must find.

mod bully;
mod chain_replication;
mod eventually_perfect;
mod flood_max;
mod invitation;
mod key_value;
mod multi_paxos;
mod paxos;
mod primary_backup;
mod raft;
mod rings;

use std::ops::Range;

use crate::Draw;
use crate::faults::{Kind, Plot};

/// A family of protocols that can be soaked.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its protocol, settings and workload in the storm of a seed. With the code of a mutant, the
    /// protocol has that bug; everything else is as it is without.
    pub play: fn(u64, Option<&str>) -> Play,
    /// The known bugs that storms must find.
    pub mutants: &'static [Mutant],
}

/// A known bug, and the properties that it violates.
#[derive(Clone, Copy, Debug)]
pub struct Mutant {
    /// What the setting `mutant` calls it.
    pub code: &'static str,
    /// The codes of the properties, any of which may be the first.
    pub violates: &'static [&'static str],
}

/// What a family chooses for one storm.
#[derive(Clone, Debug)]
pub struct Play {
    /// The scenario's `protocol`.
    pub protocol: String,
    /// The scenario's `workload`; empty when there is none.
    pub workload: String,
    /// How many servers there are.
    pub servers: u32,
    /// The numbers of its clients. Other parties, such as a chain's master, have numbers between
    /// those of the servers and those of the clients.
    pub clients: Range<u32>,
    /// What its model allows links to do, faults apart.
    pub links: Links,
    /// Each clock may be wrong by so many parts per million, in either direction.
    pub drift_ppm: u64,
    /// Whether the protocol is live even when servers outside the core receive messages from some
    /// of those inside and not from others; if not, all cuts end before the calm.
    pub bears_cuts: bool,
    /// The kinds of faults that the protocol's model allows; what is named twice is drawn more
    /// often.
    pub kinds: Vec<Kind>,
    /// The faults that belong together.
    pub plots: Vec<Plot>,
    /// What faults mean by the leader: roles, or targets such as `Random(1)` where no node has a
    /// role; nothing where there is a role of that name.
    pub leaders: &'static [&'static str],
    /// What the triggers of faults may wait for.
    pub occasions: &'static [&'static str],
    /// What its mobile faults may wait for.
    pub mobile: &'static [&'static str],
    /// How long after the calm liveness is due, in milliseconds.
    pub patience_ms: u64,
    /// What the storm is counted under, such as `reads: Lease`.
    pub features: Vec<String>,
}

/// What the links of a storm do, faults apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Messages may be late without a bound, lost, duplicated and reordered, or travel on
    /// connections that break.
    Any,
    /// As [`Links::Any`], and few messages are lost, and most arrive so soon that much may happen
    /// within a timeout.
    Quick,
    /// No message is lost or duplicated; they may be late without a bound and out of order.
    Perfect,
    /// As [`Links::Perfect`], but messages may come twice.
    Doubling,
    /// As [`Links::Perfect`], and what one incarnation sends to another arrives in order.
    Fifo,
    /// No message is lost or duplicated, and each is handled within this bound, in milliseconds:
    /// the world is synchronous with every fault, and clocks run true unless the family lets them
    /// drift.
    Bounded(u64),
}

/// Every family.
pub const FAMILIES: &[Family] = &[
    bully::FAMILY,
    eventually_perfect::DETECTOR,
    eventually_perfect::OMEGA,
    flood_max::FAMILY,
    invitation::FAMILY,
    paxos::FAMILY,
    multi_paxos::FAMILY,
    raft::FAMILY,
    chain_replication::CHAIN,
    chain_replication::CRAQ,
    rings::FAMILY,
    primary_backup::FAMILY,
];

/// The family of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}

/// The fields of a construct, put together one by one. A field that is set is a feature that is
/// counted, unless it is left out of the count.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    written: Vec<String>,
    pub(crate) features: Vec<String>,
}

impl Fields {
    /// Sets a field, and counts the storm under it.
    pub(crate) fn set(&mut self, name: &str, value: impl std::fmt::Display) {
        self.features.push(format!("{name}: {value}"));
        self.plain(name, value);
    }

    /// Sets a field whose values are too many to be counted.
    pub(crate) fn plain(&mut self, name: &str, value: impl std::fmt::Display) {
        self.written.push(format!("{name}: {value}"));
    }

    /// Sets a field now and then: left out, its default is at work.
    pub(crate) fn maybe(
        &mut self,
        draw: &mut Draw,
        percent: u64,
        name: &str,
        value: impl std::fmt::Display,
    ) {
        if draw.chance(percent) {
            self.set(name, value);
        }
    }

    /// The construct of this name.
    pub(crate) fn construct(&self, name: &str) -> String {
        format!("{name}({})", self.written.join(", "))
    }
}
