//! [`Seen`]: what happens in a run, as text and free of the protocol's types: for pictures and
//! stories.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use sim_check::SimTime;
use sim_engine::{CrashLoss, FaultKind, Loss};
use sim_node::{Duration, NodeId, Role, counted, grouped};

use crate::Json;

/// Takes what happens in a run, in order. Watching changes nothing in the run.
pub trait Watcher {
    /// How much of this step or message is wanted in words: everything, unless a watcher says
    /// otherwise. Writing out a state costs many times the step itself, so a watcher that needs
    /// less should say so.
    fn wants(&self, _: &Glance) -> Detail {
        Detail::States
    }

    /// In which form it wants contents and states.
    fn form(&self) -> Form {
        Form::Text
    }

    /// The next thing that happened.
    fn see(&mut self, seen: Seen);
}

impl Watcher for Vec<Seen> {
    fn see(&mut self, seen: Seen) {
        self.push(seen);
    }
}

/// What is known of a step, or of a message that is sent, before anything of it is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The step; of a message the one that emitted it.
    pub step: u64,
    /// When.
    pub at: SimTime,
    /// Who makes the step, or sends the message.
    pub node: NodeId,
    /// Whether it is the second instance of a node that is split in twins.
    pub twin: bool,
    /// Who sent what the step handles, or to whom the message goes.
    pub peer: Option<NodeId>,
    /// The kind of the message.
    pub kind: Option<&'static str>,
    /// Whether it is a message that is sent, and not a step.
    pub is_send: bool,
    /// Whether it is a message that is lost as it is sent.
    pub is_lost: bool,
}

/// How contents and states are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In Rust's debug form.
    Text,
    /// As JSON.
    Json,
}

/// How much is told of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Neither the step nor the messages that it sends.
    Nothing,
    /// Who did what kind of thing, and why. All texts are empty, and of the effects only
    /// indications and marks are told.
    Skeleton,
    /// What messages, timers, requests, records and indications say as well. The texts of states
    /// are empty.
    Contents,
    /// The state afterwards as well.
    States,
    /// The state before as well.
    Passage,
}

/// Something that happened. A message is named by its id, which its sending, its loss and the step
/// that handles it share.
///
/// Texts are as detailed as the watcher [wants](Watcher::wants). Prints are always there: equal
/// contents have equal prints within one program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Seen {
    /// A node handled an event. The messages that left at once follow as [`Seen::Sent`].
    Step {
        /// Its index, from 0.
        step: u64,
        /// When.
        #[serde(rename = "at_ns")]
        at: SimTime,
        /// Who.
        node: NodeId,
        /// Whether it is the second instance of a node that is split in twins.
        twin: bool,
        /// What happened to it.
        #[serde(rename = "event")]
        what: Happening,
        /// The step that caused it: that sent the message or set the timer.
        cause: Option<u64>,
        /// What took place of what it wanted done.
        effects: Vec<Done>,
        /// Its role afterwards, name and rank; `None` without one. A node that crashed inside the
        /// step has the role that it took in it.
        #[serde(serialize_with = "role_as_object")]
        role: Option<(&'static str, u64)>,
        /// Whether its role is another than before the step.
        role_changed: bool,
        /// Its state until then; `None` when it was down.
        #[serde(skip)]
        before: Option<State>,
        /// Its state afterwards; `None` when it crashed inside the step, or its handler or a
        /// property panicked.
        state: Option<State>,
    },
    /// A message left a node, at once or when a barrier released it.
    Sent {
        /// Its id.
        message: u64,
        /// When.
        #[serde(rename = "at_ns")]
        at: SimTime,
        /// The step that emitted it.
        step: u64,
        /// Who sent it.
        from: NodeId,
        /// Whether it was the second instance of a node that is split in twins.
        twin: bool,
        /// To whom.
        to: NodeId,
        /// The name of its kind.
        kind: &'static str,
        /// What it says.
        #[serde(rename = "content", serialize_with = "as_is")]
        text: String,
        /// A fingerprint of what it says.
        #[serde(skip)]
        print: u64,
        /// When it will arrive unless something happens to it; `None` when it is held, or lost
        /// already.
        #[serde(rename = "arrives_at_ns")]
        arrives: Option<SimTime>,
        /// The fault that keeps it: its place in the scenario's list, from 0.
        #[serde(rename = "held_by")]
        held: Option<usize>,
        /// Why it is lost already.
        #[serde(rename = "loss")]
        lost: Option<Reason>,
        /// Whether the network made this copy.
        #[serde(rename = "duplicate")]
        copy: bool,
    },
    /// A message that a fault had kept goes on.
    Released {
        /// Its id.
        message: u64,
        /// When.
        #[serde(rename = "at_ns")]
        at: SimTime,
        /// The fault that let it go: its place in the scenario's list, from 0.
        fault: usize,
        /// When it will arrive unless something happens to it.
        #[serde(rename = "arrives_at_ns")]
        arrives: SimTime,
    },
    /// A message in flight was lost when it would have arrived.
    Lost {
        /// Its id.
        message: u64,
        /// When.
        #[serde(rename = "at_ns")]
        at: SimTime,
        /// Why.
        #[serde(rename = "loss")]
        why: Reason,
    },
    /// A planned fault began, struck or ended.
    Fault {
        /// When.
        #[serde(rename = "at_ns")]
        at: SimTime,
        /// Its place in the scenario's list, from 0.
        fault: usize,
        /// What is to be known of its kind; in JSON its name.
        #[serde(serialize_with = "name_of")]
        kind: &'static FaultKind,
        /// As it stands in the scenario.
        label: String,
        /// Whether it begins (or strikes) or ends.
        begins: bool,
        /// Whom it is about.
        victims: Vec<NodeId>,
    },
    /// A node went down.
    Crashed {
        /// When.
        #[serde(rename = "at_ns")]
        at: SimTime,
        /// Who.
        node: NodeId,
        /// The fault that brought it about: its place in the scenario's list, from 0.
        fault: usize,
        /// What was lost besides its memory.
        #[serde(flatten)]
        loss: CrashLoss,
        /// The first of the writes that were lost before they were durable.
        #[serde(serialize_with = "list_as_is")]
        writes: Vec<String>,
    },
    /// The storm is over.
    Calm {
        /// When.
        #[serde(rename = "at_ns")]
        at: SimTime,
        /// Which servers are up and connected from now on.
        core: Vec<NodeId>,
    },
}

