//! [`Observer`]: what watches a run step by step, for pictures and stories. Watching changes
//! nothing.

use sim_check::SimTime;
use sim_node::{Effect, Event, Node, NodeId, Role, Stable};

use crate::{CrashLoss, FaultKind};

/// Watches a run. A message is named by its id, the sequence number of its sending.
pub trait Observer<N: Node> {
    /// Whether it wants to be told of steps and sends; asked when a run begins or goes on.
    fn watches(&self) -> bool {
        true
    }
    /// A step begins.
    fn step_begins(&mut self, _: &StepBegins<'_, N>) {}
    /// A step ends.
    fn step_ends(&mut self, _: &StepEnds<'_, N>) {}
    /// A message left a node, at once or when a barrier released it; or the network made a copy of
    /// it.
    fn sent(&mut self, _: &Sent<'_, N>) {}
    /// A message that a hold had kept goes on.
    fn released(&mut self, _: &Released) {}
    /// A message that had left was lost, at the time it would have arrived.
    fn lost(&mut self, _time: SimTime, _message: u64, _why: Loss) {}
    /// A planned fault began, ended or struck.
    fn fault(&mut self, _: &Struck<'_>) {}
    /// A node went down, between steps or inside one.
    fn crashed(&mut self, _: &Crashed<'_, N>) {}
    /// The storm is over.
    fn calm(&mut self, _time: SimTime, _core: &[NodeId]) {}
}

impl<N: Node> Observer<N> for () {
    fn watches(&self) -> bool {
        false
    }
}

/// A crash.
pub struct Crashed<'a, N: Node> {
    /// When.
    pub time: SimTime,
    /// Who.
    pub node: NodeId,
    /// The fault that brought it about: its place in the scenario's list, from 0.
    pub fault: usize,
    /// What was lost.
    pub loss: CrashLoss,
    /// The writes that were lost before they were durable, in order: first those of which the disk
    /// had said that they were.
    pub writes: &'a [<N::Stable as Stable>::Record],
}

/// The beginning of a step.
pub struct StepBegins<'a, N: Node> {
    /// Its index, from 0.
    pub step: u64,
    /// Virtual time.
    pub time: SimTime,
    /// Who makes it.
    pub node: NodeId,
    /// Whether it is the second instance of a node that is split in twins.
    pub twin: bool,
    /// What happened to the node.
    pub event: &'a Event<N>,
    /// Its state until then; `None` when it was down.
    pub state: Option<&'a N>,
    /// The step that caused it: that sent the message or set the timer. `None` for a start, a
    /// restart and a request of the workload.
    pub cause: Option<u64>,
    /// The id of the message it handles.
    pub message: Option<u64>,
    /// The fault that gave the node the configuration it has, by its stable number; `None` when it
    /// has had the same since its first start.
    pub configured_by: Option<u64>,
}

/// The end of a step.
pub struct StepEnds<'a, N: Node> {
    /// Its index, from 0.
    pub step: u64,
    /// What took place of what the node wanted done.
    pub effects: &'a [Effect<N>],
    /// The node's state; `None` when it crashed inside the step.
    pub state: Option<&'a N>,
    /// The node's role. A node that crashes inside a step has the one that it has taken in it.
    pub role: Option<Role>,
}

/// A message on its way.
pub struct Sent<'a, N: Node> {
    /// Its id.
    pub message: u64,
    /// When it left.
    pub time: SimTime,
    /// The step that emitted it.
    pub step: u64,
    /// Who sent it.
    pub from: NodeId,
    /// Whether it was the second instance of a node that is split in twins.
    pub twin: bool,
    /// To whom.
    pub to: NodeId,
    /// What it says.
    pub content: &'a N::Message,
    /// What becomes of it.
    pub fate: Fate,
    /// Whether the network made this copy.
    pub copy: bool,
}

/// What becomes of a message that has left its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It would arrive then.
    Arrives(SimTime),
    /// A hold keeps it: the fault's place in the scenario's list, from 0.
    Held(usize),
    /// It never arrives.
    Lost(Loss),
}

/// A message that a hold lets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    /// Its id.
    pub message: u64,
    /// When.
    pub time: SimTime,
    /// The fault that let it go, the last that had kept it: its place in the scenario's list.
    pub fault: usize,
    /// When it would arrive.
    pub arrives: SimTime,
}

/// Why a message was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The link lost it.
    Link,
    /// A fault that counts messages did: its place in the scenario's list, from 0.
    Counted(usize),
    /// A partition cut it off.
    Cut,
    /// A one-way cut did.
    OneWay,
    /// Its sender or receiver omitted it.
    Omission,
    /// It was corrupted on the link, and its receiver dropped it.
    Corrupted,
    /// Its receiver was down when it arrived.
    Down,
    /// Its connection was broken.
    Connection,
    /// It was in flight at the calm and came later than the bound.
    Calm,
    /// It was sent to a node that does not exist.
    Nobody,
    /// Its sender is Byzantine, and kept it to itself.
    Withheld,
}

/// A planned fault at work.
pub struct Struck<'a> {
    /// When.
    pub time: SimTime,
    /// Its place in the scenario's list, from 0.
    pub fault: usize,
    /// What is to be known of its kind.
    pub kind: &'static FaultKind,
    /// As it stands in the scenario.
    pub label: &'a str,
    /// Whether it begins (or strikes) or ends.
    pub begins: bool,
    /// Whom it is about.
    pub victims: &'a [NodeId],
}
