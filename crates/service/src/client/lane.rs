//! [`Lane`]: a session, and the operation that is under way in it; [`Lanes`]: all of a client.

use std::collections::{BTreeMap, BTreeSet};

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

/// The sessions of a client by number, from 0 on. An operation costs the same however many are
/// under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub(super) struct Lanes {
    lanes: BTreeMap<u32, Lane>,
    /// Those in which nothing is under way. It follows from the lanes.
    #[serde(skip)]
    idle: BTreeSet<u32>,
    /// The number of each session. It follows from the lanes.
    #[serde(skip)]
    by_session: BTreeMap<u64, u32>,
}

impl Lanes {
    /// Begins an operation in the first idle session, or in a new one, which has the number
    /// `next_session`.
    pub(super) fn begin(&mut self, command: Command, next_session: &mut u64) -> u32 {
        let number = self.idle.pop_first().unwrap_or_else(|| {
            let number = u32::try_from(self.lanes.len()).expect("fewer lanes than operations");
            let lane = Lane { session: *next_session, sequence: 0, under_way: None };
            self.lanes.insert(number, lane);
            self.by_session.insert(*next_session, number);
            *next_session += 1;
            number
        });
        let lane = self.lanes.get_mut(&number).expect("it is there");
        lane.sequence += 1;
        lane.under_way = Some(UnderWay { command, attempts: 0, redirects: 0 });
        number
    }

    /// Ends the operation of a lane, and returns what it was.
    pub(super) fn end(&mut self, number: u32) -> Option<UnderWay> {
        self.idle.insert(number);
        self.lanes.get_mut(&number)?.under_way.take()
    }

    /// Ends the operation of a lane, which goes on with a new session.
    pub(super) fn renew(&mut self, number: u32, session: u64) {
        let lane = Lane { session, sequence: 0, under_way: None };
        if let Some(old) = self.lanes.insert(number, lane) {
            self.by_session.remove(&old.session);
        }
        self.by_session.insert(session, number);
        self.idle.insert(number);
    }

    /// The lane in which this operation of a client is under way.
    pub(super) fn find(&self, node: NodeId, operation: Operation) -> Option<u32> {
        let number = *self.by_session.get(&operation.client.session)?;
        let lane = self.get(number)?;
        (lane.under_way.is_some() && lane.operation(node) == operation).then_some(number)
    }

    pub(super) fn get(&self, number: u32) -> Option<&Lane> {
        self.lanes.get(&number)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Lane> {
        self.lanes.get_mut(&number)
    }

    /// The lanes in which an operation is under way, in order.
    pub(super) fn under_way(&self) -> impl Iterator<Item = (u32, &Lane)> {
        let lanes = self.lanes.iter().filter(|(_, lane)| lane.under_way.is_some());
        lanes.map(|(number, lane)| (*number, lane))
    }

    /// Whether no operation is under way.
    pub(super) fn are_idle(&self) -> bool {
        self.idle.len() == self.lanes.len()
    }
}
