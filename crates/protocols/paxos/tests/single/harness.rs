//! [`TestProcess`]: one process in the test harness.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};

use paxos::Ballot;
use paxos::single::{
    Disk, Message, Process, Proposal, Request, Settings, Start, Timer, Trusted, Value,
};
use sim_node::{Duration, Effect, Harness, NodeId, Span};

/// A message and its receiver.
pub(crate) type Sent = (u32, Message);

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A plain configuration of so many acceptors, each of which proposes when it is asked to.
pub(crate) fn config(acceptors: u32) -> Settings {
    Settings { start: Start::Nobody, backoff: Span::exactly(ms(50)), ..Settings::new(acceptors) }
}

/// A detector with a heartbeat so often.
pub(crate) fn omega(period: Duration) -> Option<Trusted> {
    Some(Trusted::Omega { period, timeout: ms(250), increase: ms(100) })
}

/// The ballot of this round and proposer.
pub(crate) fn ballot(round: u64, proposer: u32) -> Ballot {
    Ballot { round, proposer: NodeId::new(proposer) }
}

/// The proposal of this round, proposer and value.
pub(crate) fn proposal(round: u64, proposer: u32, value: u64) -> Proposal {
    Proposal { ballot: ballot(round, proposer), value: Value(value) }
}

pub(crate) fn prepare(round: u64, proposer: u32) -> Message {
    Message::Prepare(ballot(round, proposer))
}

pub(crate) fn promise(round: u64, proposer: u32, accepted: Option<Proposal>) -> Message {
    Message::Promise { ballot: ballot(round, proposer), accepted }
}

pub(crate) fn accept(round: u64, proposer: u32, value: u64) -> Message {
    Message::Accept(proposal(round, proposer, value))
}

pub(crate) fn accepted(round: u64, proposer: u32, value: u64) -> Message {
    Message::Accepted(proposal(round, proposer, value))
}

pub(crate) fn refuse(promised: Ballot) -> Message {
    Message::Refuse(promised)
}

/// The same message to all of these.
pub(crate) fn to(receivers: impl IntoIterator<Item = u32>, message: &Message) -> Vec<Sent> {
    receivers.into_iter().map(|receiver| (receiver, message.clone())).collect()
}

/// A process in the test harness, in words of Paxos.
pub(crate) struct TestProcess {
    harness: Harness<Process>,
    /// What its start sent.
    pub(crate) first: Vec<Sent>,
}

impl Deref for TestProcess {
    type Target = Harness<Process>;
    fn deref(&self) -> &Self::Target {
        &self.harness
    }
}

impl DerefMut for TestProcess {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.harness
    }
}

impl TestProcess {
    /// A process that starts for the first time.
    pub(crate) fn new(id: u32, config: Settings) -> Self {
        Self::with_disk(id, config, Disk::default())
    }

    /// A process that starts with this on its disk.
    pub(crate) fn with_disk(id: u32, config: Settings, disk: Disk) -> Self {
        let acceptors = config.nodes;
        let (mut process, first) =
            Harness::with_disk(config.into(), NodeId::new(id), acceptors, disk);
        // A process makes no choices.
        process.choices = Some(VecDeque::new());
        Self { harness: process, first: numbered(first) }
    }

    /// A crash, which keeps what is durable, and a restart. Returns what it sends at its start.
    pub(crate) fn restart(&mut self) -> Vec<Sent> {
        numbered(self.harness.restart())
    }

    /// A message arrives. Returns what the process sends to others.
    pub(crate) fn receive(&mut self, from: u32, message: Message) -> Vec<Sent> {
        numbered(self.harness.receive(NodeId::new(from), message))
    }

    /// A timer fires, which must be set.
    pub(crate) fn fire(&mut self, timer: Timer) -> Vec<Sent> {
        numbered(self.harness.fire(timer))
    }

    /// It is asked to propose this.
    pub(crate) fn propose(&mut self, value: u64) -> Vec<Sent> {
        numbered(self.harness.ask(Request::Propose(Value(value))))
    }

    /// What was written is durable now. Returns what had waited for it.
    pub(crate) fn sync(&mut self) -> Vec<Sent> {
        numbered(self.harness.sync())
    }

    /// What it has promised, as an acceptor.
    pub(crate) fn promised(&self) -> Option<Ballot> {
        self.node.acceptor().expect("an acceptor").promised
    }

    /// What it has accepted, as an acceptor.
    pub(crate) fn accepted(&self) -> Option<Proposal> {
        self.node.acceptor().expect("an acceptor").accepted
    }

    /// How much of what the last step sent was sent again.
    pub(crate) fn resent(&self) -> usize {
        let is_resend = |effect: &&_| matches!(effect, Effect::Send { resend: true, .. });
        self.effects.iter().filter(is_resend).count()
    }
}

fn numbered(sent: Vec<(NodeId, Message)>) -> Vec<Sent> {
    sent.into_iter().map(|(to, message)| (to.number(), message)).collect()
}
