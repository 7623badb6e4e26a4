//! What a client waits for, tells and remembers: its timers, its indications, its disk.

use serde::{Deserialize, Serialize};
use sim_node::Stable;

use crate::{Command, Operation, Output};

/// The client's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ClientTimer {
    /// The next operation begins.
    Next,
    /// The answer to the operation of this lane is overdue.
    Overdue(u32),
    /// The operation at this place of the script is due.
    Scripted(u32),
}

/// What a client tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ClientIndication {
    /// An operation begins.
    Invoked {
        /// Which.
        operation: Operation,
        /// What it is to do.
        command: Command,
    },
    /// It took effect.
    Answered {
        /// Which.
        operation: Operation,
        /// With this output.
        output: Output,
    },
    /// The client waits for it no longer: it may have taken effect, or still will, or never.
    GivenUp {
        /// Which.
        operation: Operation,
    },
}

/// What a client's disk knows: how often it has started, so that no identity is used twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientStable {
    /// How often it has started.
    pub starts: u32,
    /// How many operations it has begun.
    pub begun: u32,
}

/// What a client writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ClientRecord {
    /// It started.
    Started,
    /// It began an operation.
    Began,
}

impl Stable for ClientStable {
    type Record = ClientRecord;
    fn apply(&mut self, record: &ClientRecord) {
        match record {
            ClientRecord::Started => self.starts += 1,
            ClientRecord::Began => self.begun += 1,
        }
    }
}
