//! [`Hand`]: one server, driven by hand.

use std::collections::BTreeMap;

use raft::{Config, Disk, Index, Message, Server, Timer};
use service::{Command, Key};
use sim_node::{Context, Effect, LocalTime, Moment, Node, NodeId, Sink, Span, Stable};

use crate::cluster::ms;
pub(crate) use crate::letters::*;

/// A message and its receiver.
pub(crate) type Letter = (NodeId, Message);

pub(crate) const fn node(number: u32) -> NodeId {
    NodeId::new(number)
}

/// A client.
pub(crate) const CLIENT: NodeId = NodeId::new(100);

/// A server with its disk, its timers and its clock. The disk is fast, unless it is told otherwise.
pub(crate) struct Hand {
    pub(crate) id: NodeId,
    pub(crate) config: Config,
    pub(crate) server: Server,
    /// What is durable.
    pub(crate) disk: Disk,
    /// The timers that are set.
    pub(crate) timers: BTreeMap<Timer, Span>,
    pub(crate) now: LocalTime,
    /// All effects of the last step, and of the steps of what it sent itself.
    pub(crate) effects: Vec<Effect<Server>>,
    /// A slow disk keeps what is written, and what is behind a barrier, until it is told to sync.
    pub(crate) slow_disk: bool,
    /// What is written and not durable, and the messages that wait for that.
    unsynced: Vec<raft::Record>,
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
    /// A server that starts for the first time.
    pub(crate) fn new(id: u32, config: Config) -> Self {
        Self::with_disk(id, config, Disk::default())
    }

    /// A server that starts with this on its disk, a minute after its clock's zero.
    pub(crate) fn with_disk(id: u32, config: Config, disk: Disk) -> Self {
        let now = LocalTime::default() + ms(60_000);
        let mut notebook = Notebook(Vec::new());
        let moment = Moment { id: node(id), servers: 9, now, ..Moment::default() };
        let server = Server::start(&disk, &mut Context::new(&config, moment, &mut notebook));
        let mut hand = Self {
            id: node(id),
            config,
            server,
            disk,
            timers: BTreeMap::new(),
            now,
            effects: Vec::new(),
            slow_disk: false,
            unsynced: Vec::new(),
            held: Vec::new(),
            barred: false,
        };
        assert!(hand.carry_out(notebook.0).is_empty(), "a server starts in silence");
        hand
    }

    /// A crash, which keeps what is durable, and a restart.
    pub(crate) fn restart(&mut self) {
        self.timers.clear();
        self.unsynced.clear();
        self.held.clear();
        self.barred = false;
        let disk = self.disk.clone();
        self.step(|server, cx| *server = Server::start(&disk, cx));
    }

    /// Its election timer fires, and all others vote for it until it leads. Returns what it sends
    /// then.
    pub(crate) fn elect(&mut self) -> Vec<Letter> {
        let mut letters = self.fire(Timer::Election);
        for voter in self.config.members.clone() {
            if voter != self.id && !self.server.is_leader() {
                letters = self.hear(voter.number(), vote(self.term(), true));
            }
        }
        assert!(self.server.is_leader(), "everybody votes for it");
        letters
    }

    /// A message arrives. Returns what the server sends.
    pub(crate) fn hear(&mut self, from: u32, message: Message) -> Vec<Letter> {
        self.step(|server, cx| server.on_message(node(from), message, cx))
    }

    /// A timer fires, which must be set.
    pub(crate) fn fire(&mut self, timer: Timer) -> Vec<Letter> {
        assert!(self.timers.remove(&timer).is_some(), "{timer:?} is not set");
        self.step(|server, cx| server.on_timer(timer, cx))
    }

    /// An administrator asks.
    pub(crate) fn wish(&mut self, wish: raft::Admin) -> Vec<Letter> {
        self.step(|server, cx| server.on_request(wish, cx))
    }

    /// A client asks.
    pub(crate) fn ask(&mut self, sequence: u64, command: Command) -> Vec<Letter> {
        self.hear(CLIENT.number(), request(sequence, command))
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

    pub(crate) fn role(&self) -> &'static str {
        self.server.role().expect("a server has a role").name
    }

    pub(crate) fn term(&self) -> u64 {
        self.server.term().0
    }

    /// The terms of its entries.
    pub(crate) fn terms(&self) -> Vec<u64> {
        self.server.log().from(Index(0)).map(|(_, entry)| entry.term.0).collect()
    }

    pub(crate) fn commit(&self) -> u64 {
        self.server.commit().0
    }

    pub(crate) fn value(&self, key: u32) -> Option<&str> {
        self.server.store().get(Key(key))
    }

    /// Whether the last step emitted this mark.
    pub(crate) fn marked(&self, mark: &str) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Mark(name) if *name == mark))
    }

    /// Whether the last step set this timer.
    pub(crate) fn has_set(&self, timer: Timer) -> bool {
        let set = |effect: &Effect<Server>| match effect {
            Effect::SetTimer { timer, .. } => Some(*timer),
            _ => None,
        };
        self.effects.iter().filter_map(set).any(|set| set == timer)
    }

    fn step(&mut self, handler: impl FnOnce(&mut Server, &mut Context<'_, Server>)) -> Vec<Letter> {
        self.effects.clear();
        self.inner_step(handler)
    }

    fn inner_step(
        &mut self,
        handler: impl FnOnce(&mut Server, &mut Context<'_, Server>),
    ) -> Vec<Letter> {
        let mut notebook = Notebook(Vec::new());
        let moment = Moment { id: self.id, servers: 9, now: self.now, ..Moment::default() };
        handler(&mut self.server, &mut Context::new(&self.config, moment, &mut notebook));
        self.server.check(&self.config);
        self.carry_out(notebook.0)
    }

    fn carry_out(&mut self, effects: Vec<Effect<Server>>) -> Vec<Letter> {
        let mut letters = Vec::new();
        self.effects.extend(effects.iter().cloned());
        for effect in effects {
            match effect {
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
                Effect::Indicate(never) => match never {},
                Effect::Mark(_) => {}
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
