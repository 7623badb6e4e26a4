//! [`Flights`]: the messages under way, for telling how each of them travelled.

use std::collections::BTreeMap;

use sim_check::SimTime;
use sim_node::{Duration, NodeId};

use crate::words;

/// A node, and whether it is its second instance.
type Sender = (NodeId, bool);

/// The messages under way.
pub(super) struct Flights {
    under_way: BTreeMap<u64, Flight>,
    /// The latest departure among the messages that were handled on a link.
    latest: BTreeMap<(NodeId, NodeId), SimTime>,
    /// When each node crashed and started again last.
    crashed: Vec<Option<SimTime>>,
    restarted: Vec<Option<SimTime>>,
}

struct Flight {
    from: NodeId,
    /// Whether the second instance of a node sent it that is split in twins.
    twin: bool,
    to: NodeId,
    kind: &'static str,
    at: SimTime,
    /// `None` as long as a fault holds it.
    arrives: Option<SimTime>,
    /// The fault that held it, and how long.
    held: Option<(usize, Duration)>,
}

impl Flights {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            under_way: BTreeMap::new(),
            latest: BTreeMap::new(),
            crashed: vec![None; nodes],
            restarted: vec![None; nodes],
        }
    }

    pub(super) fn sent(
        &mut self,
        message: u64,
        ((from, twin), to): (Sender, NodeId),
        kind: &'static str,
        at: SimTime,
        arrives: Option<SimTime>,
    ) {
        let flight = Flight { from, twin, to, kind, at, arrives, held: None };
        self.under_way.insert(message, flight);
    }

    /// A fault lets the message go. Who sent it to whom, and its kind.
    pub(super) fn released(
        &mut self,
        message: u64,
        at: SimTime,
        (fault, arrives): (usize, SimTime),
    ) -> Option<(Sender, NodeId, &'static str)> {
        let flight = self.under_way.get_mut(&message)?;
        (flight.arrives, flight.held) = (Some(arrives), Some((fault, at - flight.at)));
        Some(((flight.from, flight.twin), flight.to, flight.kind))
    }

    /// Who sent the lost message to whom, and its kind.
    pub(super) fn lost(&mut self, message: u64) -> Option<(Sender, NodeId, &'static str)> {
        let flight = self.under_way.remove(&message)?;
        Some(((flight.from, flight.twin), flight.to, flight.kind))
    }

    /// Whether the second instance of its sender sent the message.
    pub(super) fn is_of_twin(&self, message: u64) -> bool {
        self.under_way.get(&message).is_some_and(|flight| flight.twin)
    }

    pub(super) fn crashed(&mut self, node: NodeId, at: SimTime) {
        if let Some(crashed) = self.crashed.get_mut(node.index()) {
            *crashed = Some(at);
        }
    }

    pub(super) fn restarted(&mut self, node: NodeId, at: SimTime) {
        if let Some(restarted) = self.restarted.get_mut(node.index()) {
            *restarted = Some(at);
        }
    }

    /// How a message travelled that is handled now: how long, and what is remarkable about it.
    pub(super) fn handled(&mut self, message: u64, at: SimTime) -> String {
        let Some(flight) = self.under_way.remove(&message) else { return String::new() };
        let mut text = format!(", {} in flight", words::duration(at - flight.at));
        if let Some((fault, held)) = flight.held {
            text.push_str(&format!(", {} of it held by fault {fault}", words::duration(held)));
        }
        if let Some(arrived) = flight.arrives.filter(|arrives| *arrives < at) {
            let waited = words::duration(at - arrived);
            text.push_str(&format!(", including {waited} waiting at {}", flight.to));
        }
        let latest = self.latest.entry((flight.from, flight.to)).or_insert(flight.at);
        if flight.at < *latest {
            text.push_str(", overtaken by a later message");
        }
        *latest = flight.at.max(*latest);
        let since = |instants: &[Option<SimTime>], node: NodeId| {
            instants.get(node.index()).copied().flatten().is_some_and(|instant| instant > flight.at)
        };
        if since(&self.crashed, flight.from) {
            text.push_str(", its sender has crashed since");
        }
        if since(&self.restarted, flight.to) {
            text.push_str(&format!(", {} has restarted since", flight.to));
        }
        text
    }
}
