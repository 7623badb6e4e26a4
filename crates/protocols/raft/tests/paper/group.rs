//! [`Group`]: several servers, and the messages between them, of which a test delivers those that
//! it wants to.

use std::collections::{BTreeSet, VecDeque};

use raft::{Admin, Config, Disk, Message, Timer};
use service::{Answer, Command};
use sim_node::NodeId;

use crate::server::{Sent, TestServer, answers, node};

/// Servers and the messages between them, first in, first out.
pub(crate) struct Group {
    pub(crate) servers: Vec<TestServer>,
    /// Sender, receiver, message.
    pub(crate) wire: VecDeque<(NodeId, NodeId, Message)>,
    /// Servers that neither send nor receive anything.
    pub(crate) cut: BTreeSet<u32>,
    /// What the client was answered.
    pub(crate) answered: Vec<Answer>,
    /// Every message that was delivered between servers.
    pub(crate) delivered: Vec<(NodeId, NodeId, Message)>,
}

impl Group {
    /// So many servers that start for the first time.
    pub(crate) fn new(servers: u32, config: &Config) -> Self {
        Self::with_disks(vec![Disk::default(); servers as usize], config)
    }

    /// Servers with these disks.
    pub(crate) fn with_disks(disks: Vec<Disk>, config: &Config) -> Self {
        let servers =
            (0..).zip(disks).map(|(id, disk)| TestServer::with_disk(id, config.clone(), disk));
        Self {
            servers: servers.collect(),
            wire: VecDeque::new(),
            cut: BTreeSet::new(),
            answered: Vec::new(),
            delivered: Vec::new(),
        }
    }

    /// A timer fires at a server.
    pub(crate) fn fire(&mut self, id: u32, timer: Timer) {
        let sent = self.server(id).fire(timer);
        self.transmit(id, sent);
    }

    /// A client asks a server.
    pub(crate) fn ask(&mut self, id: u32, sequence: u64, command: Command) {
        let sent = self.server(id).ask(sequence, command);
        self.transmit(id, sent);
    }

    /// An administrator asks a server.
    pub(crate) fn admin(&mut self, id: u32, command: Admin) {
        let sent = self.server(id).admin(command);
        self.transmit(id, sent);
    }

    pub(crate) fn server(&mut self, id: u32) -> &mut TestServer {
        &mut self.servers[id as usize]
    }

    /// What a server has sent goes onto the wire.
    pub(crate) fn transmit(&mut self, from: u32, sent: Vec<Sent>) {
        self.answered.extend(answers(&sent));
        for (to, message) in sent {
            let linked = !self.cut.contains(&from) && !self.cut.contains(&to.number());
            if linked && to.index() < self.servers.len() {
                self.wire.push_back((node(from), to, message));
            }
        }
    }

    /// Delivers everything, and what is sent because of it, until all is quiet.
    pub(crate) fn deliver_all(&mut self) {
        self.deliver_all_but(|_, _, _| false);
    }

    /// As [`Group::deliver_all`], but loses some messages.
    pub(crate) fn deliver_all_but(&mut self, lost: impl Fn(u32, u32, &Message) -> bool) {
        for _ in 0..100_000 {
            let Some((from, to, message)) = self.wire.pop_front() else { return };
            if lost(from.number(), to.number(), &message) {
                continue;
            }
            self.delivered.push((from, to, message.clone()));
            let sent = self.server(to.number()).receive(from.number(), message);
            self.transmit(to.number(), sent);
        }
        panic!("it never becomes quiet");
    }

    /// A server's election timer fires, and it is elected.
    pub(crate) fn elect(&mut self, id: u32) {
        self.fire(id, Timer::Election);
        self.deliver_all();
        assert!(self.servers[id as usize].node.is_leader(), "n{id} is elected");
    }

    /// A server's election timer fires until it is elected: others may have voted in the first
    /// terms.
    pub(crate) fn elect_in_the_end(&mut self, id: u32) {
        for _ in 0..5 {
            if !self.servers[id as usize].node.is_leader() {
                self.fire(id, Timer::Election);
                self.deliver_all();
            }
        }
        assert!(self.servers[id as usize].node.is_leader(), "n{id} is elected in the end");
    }

    /// A leader sends heartbeats, and all messages are delivered.
    pub(crate) fn heartbeat(&mut self, id: u32) {
        self.fire(id, Timer::Heartbeat);
        self.deliver_all();
    }
}
