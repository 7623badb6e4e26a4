//! [`Outcome`]: what became of a run.

use serde::Serialize;
use sim_check::{Claim, Found, SimTime, Verdict};
use sim_node::NodeId;

/// What became of a run: free of the protocol's types.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Violated beats unknown beats held.
    pub verdict: Verdict,
    /// Every claim with its verdict, in order.
    pub properties: Vec<(&'static Claim, Verdict)>,
    /// What was violated, in order of time. A safety violation ends the run, so there is more than
    /// one only when several claims are violated at one step or several obligations are never met.
    pub findings: Vec<Finding>,
    /// The obligations that were unmet, where the scenario does not demand liveness.
    pub unmet: Vec<Finding>,
    /// Why the run is undecided, when a budget ran out, an obligation was met late or an assumption
    /// was broken.
    pub undecided: Option<String>,
    /// Of every event and effect with their content.
    pub digest: u64,
    /// Handled steps.
    pub steps: u64,
    /// The time of the last thing that happened, or the deadline when the run lasted so long.
    pub ended: SimTime,
    /// Messages, counted.
    pub counts: Counts,
    /// Every planned fault, in the order of the scenario: how often it struck, when first, whom.
    pub faults: Vec<FaultReport>,
    /// Every crash, in order of time: what it lost.
    pub crashes: Vec<CrashReport>,
    /// Every Byzantine node, in order of time: by which faults, and when.
    pub byzantine: Vec<ByzantineReport>,
    /// Every request of the plain workload, in the order of the scenario: what became of it.
    pub requests: Vec<RequestReport>,
    /// Every mark that nodes emitted, in the order in which they first did.
    pub marks: Vec<MarkReport>,
    /// Everything that the scenario demands to be reached, in its order.
    pub reached: Vec<ReachReport>,
    /// For every override of the network, whether any message met it.
    pub overrides_used: Vec<bool>,
    /// For every entry of the clocks, whether any of its nodes looked at a clock or set a timer.
    pub clocks_used: Vec<bool>,
    /// The nodes that never handled anything after their start, sent nothing that anybody handled,
    /// and that no fault struck.
    pub idle: Vec<NodeId>,
    /// The first event that broke the scenario's assumption.
    pub assumption_broken: Option<AssumptionBroken>,
}

/// A violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The claim's code; `PANIC` for a broken assertion.
    pub code: &'static str,
    /// When.
    pub at: SimTime,
    /// At which step; the last one when it was found between steps.
    pub step: Option<u64>,
    /// Whether it was found at that step, just before it, between it and the next, or at the end.
    pub found: Found,
    /// The node at fault, when there is one.
    pub node: Option<NodeId>,
    /// What happened, in one sentence.
    pub detail: String,
    /// Earlier steps that belong to the story.
    pub witnesses: Vec<u64>,
}

/// The code of the finding that a handler or a property panicked.
pub const PANIC: &str = "PANIC";

/// The code of what is violated when a run costs more, or less, than its scenario allows.
pub const COST: &str = "COST";

/// How a planned fault fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultReport {
    /// As it stands in the scenario.
    pub label: String,
    /// How often it struck.
    pub struck: u64,
    /// When it struck first.
    pub first: Option<SimTime>,
    /// Whom it struck first.
    pub victims: Vec<NodeId>,
    /// Why it changed nothing in the run, though it struck; without a full stop.
    pub idle: Option<String>,
}

/// A crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrashReport {
    /// When.
    pub at: SimTime,
    /// Who.
    pub node: NodeId,
    /// The fault that brought it about: its place in the scenario's list, from 0.
    pub fault: usize,
    /// What was lost.
    pub loss: CrashLoss,
}

/// What a crash lost besides the memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CrashLoss {
    /// Writes that were not durable, and are lost.
    #[serde(rename = "writes_lost")]
    pub writes: usize,
    /// Writes that were not durable, and survived.
    #[serde(rename = "writes_kept")]
    pub survived: usize,
    /// Messages that waited behind a barrier.
    #[serde(rename = "held_lost")]
    pub held: usize,
    /// Everything that was durable is lost, and there was something.
    #[serde(rename = "disk_lost")]
    pub disk: bool,
    /// Records that were durable, and are lost or cannot be read; those of a whole disk are not
    /// counted.
    #[serde(rename = "durable_lost")]
    pub durable: usize,
    /// Records of which the disk had said that they were synced, which they were not, and that are
    /// lost.
    #[serde(rename = "lied_lost")]
    pub lied: usize,
}

impl CrashLoss {
    /// Whether anything but the memory was lost.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        self.disk || self.writes > 0 || self.held > 0 || self.durable > 0 || self.lied > 0
    }
}

/// A node that a Byzantine fault has struck. It is Byzantine from then on, also when the fault has
/// ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByzantineReport {
    /// Who.
    pub node: NodeId,
    /// The fault: its place in the scenario's list, from 0.
    pub fault: usize,
    /// Since when.
    pub from: SimTime,
    /// When the fault ended; `None` when it was in force to the end.
    pub to: Option<SimTime>,
}

/// What became of a request of the plain workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestReport {
    /// When the scenario makes it.
    pub at: SimTime,
    /// Of whom.
    pub node: NodeId,
    /// When it was lost: its node was down when it came, or crashed while it waited.
    pub lost: Option<SimTime>,
    /// When its node handled it.
    pub taken: Option<SimTime>,
    /// Its first refusal.
    pub refused: Option<Refusal>,
    /// When it was done, and by which node. That counts more than a refusal before.
    pub done: Option<(SimTime, NodeId)>,
}

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// When.
    pub at: SimTime,
    /// The node that refused it.
    pub by: NodeId,
    /// Why, in words that follow "refused: ".
    pub why: String,
}

/// A mark that nodes emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkReport {
    /// Its name.
    pub name: &'static str,
    /// How often.
    pub times: u64,
    /// When first.
    pub first: SimTime,
    /// By whom first.
    pub node: NodeId,
}

/// How far a run came with something that its scenario demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReachReport {
    /// How often it has to happen.
    pub wanted: u64,
    /// How often it happened.
    pub times: u64,
    /// When it had happened so often.
    pub reached: Option<SimTime>,
}

/// The first event that broke an assumption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumptionBroken {
    /// When.
    pub at: SimTime,
    /// What happened, and what had been assumed.
    pub what: String,
}

/// Messages of a run, counted at the sender. Self-sends and copies made by the network are not
/// sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sends by class: protocol, client, heartbeat; first sends only.
    pub protocol: u64,
    /// See `protocol`.
    pub client: u64,
    /// See `protocol`.
    pub heartbeat: u64,
    /// Sends that the sender called retransmissions, of any class.
    pub retransmission: u64,
    /// Sent and never handled; those still in flight when the run ended are not among them.
    pub lost: u64,
    /// Sent, and neither handled nor lost when the run ended.
    pub in_flight: u64,
    /// All sends by kind, in the order of the protocol's kinds.
    pub by_kind: Vec<(&'static str, u64)>,
    /// Bytes sent, when the scenario accounts for them.
    pub bytes: Option<u64>,
}

impl Counts {
    /// All sends: the sum of the classes and of the kinds.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.protocol + self.client + self.heartbeat + self.retransmission
    }
}
