//! [`Tally`]: what the storms met. Numbers are only added up, so the order of the runs is nowhere
//! in it.

use std::collections::{BTreeMap, BTreeSet};

use sim_check::Verdict;
use sim_scenario::Report;

use crate::Storm;

/// What storms met, added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many storms there were.
    pub storms: u64,
    /// Handled steps, of all.
    pub steps: u64,
    /// Virtual time, of all, in nanoseconds.
    pub virtual_ns: u128,
    /// In how many storms each feature was set.
    pub features: BTreeMap<String, u64>,
    /// The faults.
    pub faults: BTreeMap<String, Row>,
    /// In how many storms each kind of message was sent, and how often in all.
    pub kinds: BTreeMap<&'static str, Row>,
    /// How often each property was judged, by its code: storms in which it held or was violated,
    /// and storms in which it was vacuous.
    pub properties: BTreeMap<&'static str, Judged>,
}

/// How often something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// In how many storms it was possible.
    pub storms: u64,
    /// In how many it happened.
    pub in_storms: u64,
    /// How often in all.
    pub times: u64,
}

/// How often a property was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// It had something to judge.
    pub judged: u64,
    /// It had not.
    pub vacuous: u64,
}

impl Tally {
    /// Adds a storm.
    pub fn add(&mut self, storm: &Storm, report: &Report) {
        self.storms += 1;
        self.steps += report.steps;
        self.virtual_ns += u128::from(report.ended_at_ns);
        for feature in storm.features.iter().collect::<BTreeSet<_>>() {
            *self.features.entry(feature.clone()).or_default() += 1;
        }
        let mut strikes: BTreeMap<&String, u64> = BTreeMap::new();
        for (row, fault) in storm.faults.iter().zip(&report.faults) {
            *strikes.entry(row).or_default() += fault.struck;
        }
        for (row, times) in strikes {
            self.faults.entry(row.clone()).or_default().add(times);
        }
        for (kind, times) in &report.messages.by_kind {
            self.kinds.entry(kind).or_default().add(*times);
        }
        for property in &report.properties {
            let judged = self.properties.entry(property.code).or_default();
            match property.verdict {
                Verdict::Vacuous => judged.vacuous += 1,
                _ => judged.judged += 1,
            }
        }
    }

    /// The properties that had nothing to judge in any storm.
    pub fn vacuous(&self) -> impl Iterator<Item = &'static str> {
        let never = self.properties.iter().filter(|(_, judged)| judged.judged == 0);
        never.map(|(code, _)| *code)
    }
}

impl Row {
    fn add(&mut self, times: u64) {
        self.storms += 1;
        self.in_storms += u64::from(times > 0);
        self.times += times;
    }
}
