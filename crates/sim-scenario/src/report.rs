//! [`Report`]: the result of a run; its JSON form is stable.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use sim_check::{Found, HistoryLines, Kind, SimTime, Verdict};
use sim_engine::{COST, CrashLoss, CrashReport, FaultReport, MarkReport, RequestReport};
use sim_node::NodeId;

use crate::{Content, CostReport, Timeline};

/// The result of one scenario with one seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The scenario's title.
    pub title: String,
    /// The protocol's name.
    pub protocol: String,
    /// The seed.
    pub seed: u64,
    /// Violated beats unknown beats held.
    pub verdict: Verdict,
    /// Whether this is what the scenario expects of a single run. An undecided one never is.
    pub as_expected: bool,
    /// The digest of every event and effect with their content: 16 hex digits.
    #[serde(serialize_with = "hex")]
    pub digest: u64,
    /// Events that nodes handled.
    pub steps: u64,
    /// The time of the last event, or the deadline when the run lasted until then.
    pub ended_at_ns: u64,
    /// Messages, counted at the sender.
    pub messages: Messages,
    /// Every property, in the protocol's order; last, `PANIC` when a handler or a property
    /// panicked.
    pub properties: Vec<PropertyReport>,
    /// The violations, in order of time.
    pub violations: Vec<ViolationReport>,
    /// Faults that never struck, overrides that matched nothing, vacuous properties, unused nodes.
    pub warnings: Vec<String>,
    /// The command that repeats the run; the command line fills it in.
    pub reproduce: String,
    /// Why the verdict is `undecided`.
    pub undecided: Option<String>,
    /// The first event that broke an assumption of the scenario's model.
    pub assumption_broken: Option<String>,
    /// When and where each fault struck, in the scenario's order.
    #[serde(serialize_with = "faults")]
    pub faults: Vec<FaultReport>,
    /// Every crash, in order of time, and what it lost.
    pub crashes: Vec<Crash>,
    /// Every node that a Byzantine fault struck, in order of time.
    pub byzantine: Vec<Byzantine>,
    /// What became of every request of the plain workload, in the scenario's order.
    pub requests: Vec<Asked>,
    /// The marks that nodes emitted, in the order in which they first did.
    #[serde(serialize_with = "marks")]
    pub marks: Vec<MarkReport>,
    /// How far the run came with what the scenario demands, in its order.
    pub reaches: Vec<Reached>,
    /// How the run kept to what it may cost, in the scenario's order.
    pub costs: Vec<CostReport>,
    /// The obligations that were unmet at the deadline, where the scenario expects `Safe`: of any
    /// other they are violations.
    pub unmet: Vec<UnmetReport>,
    /// Who had which role when, and what struck; only when the caller asked for it.
    pub timeline: Option<Timeline>,
    /// The history of client operations, as lines of JSON; only when the caller asked for it, and
    /// `None` when the protocol has no clients.
    #[serde(skip)]
    pub history: Option<HistoryLines>,
}

/// Messages by class and kind; `total` is the sum of the four classes and of all kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Messages {
    /// All sends.
    pub total: u64,
    /// First sends between servers.
    pub protocol: u64,
    /// First sends from and to clients.
    pub client: u64,
    /// First sends of heartbeats and their replies.
    pub heartbeat: u64,
    /// Retransmissions, of any class.
    pub retransmission: u64,
    /// Sent and never handled.
    pub lost: u64,
    /// Still in flight when the run ended.
    pub in_flight: u64,
    /// All sends by the name of their kind.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// Bytes on the wire, when the scenario accounts for them.
    pub bytes: Option<u64>,
}

/// One property's verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PropertyReport {
    /// Its code.
    pub code: &'static str,
    /// Its kebab-case name.
    pub name: &'static str,
    /// Safety or liveness.
    pub kind: Kind,
    /// Its verdict.
    pub verdict: Verdict,
}

/// A property that was violated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ViolationReport {
    /// The property's code; `PANIC` for a broken assertion, `COST` for a cost beyond its bound.
    pub code: &'static str,
    /// When, in virtual nanoseconds.
    pub at_ns: u64,
    /// The node at fault, when there is one.
    pub node: Option<NodeId>,
    /// What happened, in one sentence.
    pub detail: String,
    /// At which step it was found.
    pub step: Option<u64>,
    /// Whether it was found at that step, just before it, between it and the next, or at the end.
    pub found: Found,
    /// Earlier steps that are part of the violation.
    pub witnesses: Vec<u64>,
}

impl ViolationReport {
    /// Whether no single step brought it about: a cost is the sum of all that was sent.
    #[must_use]
    pub fn has_no_step_to_blame(&self) -> bool {
        self.code == COST
    }
}

/// An obligation that was unmet, and that the scenario does not demand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnmetReport {
    /// The property's code.
    pub code: &'static str,
    /// When it was due, in virtual nanoseconds.
    pub at_ns: u64,
    /// The node that did not meet it, when there is one.
    pub node: Option<NodeId>,
    /// What is unmet, in one sentence.
    pub detail: String,
}

