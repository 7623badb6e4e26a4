//! [`Fault`]: what a scenario does to the world, when, and to whom.

use serde::{Deserialize, Serialize};
use sim_check::SimTime;
use sim_node::{Drift, Duration, Offset, Ratio};

use crate::Delay;

/// A fault with its time and its name.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedFault {
    /// A stable number, from which its draws come: adding or removing another fault does not
    /// change it.
    pub id: u64,
    /// As it stands in the scenario, for reports.
    pub label: String,
    /// When it strikes.
    pub when: When,
    /// What it does.
    pub fault: Fault,
}

/// When a fault strikes, and how long a lasting one holds.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// At an instant; a lasting fault holds until healed, resumed or calmed.
    At(SimTime),
    /// A lasting fault holds from the first instant to the second; a momentary one strikes once, at
    /// an instant drawn in between.
    Between(SimTime, SimTime),
    /// When something happens in the protocol; a lasting fault holds until healed, resumed or
    /// calmed.
    On(Trigger),
}

/// Something that happens in the protocol, seen at the step in which it happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// What happens.
    pub on: Occasion,
    /// Only at this node; at any when left out.
    #[serde(default)]
    pub at: Option<u32>,
    /// The how-manieth time it happens, from 1.
    #[serde(default = "first")]
    pub nth: u32,
}

fn first() -> u32 {
    1
}

/// What a trigger waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Occasion {
    /// A node takes the role of this name.
    Role(String),
    /// A node emits this mark.
    Mark(String),
    /// A node sends a message of the kind of this name.
    Send(String),
    /// A node handles a message of the kind of this name.
    Receive(String),
    /// A node writes a record.
    Write,
}

/// To whom. Drawn and role targets are chosen when the fault strikes; when no node fits, the fault
/// waits until one does or until its window ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// This node.
    Node(u32),
    /// These nodes.
    Nodes(Vec<u32>),
    /// The highest-ranked holder of the role `leader`.
    Leader,
    /// The highest-ranked holder of the role of this name.
    Role(String),
    /// So many servers, drawn among those that are up.
    Random(u32),
    /// A drawn majority of the servers.
    Majority,
    /// A drawn largest minority of the servers.
    Minority,
    /// All servers.
    Servers,
    /// All nodes that are not servers.
    Others,
    /// All nodes.
    All,
    /// The node whose step triggered the fault.
    Trigger,
}

impl Target {
    /// Whether chance decides who it is.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        matches!(self, Self::Random(_) | Self::Majority | Self::Minority)
    }
}

/// What a cut does to messages in flight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cut {
    /// It applies to what is sent while it lasts; what is in flight arrives.
    #[default]
    AtSend,
    /// It applies to what is sent while it lasts and to what would arrive while it lasts.
    AtDelivery,
}

/// What a crash does to the writes that no barrier made durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiskLoss {
    /// A drawn prefix of them survives.
    #[default]
    Prefix,
    /// Any drawn subset of them survives, in order.
    Subset,
    /// None of them survives.
    Unsynced,
    /// The whole disk is lost, what was durable included.
    Everything,
}

/// How many effects of a step take place before a fault strikes inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inside {
    /// The first so many, or all when there are fewer.
    First(u32),
    /// A drawn number of them, from none to all.
    Drawn,
}

/// What strikes the victim of a mobile fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Strike {
    /// It crashes; given back, it restarts.
    Crash,
    /// It is cut off from all servers; given back, it is connected again.
    Isolate,
}

/// What is done to the world.
///
/// *Momentary* faults strike once; *lasting* ones hold for their window. Cuts among servers leave
/// other nodes, such as clients, connected to everybody, unless they are named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Fault {
    /// Momentary: the node loses its volatile state and what its barriers held. It restarts after
    /// `down`, or never. With `inside`, it dies inside its next step (the triggering one, if the
    /// target is `Trigger`): the first effects happen, the rest never do.
    Crash {
        /// Who.
        who: Target,
        /// How long it stays down; for good when left out.
        #[serde(default)]
        down: Option<Duration>,
        /// What becomes of its disk.
        #[serde(default)]
        disk: DiskLoss,
        /// Between steps when left out.
        #[serde(default)]
        inside: Option<Inside>,
    },
    /// Momentary: crashed nodes start again from their disks.
    Restart(Target),
    /// Lasting: the node makes no step. Its clocks run; what comes to it queues and is handled in
    /// order at resume.
    Pause(Target),
    /// Momentary: ends every pause of the node.
    Resume(Target),
    /// Lasting: servers of different groups are cut from each other. Servers in no group form one
    /// more.
    Partition(Vec<Target>, #[serde(default)] Cut),
    /// Lasting: the nodes are cut from all servers that are not among them.
    Isolate(Target, #[serde(default)] Cut),
    /// Lasting: nothing gets from the first to the second.
    OneWay(Target, Target, #[serde(default)] Cut),
    /// Lasting: the other servers fall into two drawn halves that cannot talk to each other; the
    /// bridge talks to both.
    Bridge(Target, #[serde(default)] Cut),
    /// Momentary: ends every cut and every hold.
    Heal,
    /// Lasting: messages from the first to the second are kept, and released in order at its end.
    Hold(Target, Target),
    /// Lasting: some links get other parameters.
    Links {
        /// Senders; all when left out.
        #[serde(default)]
        from: Option<Target>,
        /// Receivers; all when left out.
        #[serde(default)]
        to: Option<Target>,
        /// Also the opposite direction.
        #[serde(default)]
        both: bool,
        /// Only messages of the kind of this name.
        #[serde(default)]
        kind: Option<String>,
        /// In the place of the link's delay.
        #[serde(default)]
        delay: Option<Delay>,
        /// In the place of the link's loss.
        #[serde(default)]
        loss: Option<Ratio>,
        /// In the place of the link's duplication.
        #[serde(default)]
        duplication: Option<Ratio>,
    },
    /// Lasting: every event takes the node this much longer (see service times).
    Slow(Target, Delay),
    /// Lasting: a sync of the node's disk takes so long.
    SlowDisk(Target, Delay),
    /// Lasting: what the node sends is lost with this probability (send omission).
    OmitSends(Target, Ratio),
    /// Lasting: what comes to the node is lost with this probability (receive omission).
    OmitReceives(Target, Ratio),
    /// Lasting: the node's clocks drift at this rate, instead of the one it has.
    Drift(Target, Drift),
    /// Momentary: the node's wall clock jumps.
    Jump(Target, Offset),
    /// Lasting: each time the occasion comes up at a node that is not the present victim, the first
    /// effects of that step get out, then the node is struck and the previous victim is given back.
    /// The step in which a node starts is no occasion for a crash.
    Mobile {
        /// What it waits for.
        on: Occasion,
        /// How many effects get out.
        #[serde(default = "drawn")]
        inside: Inside,
        /// What strikes the victim.
        strike: Strike,
    },
}

fn drawn() -> Inside {
    Inside::Drawn
}

impl Fault {
    /// Whether it is a cut or a hold. (Of a mobile fault, a heal gives the victim back.)
    pub(crate) fn is_ended_by_heal(&self) -> bool {
        matches!(
            self,
            Self::Partition(..)
                | Self::Isolate(..)
                | Self::OneWay(..)
                | Self::Bridge(..)
                | Self::Hold(..)
        )
    }

    /// Whether the fault strikes once, rather than holding for a window.
    #[must_use]
    pub fn is_momentary(&self) -> bool {
        matches!(
            self,
            Self::Crash { .. } | Self::Restart(_) | Self::Resume(_) | Self::Heal | Self::Jump(..)
        )
    }
}
