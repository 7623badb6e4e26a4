//! [`Lane`]: a session, and the operation that is under way in it.

use serde::Serialize;
use sim_node::NodeId;

use crate::{ClientId, Command, Operation};

/// A session, in which one operation at a time is under way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Lane {
    pub(super) session: u64,
    pub(super) sequence: u64,
    pub(super) under_way: Option<UnderWay>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct UnderWay {
    pub(super) command: Command,
    /// How often it was asked for, redirects that were followed not counted.
    pub(super) attempts: u32,
    /// How many redirects were followed in this attempt.
    pub(super) redirects: u32,
}

impl Lane {
    /// Whether one more redirect is followed in this attempt. Two servers that were removed and do
    /// not know would send the client from one to the other for ever; so after as many redirects
    /// as there are servers it waits until the answer is overdue, and asks elsewhere.
    pub(super) fn may_follow(&mut self, servers: u32) -> bool {
        let Some(under_way) = &mut self.under_way else { return false };
        under_way.redirects += 1;
        under_way.redirects <= servers
    }

    pub(super) fn is_read(&self) -> bool {
        self.under_way.as_ref().is_some_and(|under_way| under_way.command.is_read())
    }

    pub(super) fn operation(&self, node: NodeId) -> Operation {
        Operation { client: ClientId { node, session: self.session }, sequence: self.sequence }
    }
}
