//! [`Hand`]: one process, driven by hand.

use std::collections::BTreeMap;

use paxos::single::{
    Config, Disk, Indication, Learn, Message, Process, Proposal, Record, Request, SendTo, Start,
    Timer, Value,
};
use paxos::{Ballot, Quorums};
use sim_node::{Context, Duration, Effect, LocalTime, Moment, Node, NodeId, Sink, Span, Stable};

/// A message and its receiver.
pub(crate) type Letter = (u32, Message);

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A plain configuration of so many acceptors, each of which proposes when it is asked to.
pub(crate) fn config(acceptors: u32) -> Config {
    Config {
        acceptors,
        separate: 0,
        start: Start::Nobody,
        prepare: Quorums::Majority.prepare(acceptors),
        accept: Quorums::Majority.accept(acceptors),
        send_to: SendTo::Everybody,
        learn: Learn::FromProposer,
        leader: None,
        prepare_ahead: false,
        backoff: Span::exactly(ms(50)),
        resend: ms(100),
        ask: ms(500),
        barrier: true,
        mutant: None,
    }
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
pub(crate) fn to(receivers: impl IntoIterator<Item = u32>, message: &Message) -> Vec<Letter> {
    receivers.into_iter().map(|receiver| (receiver, message.clone())).collect()
}

/// A process with its disk and its timers. The disk is fast, unless it is told otherwise.
pub(crate) struct Hand {
    pub(crate) id: u32,
    pub(crate) config: Config,
    pub(crate) process: Process,
    /// What is durable.
    pub(crate) disk: Disk,
    /// The timers that are set.
    pub(crate) timers: BTreeMap<Timer, Span>,
    /// What it has told so far, whatever became of the incarnation.
    pub(crate) told: Vec<Indication>,
    /// What the last step sent again.
    pub(crate) resent: usize,
    /// What its start sent.
    pub(crate) first: Vec<Letter>,
    /// A slow disk keeps what is written, and what is behind a barrier, until it is told to sync.
    pub(crate) slow_disk: bool,
    unsynced: Vec<Record>,
    held: Vec<Effect<Process>>,
    barred: bool,
}

/// Takes effects down. A process makes no choices.
struct Notebook(Vec<Effect<Process>>);

impl Sink<Process> for Notebook {
    fn emit(&mut self, effect: Effect<Process>) {
        self.0.push(effect);
    }

    fn choose(&mut self, _: u64) -> u64 {
        unreachable!("a process makes no choices")
    }
}

impl Hand {
    /// A process that starts for the first time.
    pub(crate) fn new(id: u32, config: Config) -> Self {
        Self::with_disk(id, config, Disk::default())
    }

    /// A process that starts with this on its disk.
    pub(crate) fn with_disk(id: u32, config: Config, disk: Disk) -> Self {
        let mut notebook = Notebook(Vec::new());
        let moment = moment(id, &config);
        let process = Process::start(&disk, &mut Context::new(&config, moment, &mut notebook));
        let mut hand = Self {
            id,
            config,
            process,
            disk,
            timers: BTreeMap::new(),
            told: Vec::new(),
            resent: 0,
            first: Vec::new(),
            slow_disk: false,
            unsynced: Vec::new(),
            held: Vec::new(),
            barred: false,
        };
        hand.first = hand.carry_out(notebook.0);
        hand
    }

    /// A crash, which keeps what is durable, and a restart. Returns what it sends at its start.
    pub(crate) fn restart(&mut self) -> Vec<Letter> {
        self.timers.clear();
        self.unsynced.clear();
        self.held.clear();
        self.barred = false;
        let disk = self.disk;
        self.step(|process, cx| *process = Process::start(&disk, cx))
    }

    /// A message arrives. Returns what the process sends to others.
    pub(crate) fn hear(&mut self, from: u32, message: Message) -> Vec<Letter> {
        self.step(|process, cx| process.on_message(NodeId::new(from), message, cx))
    }

    /// A timer fires, which must be set.
    pub(crate) fn fire(&mut self, timer: Timer) -> Vec<Letter> {
        assert!(self.timers.remove(&timer).is_some(), "{timer:?} is not set");
        self.step(|process, cx| process.on_timer(timer, cx))
    }

    /// It is asked to propose this.
    pub(crate) fn propose(&mut self, value: u64) -> Vec<Letter> {
        self.step(|process, cx| process.on_request(Request::Propose(Value(value)), cx))
    }

    /// What was written is durable now. Returns what had waited for it.
    pub(crate) fn sync(&mut self) -> Vec<Letter> {
        for record in std::mem::take(&mut self.unsynced) {
            self.disk.apply(&record);
        }
        self.barred = false;
        let held = std::mem::take(&mut self.held);
        self.carry_out(held)
    }

    /// What it has promised, as an acceptor.
    pub(crate) fn promised(&self) -> Option<Ballot> {
        self.process.acceptor().expect("an acceptor").promised
    }

    /// What it has accepted, as an acceptor.
    pub(crate) fn accepted(&self) -> Option<Proposal> {
        self.process.acceptor().expect("an acceptor").accepted
    }

    fn step(
        &mut self,
        handler: impl FnOnce(&mut Process, &mut Context<'_, Process>),
    ) -> Vec<Letter> {
        self.resent = 0;
        self.inner_step(handler)
    }

    fn inner_step(
        &mut self,
        handler: impl FnOnce(&mut Process, &mut Context<'_, Process>),
    ) -> Vec<Letter> {
        let mut notebook = Notebook(Vec::new());
        let moment = moment(self.id, &self.config);
        handler(&mut self.process, &mut Context::new(&self.config, moment, &mut notebook));
        self.process.check(&self.config);
        self.carry_out(notebook.0)
    }

    /// What it sends itself arrives after the step; the rest is returned.
    fn carry_out(&mut self, effects: Vec<Effect<Process>>) -> Vec<Letter> {
        let mut letters = Vec::new();
        for effect in effects {
            match effect {
                Effect::Send { .. } | Effect::Indicate(_) if self.barred => self.held.push(effect),
                Effect::Send { to, message, resend } => {
                    self.resent += usize::from(resend);
                    letters.push((to.number(), message));
                }
                Effect::SetTimer { timer, span } => {
                    self.timers.insert(timer, span);
                }
                Effect::CancelTimer(timer) => {
                    self.timers.remove(&timer);
                }
                Effect::Write(record) if self.slow_disk => self.unsynced.push(record),
                Effect::Write(record) => self.disk.apply(&record),
                Effect::Barrier => self.barred = self.barred || !self.unsynced.is_empty(),
                Effect::Indicate(indication) => self.told.push(indication),
                Effect::Mark(_) => {}
            }
        }
        let mut out = Vec::new();
        for (to, message) in letters {
            if to == self.id {
                let id = NodeId::new(to);
                out.extend(self.inner_step(|process, cx| process.on_message(id, message, cx)));
            } else {
                out.push((to, message));
            }
        }
        out
    }
}

fn moment(id: u32, config: &Config) -> Moment {
    let now = LocalTime::default() + ms(60_000);
    Moment { id: NodeId::new(id), servers: config.acceptors, now, ..Moment::default() }
}
