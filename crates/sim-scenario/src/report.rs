//! [`Report`]: the result of a run; its JSON form is stable.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use sim_check::{Kind, Verdict};
use sim_engine::FaultReport;
use sim_node::NodeId;

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
    /// Whether this is what the scenario expects of a single run. An unknown verdict never is.
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
    /// Every property, in the protocol's order; last, `PANIC` when a handler panicked.
    pub properties: Vec<PropertyReport>,
    /// The violations, in order of time.
    pub violations: Vec<ViolationReport>,
    /// Faults that never struck, overrides that matched nothing, vacuous properties, unused nodes.
    pub warnings: Vec<String>,
    /// The command that repeats the run; the command line fills it in.
    pub reproduce: String,
    /// Why the verdict is unknown.
    pub undecided: Option<String>,
    /// The first event that broke an assumption of the scenario's model.
    pub assumption_broken: Option<String>,
    /// When and where each fault struck, in the scenario's order.
    #[serde(serialize_with = "faults")]
    pub faults: Vec<FaultReport>,
    /// The history of client operations, as lines of JSON; only when the caller asked for it, and
    /// `None` when the protocol has no clients.
    #[serde(skip)]
    pub history: Option<String>,
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
    /// The property's code; `PANIC` for a broken assertion.
    pub code: &'static str,
    /// When, in virtual nanoseconds.
    pub at_ns: u64,
    /// The node at fault, when there is one.
    pub node: Option<NodeId>,
    /// What happened, in one sentence.
    pub detail: String,
    /// At which step.
    pub step: Option<u64>,
    /// Earlier steps that are part of the violation.
    pub witnesses: Vec<u64>,
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
        first_at_ns: fault.first.map(sim_check::SimTime::as_nanos),
        victims: &fault.victims,
    }))
}
