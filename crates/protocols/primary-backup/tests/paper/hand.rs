//! [`Hand`]: one node, driven by hand. Its disk takes no time.

use std::collections::BTreeMap;

use primary_backup::{Config, Forward, Message, Reads, Stamp, ViewNumber};
use service::{ClientId, Command, Key, Operation, Request};
use sim_node::{
    Context, Duration, Effect, LocalTime, Moment, Node, NodeId, Ratio, Sink, Span, Stable,
};

/// A message and its receiver.
pub(crate) type Letter = (NodeId, Message);

pub(crate) const fn node(number: u32) -> NodeId {
    NodeId::new(number)
}

pub(crate) const fn view(number: u64) -> ViewNumber {
    ViewNumber(number)
}

/// A client.
pub(crate) const CLIENT: NodeId = NodeId::new(100);

/// So many replicas; all but one are backups.
pub(crate) fn config(replicas: u32) -> Config {
    Config {
        replicas,
        backups: replicas - 1,
        ping: Duration::from_millis(30),
        timeout: Duration::from_millis(150),
        retry: Duration::from_millis(40),
        reads: Reads::Forward,
        lease: Duration::from_millis(200),
        lease_drift: Ratio::from_percent(10),
        chunk: 1,
        batch: 8,
        disks: true,
        bound: None,
        drop_after: None,
        mutant: None,
    }
}

/// A node with its disk, its timers and its clock.
pub(crate) struct Hand<N: Node> {
    id: NodeId,
    pub(crate) config: N::Config,
    pub(crate) node: N,
    pub(crate) disk: N::Stable,
    pub(crate) timers: BTreeMap<N::Timer, Span>,
    pub(crate) now: LocalTime,
    pub(crate) marks: Vec<&'static str>,
}

struct Notebook<N: Node>(Vec<Effect<N>>);

impl<N: Node> Sink<N> for Notebook<N> {
    fn emit(&mut self, effect: Effect<N>) {
        self.0.push(effect);
    }

    fn choose(&mut self, _: u64) -> u64 {
        unreachable!("no choices are made")
    }
}

impl<N: Node<Config = Config, Message = Message>> Hand<N> {
    pub(crate) fn new(id: u32, config: Config) -> (Self, Vec<Letter>) {
        let now = LocalTime::default() + Duration::from_secs(60);
        let mut notebook = Notebook(Vec::new());
        let moment = Moment { id: node(id), servers: config.replicas, now, ..Moment::default() };
        let disk = N::Stable::default();
        let inner = N::start(&disk, &mut Context::new(&config, moment, &mut notebook));
        let (timers, marks) = (BTreeMap::new(), Vec::new());
        let mut hand = Self { id: node(id), config, node: inner, disk, timers, now, marks };
        let letters = hand.carry_out(notebook.0);
        (hand, letters)
    }

    /// A crash, which keeps the disk, and a restart.
    pub(crate) fn restart(&mut self) -> Vec<Letter> {
        self.timers.clear();
        let disk = self.disk.clone();
        self.step(|node, cx| *node = N::start(&disk, cx))
    }

    /// A message arrives. Returns what the node sends.
    pub(crate) fn hear(&mut self, from: NodeId, message: Message) -> Vec<Letter> {
        self.step(|node, cx| node.on_message(from, message, cx))
    }

    /// A timer fires, which must be set.
    pub(crate) fn fire(&mut self, timer: N::Timer) -> Vec<Letter> {
        assert!(self.timers.remove(&timer).is_some(), "{timer:?} is not set");
        self.step(|node, cx| node.on_timer(timer, cx))
    }

    pub(crate) fn wait(&mut self, millis: u64) {
        self.now = self.now + Duration::from_millis(millis);
    }

    fn step(&mut self, handler: impl FnOnce(&mut N, &mut Context<'_, N>)) -> Vec<Letter> {
        let mut notebook = Notebook(Vec::new());
        let servers = self.config.replicas;
        let moment = Moment { id: self.id, servers, now: self.now, ..Moment::default() };
        handler(&mut self.node, &mut Context::new(&self.config, moment, &mut notebook));
        self.node.check(&self.config);
        self.marks.clear();
        self.carry_out(notebook.0)
    }

    /// What it sends itself arrives at once; the rest is returned.
    fn carry_out(&mut self, effects: Vec<Effect<N>>) -> Vec<Letter> {
        let mut letters = Vec::new();
        for effect in effects {
            match effect {
                Effect::Send { to, message, .. } => letters.push((to, message)),
                Effect::SetTimer { timer, span } => {
                    self.timers.insert(timer, span);
                }
                Effect::CancelTimer(timer) => {
                    self.timers.remove(&timer);
                }
                Effect::Write(record) => self.disk.apply(&record),
                Effect::Mark(name) => self.marks.push(name),
                Effect::Barrier | Effect::Indicate(_) => {}
            }
        }
        let mut out = Vec::new();
        for (to, message) in letters {
            if to == self.id {
                out.extend(self.hear(to, message));
            } else {
                out.push((to, message));
            }
        }
        out
    }
}

/// A client's update; each has a session of its own.
pub(crate) fn put(number: u64) -> Request {
    request(number, Command::Put(Key(0), format!("v{number}")))
}

pub(crate) fn get(number: u64) -> Request {
    request(number, Command::Get(Key(0)))
}

fn request(number: u64, command: Command) -> Request {
    let client = ClientId { node: CLIENT, session: number };
    Request { operation: Operation { client, sequence: 1 }, command }
}

/// Updates of a view, as its primary sends them; the numbers are those of the puts.
pub(crate) fn forward(reign: u64, since: u64, after: u64, puts: &[u64]) -> Message {
    let stamp = Stamp { view: view(reign), reign: view(reign), since: view(since) };
    let after = primary_backup::Number(after);
    let updates = puts.iter().map(|number| put(*number)).collect();
    Message::Forward(Forward { stamp, after, updates, stable: primary_backup::Number(0) })
}

/// The kinds of what is sent, without pings and pongs, and to whom.
pub(crate) fn kinds(letters: &[Letter]) -> Vec<(u32, &'static str)> {
    let kind = |message: &Message| {
        <Message as sim_node::Message>::KINDS[sim_node::Message::kind(message)].0
    };
    let all = letters.iter().map(|(to, message)| (to.number(), kind(message)));
    all.filter(|(_, kind)| !["Ping", "Pong"].contains(kind)).collect()
}