/// A crash, and what it lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Crash {
    /// When.
    #[serde(rename = "at_ns")]
    pub at: SimTime,
    /// Who.
    pub node: NodeId,
    /// The fault that brought it about: its place in the scenario's list, from 0.
    pub fault: usize,
    /// What was lost besides the node's memory.
    #[serde(flatten)]
    pub loss: CrashLoss,
    /// The first of the writes that were lost before they were durable; none unless the caller
    /// asked for the timeline.
    pub writes: Vec<LostWrite>,
}

impl Crash {
    /// Without the writes that were lost.
    pub(crate) fn of(crash: CrashReport) -> Self {
        let CrashReport { at, node, fault, loss } = crash;
        Self { at, node, fault, loss, writes: Vec::new() }
    }
}

/// A node that a Byzantine fault struck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Byzantine {
    /// Who.
    pub node: NodeId,
    /// The kind of the fault, which is what it does: `Mute`.
    pub kind: &'static str,
    /// The fault: its place in the scenario's list, from 0.
    pub fault: usize,
    /// Since when; it is Byzantine from then on, also when the fault has ended.
    #[serde(rename = "from_ns")]
    pub from: SimTime,
    /// When the fault ended; `None` when it was in force to the end.
    #[serde(rename = "to_ns")]
    pub to: Option<SimTime>,
}

/// A write that a crash lost; in JSON its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostWrite {
    /// In Rust's debug form.
    pub text: String,
    /// As JSON.
    pub json: String,
}

impl Serialize for LostWrite {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Content(&self.json).serialize(serializer)
    }
}

/// A request of the plain workload, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What it asks for, as it stands in the scenario.
    pub label: String,
    /// What became of it.
    pub fate: RequestReport,
}

/// What became of a request, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It was done.
    Done,
    /// It was refused, and not done later.
    Refused,
    /// Its node handled it, and it was neither done nor refused.
    Taken,
    /// Its node was down.
    Lost,
    /// The run ended before its node handled it.
    Waiting,
}

impl Asked {
    /// What became of it, in a word.
    #[must_use]
    pub fn outcome(&self) -> Fate {
        let fate = &self.fate;
        if fate.done.is_some() {
            Fate::Done
        } else if fate.refused.is_some() {
            Fate::Refused
        } else if fate.taken.is_some() {
            Fate::Taken
        } else if fate.lost.is_some() {
            Fate::Lost
        } else {
            Fate::Waiting
        }
    }
}

impl Serialize for Asked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Row<'a> {
            label: &'a str,
            at_ns: u64,
            node: NodeId,
            outcome: Fate,
            taken_at_ns: Option<u64>,
            done_at_ns: Option<u64>,
            done_by: Option<NodeId>,
            refused_at_ns: Option<u64>,
            refused_by: Option<NodeId>,
            refused_because: Option<&'a str>,
            lost_at_ns: Option<u64>,
        }
        let Self { label, fate } = self;
        let refused = fate.refused.as_ref();
        Row {
            label,
            at_ns: fate.at.as_nanos(),
            node: fate.node,
            outcome: self.outcome(),
            taken_at_ns: fate.taken.map(SimTime::as_nanos),
            done_at_ns: fate.done.map(|(at, _)| at.as_nanos()),
            done_by: fate.done.map(|(_, by)| by),
            refused_at_ns: refused.map(|refused| refused.at.as_nanos()),
            refused_by: refused.map(|refused| refused.by),
            refused_because: refused.map(|refused| refused.why.as_str()),
            lost_at_ns: fate.lost.map(SimTime::as_nanos),
        }
        .serialize(serializer)
    }
}

/// How far a run came with something that its scenario demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// As it stands in the scenario.
    pub label: String,
    /// How often it has to happen.
    pub wanted: u64,
    /// How often it happened.
    pub times: u64,
    /// When it had happened so often.
    #[serde(rename = "reached_at_ns")]
    pub at_ns: Option<u64>,
}

fn hex<S: Serializer>(digest: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{digest:016x}"))
}

fn faults<S: Serializer>(faults: &[FaultReport], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Row<'a> {
        label: &'a str,
        struck: u64,
        first_at_ns: Option<u64>,
        victims: &'a [NodeId],
    }
    serializer.collect_seq(faults.iter().map(|fault| Row {
        label: &fault.label,
        struck: fault.struck,
        first_at_ns: fault.first.map(SimTime::as_nanos),
        victims: &fault.victims,
    }))
}

fn marks<S: Serializer>(marks: &[MarkReport], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Row {
        name: &'static str,
        times: u64,
        first_at_ns: u64,
        node: NodeId,
    }
    serializer.collect_seq(marks.iter().map(|mark| Row {
        name: mark.name,
        times: mark.times,
        first_at_ns: mark.first.as_nanos(),
        node: mark.node,
    }))
}
