//! [`Team`]: several servers, with a wire between them that carries what the test wants it to.

use std::collections::{BTreeSet, VecDeque};

use raft::{Admin, Config, Disk, Message, Timer};
use service::{Answer, Command};
use sim_node::NodeId;

use crate::hand::{Hand, Letter, answers, node};

/// Servers and the messages between them, first in, first out.
pub(crate) struct Team {
    pub(crate) hands: Vec<Hand>,
    /// Sender, receiver, message.
    pub(crate) wire: VecDeque<(NodeId, NodeId, Message)>,
    /// Servers that nobody hears and that hear nobody.
    pub(crate) cut: BTreeSet<u32>,
    /// What the client was answered.
    pub(crate) answered: Vec<Answer>,
    /// Every message that was delivered between servers.
    pub(crate) delivered: Vec<(NodeId, NodeId, Message)>,
}

impl Team {
    /// So many servers that start for the first time.
    pub(crate) fn new(servers: u32, config: &Config) -> Self {
        Self::with_disks(vec![Disk::default(); servers as usize], config)
    }

    /// Servers with these disks.
    pub(crate) fn with_disks(disks: Vec<Disk>, config: &Config) -> Self {
        let hands = (0..).zip(disks).map(|(id, disk)| Hand::with_disk(id, config.clone(), disk));
        Self {
            hands: hands.collect(),
            wire: VecDeque::new(),
            cut: BTreeSet::new(),
            answered: Vec::new(),
            delivered: Vec::new(),
        }
    }

    /// A timer fires at a server.
    pub(crate) fn fire(&mut self, id: u32, timer: Timer) {
        let letters = self.hand(id).fire(timer);
        self.post(id, letters);
    }

    /// A client asks a server.
    pub(crate) fn ask(&mut self, id: u32, sequence: u64, command: Command) {
        let letters = self.hand(id).ask(sequence, command);
        self.post(id, letters);
    }

    /// An administrator asks a server.
    pub(crate) fn wish(&mut self, id: u32, wish: Admin) {
        let letters = self.hand(id).wish(wish);
        self.post(id, letters);
    }

    pub(crate) fn hand(&mut self, id: u32) -> &mut Hand {
        &mut self.hands[id as usize]
    }

    /// What a server has sent goes onto the wire.
    pub(crate) fn post(&mut self, from: u32, letters: Vec<Letter>) {
        self.answered.extend(answers(&letters));
        for (to, message) in letters {
            let linked = !self.cut.contains(&from) && !self.cut.contains(&to.number());
            if linked && to.index() < self.hands.len() {
                self.wire.push_back((node(from), to, message));
            }
        }
    }

    /// Delivers everything, and what is sent because of it, until all is quiet.
    pub(crate) fn settle(&mut self) {
        self.settle_but(|_, _, _| false);
    }

    /// As [`Team::settle`], but loses some messages.
    pub(crate) fn settle_but(&mut self, lost: impl Fn(u32, u32, &Message) -> bool) {
        for _ in 0..100_000 {
            let Some((from, to, message)) = self.wire.pop_front() else { return };
            if lost(from.number(), to.number(), &message) {
                continue;
            }
            self.delivered.push((from, to, message.clone()));
            let letters = self.hand(to.number()).hear(from.number(), message);
            self.post(to.number(), letters);
        }
        panic!("it never becomes quiet");
    }

    /// A server's election timer fires, and it is elected.
    pub(crate) fn elect(&mut self, id: u32) {
        self.fire(id, Timer::Election);
        self.settle();
        assert!(self.hands[id as usize].node.is_leader(), "n{id} is elected");
    }

    /// A server's election timer fires until it is elected: others may have voted in the first
    /// terms.
    pub(crate) fn insist(&mut self, id: u32) {
        for _ in 0..5 {
            if !self.hands[id as usize].node.is_leader() {
                self.fire(id, Timer::Election);
                self.settle();
            }
        }
        assert!(self.hands[id as usize].node.is_leader(), "n{id} is elected in the end");
    }

    /// A leader shows that it lives, and all is delivered.
    pub(crate) fn beat(&mut self, id: u32) {
        self.fire(id, Timer::Heartbeat);
        self.settle();
    }
}