/// A node's state, in the form that the watcher asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum State {
    /// In Rust's debug form; empty where less detail was wanted.
    Text(String),
    /// As JSON. It shares with the states of its node that were told before what is the same.
    Json(Json),
}

/// What happened to a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Happening {
    /// It started, or started again.
    Start {
        /// Whether it had been up before.
        #[serde(rename = "restart")]
        again: bool,
        /// The settings in which it differs from what the scenario says of the protocol, as they
        /// are written: `pre_vote: true`. `None` when there are none.
        settings: Option<String>,
    },
    /// It received a message.
    Message {
        /// Its id; `None` for a self-send.
        message: Option<u64>,
        /// Who sent it.
        from: NodeId,
        /// The name of its kind.
        kind: &'static str,
        /// What it says.
        #[serde(rename = "content", serialize_with = "as_is")]
        text: String,
        /// A fingerprint of what it says.
        #[serde(skip)]
        print: u64,
    },
    /// Its timer fired.
    Timer {
        /// The timer's key.
        #[serde(rename = "content", serialize_with = "as_is")]
        text: String,
        /// A fingerprint of the key.
        #[serde(skip)]
        print: u64,
    },
    /// The workload asked for something.
    Request {
        /// For what.
        #[serde(rename = "content", serialize_with = "as_is")]
        text: String,
    },
}

/// An effect that took place. Messages are told apart as [`Seen::Sent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Done {
    /// A message was sent, or is held by a barrier.
    Send {
        /// To whom.
        to: NodeId,
        /// The name of its kind.
        kind: &'static str,
        /// What it says.
        #[serde(rename = "content", serialize_with = "as_is")]
        text: String,
        /// Whether the sender counts it as a retransmission.
        #[serde(rename = "retransmission")]
        resend: bool,
    },
    /// A timer was set.
    SetTimer {
        /// Its key.
        #[serde(rename = "content", serialize_with = "as_is")]
        text: String,
        /// The shortest time until it fires, on the node's clock.
        #[serde(rename = "min_ns", serialize_with = "duration_in_ns")]
        min: Duration,
        /// The longest.
        #[serde(rename = "max_ns", serialize_with = "duration_in_ns")]
        max: Duration,
    },
    /// A timer was cancelled.
    CancelTimer {
        /// Its key.
        #[serde(rename = "content", serialize_with = "as_is")]
        text: String,
    },
    /// A record was written.
    Write {
        /// What it says.
        #[serde(rename = "content", serialize_with = "as_is")]
        text: String,
    },
    /// Later sends wait for the disk.
    Barrier,
    /// The layer above was told something.
    Indicate {
        /// What.
        #[serde(rename = "content", serialize_with = "as_is")]
        text: String,
    },
    /// The protocol named an event.
    Mark {
        /// Its name.
        name: &'static str,
    },
}

