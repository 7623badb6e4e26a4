//! [`TestServer`]: one server in the test harness.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use paxos::Ballot;
use paxos::multi::{Accept, Disk, Message, Promise, Server, Settings, Slot, Timer, Value};
use service::{ClientId, Command, Key, Operation, Reply, Request};
use sim_node::{Harness, NodeId};

use crate::cluster::ms;

/// A message and its receiver.
pub(crate) type Sent = (NodeId, Message);

pub(crate) const fn node(number: u32) -> NodeId {
    NodeId::new(number)
}

/// A client.
pub(crate) const CLIENT: NodeId = NodeId::new(100);

pub(crate) fn ballot(round: u64, proposer: u32) -> Ballot {
    Ballot { round, proposer: node(proposer) }
}

/// An operation of the client that puts its number under key 0.
pub(crate) fn put(sequence: u64) -> Request {
    request(sequence, Command::Put(Key(0), sequence.to_string()))
}

pub(crate) fn request(sequence: u64, command: Command) -> Request {
    Request { operation: operation(sequence), command }
}

pub(crate) fn operation(sequence: u64) -> Operation {
    Operation { client: ClientId { node: CLIENT, session: 0 }, sequence }
}

pub(crate) fn command(sequence: u64) -> Value {
    Value::Commands([put(sequence)].into())
}

pub(crate) fn accept(ballot: Ballot, slot: u64, value: Value, upto: u64) -> Message {
    Message::Accept(Arc::new(Accept { ballot, slot: Slot(slot), value, upto: Slot(upto) }))
}

/// A promise of an acceptor that has executed so much and voted so.
pub(crate) fn promise(ballot: Ballot, executed: u64, votes: &[(u64, Ballot, Value)]) -> Message {
    let vote = |(slot, ballot, value): &(u64, Ballot, Value)| (Slot(*slot), *ballot, value.clone());
    let votes = votes.iter().map(vote).collect();
    let executed = Slot(executed);
    let chosen = Vec::new();
    Message::Promise(Box::new(Promise { ballot, executed, above: executed, votes, chosen }))
}

/// The proposals among some sent: receiver, slot, value.
pub(crate) fn proposals(sent: &[Sent]) -> Vec<(u32, u64, Value)> {
    let of = |(to, message): &Sent| match message {
        Message::Accept(one) => Some((to.number(), one.slot.0, one.value.clone())),
        _ => None,
    };
    sent.iter().filter_map(of).collect()
}

/// The answers to clients among some sent.
pub(crate) fn replies(sent: &[Sent]) -> Vec<Reply> {
    let of = |(_, message): &Sent| match message {
        Message::Reply(reply) => Some(Reply::clone(reply)),
        _ => None,
    };
    sent.iter().filter_map(of).collect()
}

/// A server in the test harness, in words of Paxos.
pub(crate) struct TestServer(Harness<Server>);

impl Deref for TestServer {
    type Target = Harness<Server>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for TestServer {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl TestServer {
    /// A server of five that starts for the first time. Returns what it sends then, too.
    pub(crate) fn new(id: u32, config: Settings) -> (Self, Vec<Sent>) {
        Self::with_disk(id, config, Disk::default())
    }

    /// The same, with this on its disk.
    pub(crate) fn with_disk(id: u32, config: Settings, disk: Disk) -> (Self, Vec<Sent>) {
        let (mut server, sent) = Harness::with_disk(config.into(), node(id), 5, disk);
        // A server makes no choices.
        server.choices = Some(VecDeque::new());
        (Self(server), without_detector(sent))
    }

    /// Server 0 of five, after phase 1 with nothing reported: it leads in ballot 1.0.
    pub(crate) fn leader(config: Settings) -> Self {
        let (mut server, _) = Self::new(0, config);
        for acceptor in [1, 2] {
            server.receive(acceptor, promise(ballot(1, 0), 0, &[]));
        }
        assert!(server.node.is_leader(), "a majority has promised");
        server
    }

    /// A crash, which keeps what is durable, and a restart.
    pub(crate) fn restart(&mut self) -> Vec<Sent> {
        without_detector(self.0.restart())
    }

    /// The same, when everything that was written had become durable.
    pub(crate) fn restart_with_all(&mut self) -> Vec<Sent> {
        let written = self.unsynced();
        without_detector(self.0.restart_with(written))
    }

    /// A message arrives. Returns what the server sends to others.
    pub(crate) fn receive(&mut self, from: u32, message: Message) -> Vec<Sent> {
        without_detector(self.0.receive(node(from), message))
    }

    /// The client asks.
    pub(crate) fn ask(&mut self, request: Request) -> Vec<Sent> {
        self.receive(CLIENT.number(), Message::Request(Box::new(request)))
    }

    /// These acceptors have accepted in a slot, in the server's ballot.
    pub(crate) fn accepted(&mut self, slot: u64, acceptors: &[u32]) -> Vec<Sent> {
        let ballot = self.node.ballot().expect("it proposes");
        let accepted = || Message::Accepted { ballot, slot: Slot(slot) };
        acceptors.iter().flat_map(|one| self.receive(*one, accepted())).collect()
    }

    /// A timer fires, which must be set.
    pub(crate) fn fire(&mut self, timer: Timer) -> Vec<Sent> {
        without_detector(self.0.fire(timer))
    }

    /// An administrator asks for members.
    pub(crate) fn reconfigure(&mut self, members: &[u32]) -> Vec<Sent> {
        let members = members.iter().copied().map(node).collect();
        without_detector(self.0.ask(paxos::multi::Admin::Reconfigure(members)))
    }

    /// Time goes by on its clock.
    pub(crate) fn wait(&mut self, millis: u64) {
        self.0.wait(ms(millis));
    }

    /// What was written is durable now. Returns what had waited for it.
    pub(crate) fn sync(&mut self) -> Vec<Sent> {
        without_detector(self.0.sync())
    }

    pub(crate) fn executed(&self) -> u64 {
        self.node.executed().0
    }

    pub(crate) fn value(&self) -> Option<&str> {
        self.node.store().get(Key(0))
    }
}

/// The detector is tested by itself.
fn without_detector(mut sent: Vec<Sent>) -> Vec<Sent> {
    sent.retain(|(_, message)| !matches!(message, Message::Detector(_)));
    sent
}
