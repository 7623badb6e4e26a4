//! [`Hand`]: one server, driven by hand.

use std::collections::BTreeMap;

use paxos::Ballot;
use paxos::multi::{
    Accept, Config, Disk, Indication, Message, Promise, Record, Server, Slot, Timer, Value,
};
use service::{ClientId, Command, Key, Operation, Reply, Request};
use sim_node::{Context, Effect, LocalTime, Moment, Node, NodeId, Sink, Span, Stable};

use crate::cluster::ms;

/// A message and its receiver.
pub(crate) type Letter = (NodeId, Message);

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
    Value::Commands(vec![put(sequence)])
}

pub(crate) fn accept(ballot: Ballot, slot: u64, value: Value, upto: u64) -> Message {
    Message::Accept(Accept { ballot, slot: Slot(slot), value, upto: Slot(upto) })
}

/// A promise of an acceptor that has executed so much and voted so.
pub(crate) fn promise(ballot: Ballot, executed: u64, votes: &[(u64, Ballot, Value)]) -> Message {
    let vote = |(slot, ballot, value): &(u64, Ballot, Value)| (Slot(*slot), *ballot, value.clone());
    let votes = votes.iter().map(vote).collect();
    let executed = Slot(executed);
    let chosen = Vec::new();
    Message::Promise(Promise { ballot, executed, above: executed, votes, chosen })
}

/// The proposals among some letters: receiver, slot, value.
pub(crate) fn proposals(letters: &[Letter]) -> Vec<(u32, u64, Value)> {
    let of = |(to, message): &Letter| match message {
        Message::Accept(one) => Some((to.number(), one.slot.0, one.value.clone())),
        _ => None,
    };
    letters.iter().filter_map(of).collect()
}

/// The answers to clients among some letters.
pub(crate) fn replies(letters: &[Letter]) -> Vec<Reply> {
    let of = |(_, message): &Letter| match message {
        Message::Reply(reply) => Some(reply.clone()),
        _ => None,
    };
    letters.iter().filter_map(of).collect()
}

/// A server with its disk, its timers and its clock. The disk is fast, unless it is told otherwise.
pub(crate) struct Hand {
    id: NodeId,
    config: Config,
    pub(crate) server: Server,
    /// What is durable.
    pub(crate) disk: Disk,
    /// The timers that are set.
    pub(crate) timers: BTreeMap<Timer, Span>,
    now: LocalTime,
    /// Marks of the last step.
    pub(crate) marks: Vec<&'static str>,
    /// Votes that were told.
    pub(crate) told: Vec<Indication>,
    /// A slow disk keeps what is written, and what is behind a barrier, until it is told to sync.
    pub(crate) slow_disk: bool,
    unsynced: Vec<Record>,
    held: Vec<Letter>,
    barred: bool,
}

/// Takes effects down. A server makes no choices.
struct Notebook(Vec<Effect<Server>>);

impl Sink<Server> for Notebook {
    fn emit(&mut self, effect: Effect<Server>) {
        self.0.push(effect);
    }

    fn choose(&mut self, _: u64) -> u64 {
        unreachable!("a server makes no choices")
    }
}

impl Hand {
    /// A server that starts for the first time. Returns what it sends then, too.
    pub(crate) fn new(id: u32, config: Config) -> (Self, Vec<Letter>) {
        Self::with_disk(id, config, Disk::default())
    }

    /// A server that starts with this on its disk.
    pub(crate) fn with_disk(id: u32, config: Config, disk: Disk) -> (Self, Vec<Letter>) {
        let now = LocalTime::default() + ms(60_000);
        let mut notebook = Notebook(Vec::new());
        let moment = Moment { id: node(id), servers: 5, now, ..Moment::default() };
        let server = Server::start(&disk, &mut Context::new(&config, moment, &mut notebook));
        let mut hand = Self {
            id: node(id),
            config,
            server,
            disk,
            timers: BTreeMap::new(),
            now,
            marks: Vec::new(),
            told: Vec::new(),
            slow_disk: false,
            unsynced: Vec::new(),
            held: Vec::new(),
            barred: false,
        };
        let letters = hand.carry_out(notebook.0);
        (hand, letters)
    }

    /// Server 0 of five, after phase 1 with nothing reported: it leads in ballot 1.0.
    pub(crate) fn leader(config: Config) -> Self {
        let (mut hand, _) = Self::new(0, config);
        for acceptor in [1, 2] {
            hand.hear(acceptor, promise(ballot(1, 0), 0, &[]));
        }
        assert!(hand.server.is_leader(), "a majority has promised");
        hand
    }

