//! [`TestServer`]: one server in a test harness.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};

use raft::{Config, Disk, Index, Message, Server, Timer};
use service::{Command, Key};
use sim_node::{Effect, Harness, Node, NodeId};

use crate::cluster::ms;
pub(crate) use crate::messages::*;

/// A message and its receiver.
pub(crate) type Sent = (NodeId, Message);

pub(crate) const fn node(number: u32) -> NodeId {
    NodeId::new(number)
}

/// A client.
pub(crate) const CLIENT: NodeId = NodeId::new(100);

/// A server in a test harness, in terms of Raft.
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
    /// A server that starts for the first time.
    pub(crate) fn new(id: u32, config: Config) -> Self {
        Self::with_disk(id, config, Disk::default())
    }

    /// A server that starts with this on its disk.
    pub(crate) fn with_disk(id: u32, config: Config, disk: Disk) -> Self {
        let (mut server, sent) = Harness::with_disk(config, node(id), 9, disk);
        assert!(sent.is_empty(), "a server starts in silence");
        // A server makes no choices.
        server.choices = Some(VecDeque::new());
        Self(server)
    }

    /// A crash, which keeps what is durable, and a restart.
    pub(crate) fn restart(&mut self) {
        assert!(self.0.restart().is_empty(), "a server starts in silence");
    }

    /// Its election timer fires, and all others vote for it until it leads. Returns what it sends
    /// then.
    pub(crate) fn elect(&mut self) -> Vec<Sent> {
        let mut sent = self.fire(Timer::Election);
        for voter in self.config.voters() {
            if voter != self.id && !self.node.is_leader() {
                sent = self.receive(voter.number(), vote(self.term(), true));
            }
        }
        assert!(self.node.is_leader(), "all vote for it");
        sent
    }

    /// A message arrives. Returns what the server sends.
    pub(crate) fn receive(&mut self, from: u32, message: Message) -> Vec<Sent> {
        self.0.receive(node(from), message)
    }

    /// An administrator asks.
    pub(crate) fn admin(&mut self, command: raft::Admin) -> Vec<Sent> {
        self.0.ask(command)
    }

    /// A client asks.
    pub(crate) fn ask(&mut self, sequence: u64, command: Command) -> Vec<Sent> {
        self.receive(CLIENT.number(), request(sequence, command))
    }

    /// Time goes by on its clock.
    pub(crate) fn wait(&mut self, millis: u64) {
        self.0.wait(ms(millis));
    }

    pub(crate) fn role(&self) -> &'static str {
        self.node.role().expect("a server has a role").name
    }

    pub(crate) fn term(&self) -> u64 {
        self.node.term().0
    }

    /// The terms of its entries.
    pub(crate) fn terms(&self) -> Vec<u64> {
        self.node.log().from(Index(0)).map(|(_, entry)| entry.term.0).collect()
    }

    pub(crate) fn commit(&self) -> u64 {
        self.node.commit_index().0
    }

    pub(crate) fn value(&self, key: u32) -> Option<&str> {
        self.node.state_machine().get(Key(key))
    }

    /// Whether the last step emitted this mark.
    pub(crate) fn marked(&self, mark: &str) -> bool {
        self.marks.contains(&mark)
    }

    /// Whether the last step set this timer.
    pub(crate) fn has_set(&self, timer: Timer) -> bool {
        let set = |effect: &Effect<Server>| match effect {
            Effect::SetTimer { timer, .. } => Some(*timer),
            _ => None,
        };
        self.effects.iter().filter_map(set).any(|set| set == timer)
    }
}
