//! How fast a run goes: how far it has come since something was looked at last.

use sim_check::Properties;
use sim_node::{Class, Message, Node};

use super::World;

/// How far a run had come when something was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Way {
    time: u64,
    steps: u64,
    clients: u64,
}

/// How far it has come since then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    /// In nanoseconds.
    pub(super) span: u64,
    /// The first of its steps.
    pub(super) first: u64,
    pub(super) steps: u64,
    /// What remains until the deadline.
    pub(super) left: u64,
    /// Whether clients have sent anything.
    pub(super) served: bool,
}

/// So much in a span is how much in another one.
pub(super) fn by_then(much: u64, span: u64, left: u64) -> u128 {
    u128::from(left) * u128::from(much) / u128::from(span.max(1))
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// How far the run has come.
    pub(super) fn way(&self) -> Way {
        Way { time: self.now, steps: self.steps, clients: self.sent_by_clients() }
    }

    /// How far it has come since it had come so far.
    pub(super) fn since(&self, then: Way) -> Stretch {
        let (span, steps) = (self.now - then.time, self.steps - then.steps);
        Stretch {
            span,
            first: then.steps,
            steps,
            left: self.spec.deadline.as_nanos().saturating_sub(self.now),
            served: self.sent_by_clients() != then.clients,
        }
    }

    /// How many messages clients have sent.
    pub(super) fn sent_by_clients(&self) -> u64 {
        let sent = N::Message::KINDS.iter().zip(&self.tally.sent);
        let by_clients = sent.filter(|((_, class), _)| *class == Class::Client);
        by_clients.map(|(_, sent)| sent).sum()
    }
}