    /// A crash, which keeps what is durable, and a restart.
    pub(crate) fn restart(&mut self) -> Vec<Letter> {
        let (hand, letters) =
            Self::with_disk(self.id.number(), self.config.clone(), self.disk.clone());
        *self = hand;
        letters
    }

    /// A message arrives. Returns what the server sends to others.
    pub(crate) fn hear(&mut self, from: u32, message: Message) -> Vec<Letter> {
        self.step(|server, cx| server.on_message(node(from), message, cx))
    }

    /// The client asks.
    pub(crate) fn ask(&mut self, request: Request) -> Vec<Letter> {
        self.hear(CLIENT.number(), Message::Request(request))
    }

    /// These acceptors have accepted in a slot, in the server's ballot.
    pub(crate) fn accepted(&mut self, slot: u64, acceptors: &[u32]) -> Vec<Letter> {
        let ballot = self.server.ballot().expect("it proposes");
        let accepted = || Message::Accepted { ballot, slot: Slot(slot) };
        acceptors.iter().flat_map(|one| self.hear(*one, accepted())).collect()
    }

    /// A timer fires, which must be set.
    pub(crate) fn fire(&mut self, timer: Timer) -> Vec<Letter> {
        assert!(self.timers.remove(&timer).is_some(), "{timer:?} is not set");
        self.step(|server, cx| server.on_timer(timer, cx))
    }

    /// An administrator asks for members.
    pub(crate) fn wish(&mut self, members: &[u32]) -> Vec<Letter> {
        let members = members.iter().copied().map(node).collect();
        self.step(|server, cx| server.on_request(paxos::multi::Admin::Reconfigure(members), cx))
    }

    /// Time goes by on its clock.
    pub(crate) fn wait(&mut self, millis: u64) {
        self.now = self.now + ms(millis);
    }

    /// What was written is durable now. Returns what had waited for it.
    pub(crate) fn sync(&mut self) -> Vec<Letter> {
        for record in std::mem::take(&mut self.unsynced) {
            self.disk.apply(&record);
        }
        self.barred = false;
        let held = std::mem::take(&mut self.held);
        self.post(held)
    }

    pub(crate) fn executed(&self) -> u64 {
        self.server.executed().0
    }

    pub(crate) fn value(&self) -> Option<&str> {
        self.server.store().get(Key(0))
    }

    fn step(&mut self, handler: impl FnOnce(&mut Server, &mut Context<'_, Server>)) -> Vec<Letter> {
        self.marks.clear();
        self.inner_step(handler)
    }

    fn inner_step(
        &mut self,
        handler: impl FnOnce(&mut Server, &mut Context<'_, Server>),
    ) -> Vec<Letter> {
        let mut notebook = Notebook(Vec::new());
        let moment = Moment { id: self.id, servers: 5, now: self.now, ..Moment::default() };
        handler(&mut self.server, &mut Context::new(&self.config, moment, &mut notebook));
        self.server.check(&self.config);
        self.carry_out(notebook.0)
    }

    fn carry_out(&mut self, effects: Vec<Effect<Server>>) -> Vec<Letter> {
        let mut letters = Vec::new();
        for effect in effects {
            match effect {
                // The detector is tested by itself.
                Effect::Send { message: Message::Detector(_), .. } => {}
                Effect::Send { to, message, .. } if self.barred => self.held.push((to, message)),
                Effect::Send { to, message, .. } => letters.push((to, message)),
                Effect::SetTimer { timer, span } => {
                    self.timers.insert(timer, span);
                }
                Effect::CancelTimer(timer) => {
                    self.timers.remove(&timer);
                }
                Effect::Write(record) if self.slow_disk => self.unsynced.push(record),
                Effect::Write(record) => self.disk.apply(&record),
                Effect::Barrier => self.barred = self.barred || !self.unsynced.is_empty(),
                Effect::Indicate(vote) => self.told.push(vote),
                Effect::Mark(mark) => self.marks.push(mark),
            }
        }
        self.post(letters)
    }

    /// What it sends itself arrives at once; the rest is returned.
    fn post(&mut self, letters: Vec<Letter>) -> Vec<Letter> {
        let mut out = Vec::new();
        for (to, message) in letters {
            if to == self.id {
                let id = self.id;
                out.extend(self.inner_step(|server, cx| server.on_message(id, message, cx)));
            } else {
                out.push((to, message));
            }
        }
        out
    }
}