/// Contents that were written as JSON; others are texts.
fn as_is<S: Serializer>(content: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match serde_json::from_str::<&RawValue>(content) {
        Ok(json) => json.serialize(serializer),
        Err(_) => serializer.serialize_str(content),
    }
}

fn list_as_is<S: Serializer>(contents: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(contents.iter().map(|content| Content(content)))
}

/// A content in JSON: as it is where it was written as JSON, and as a text otherwise.
pub struct Content<'a>(pub &'a str);

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        as_is(self.0, serializer)
    }
}

fn name_of<S: Serializer>(kind: &&'static FaultKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name)
}

/// Why a message was lost; in words that follow "lost: ". Of a fault it has the place in the
/// scenario's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason(pub Loss);

impl Reason {
    /// Whether it came to a node that had crashed.
    #[must_use]
    pub fn is_receiver_down(self) -> bool {
        self.0 == Loss::Down
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Loss::Link => "the link dropped it",
            Loss::Counted(fault) => return write!(f, "fault {fault} dropped it"),
            Loss::Cut => "cut off by a partition",
            Loss::OneWay => "cut off by a one-way cut",
            Loss::Omission => "omitted by a faulty node",
            Loss::Corrupted => "corrupted, so its checksum failed",
            Loss::Down => "its receiver was down",
            Loss::Connection => "its connection broke",
            Loss::Calm => "still in flight when the faults ended",
            Loss::Nobody => "there is no such node",
            Loss::Withheld => "kept back by its Byzantine sender",
        })
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a crash lost, in words that follow "lost ": "1 unsynced write: Append(17)". The writes may
/// be the first of them alone, or left out.
#[must_use]
pub fn crash_loss_in_words(loss: &CrashLoss, writes: &[String]) -> String {
    let mut lost = Vec::new();
    let (lied, writes) = writes.split_at(loss.lied.min(writes.len()));
    if loss.lied > 0 {
        let text = counted(loss.lied as u64, "write");
        let were = if loss.lied == 1 { "was" } else { "were" };
        let contents = contents(lied, loss.lied);
        lost.push(format!("{text} that its disk had said {were} synced, and {were} not{contents}"));
    }
    if loss.disk {
        lost.push("its whole disk".to_owned());
    } else if loss.writes > 0 {
        let (some, all) = (loss.writes, loss.writes + loss.survived);
        let noun = if all == 1 { "write" } else { "writes" };
        let number = grouped(some as u64);
        let count =
            if some == all { number } else { format!("{number} of {}", grouped(all as u64)) };
        lost.push(format!("{count} unsynced {noun}{}", contents(writes, some)));
    }
    for (number, one) in
        [(loss.durable, "record that was durable"), (loss.held, "message that waited for its disk")]
    {
        let many = one.replacen(' ', "s ", 1).replace("that was", "that were");
        match number {
            0 => {}
            1 => lost.push(format!("1 {one}")),
            number => lost.push(format!("{} {many}", grouped(number as u64))),
        }
    }
    if lost.is_empty() { "nothing but its memory".to_owned() } else { lost.join(" and ") }
}

/// What the first of so many writes say: " (Append(17) and 3 more)".
fn contents(writes: &[String], all: usize) -> String {
    if writes.is_empty() {
        return String::new();
    }
    let more = match all.saturating_sub(writes.len()) {
        0 => String::new(),
        more => format!(" and {} more", grouped(more as u64)),
    };
    format!(" ({}{more})", writes.join(", "))
}

/// A role as an object, with its name and its rank.
fn role_as_object<S: Serializer>(
    role: &Option<(&'static str, u64)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    role.map(|(name, rank)| Role::new(name, rank)).serialize(serializer)
}

fn duration_in_ns<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.as_nanos())
}
