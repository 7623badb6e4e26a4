//! [`Replica`]: a replica's state, and the one match that tells what it does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use service::{Answer, Assembly, Operation, Output, Reply, Request, Store};
use sim_node::{Context, Never, Node, NodeId, Role};

use crate::leading::Leading;
use crate::transfer::Incoming;
use crate::{Config, Disk, Log, Memory, Message, Mutant, Number, Ping, Record, View, ViewNumber};

/// A replica's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReplicaTimer {
    /// It shows that it lives.
    Ping,
    /// A primary sends again what was not answered.
    Retry,
}

/// A replica.
///
/// The fields up to `log` are on disk, or on their way to it, where replicas have disks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Replica {
    /// How often it has started, this time included.
    pub(crate) starts: u32,
    /// The latest reign that it has followed or was suspended for; it takes nothing of earlier
    /// ones. Never decreases.
    pub(crate) promised: ViewNumber,
    /// The last view that it has acknowledged as primary, in whatever life. From then on the view
    /// service may count that view's recruits among the members, whether it has heard so or not.
    pub(crate) acknowledged: ViewNumber,
    /// Of which membership its state is; 0 when it has none.
    pub(crate) since: ViewNumber,
    /// The state, after the updates up to `applied`.
    pub(crate) store: Store,
    /// The last updates.
    pub(crate) log: Log,
    /// At a primary, less than the last update while members lack some; else equal to it.
    pub(crate) applied: Number,
    pub(crate) standing: Standing,
    /// The number of the latest view that it has heard of.
    pub(crate) heard: ViewNumber,
    /// Updates that came before those that they follow, in the promised reign.
    pub(crate) early: BTreeMap<Number, Request>,
    /// A state that is being received.
    pub(crate) assembly: Option<Assembly<Incoming>>,
    /// Clients that asked while it knew of no primary: they are told as soon as it does.
    pub(crate) held: BTreeMap<Operation, NodeId>,
}

/// What a replica is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Standing {
    /// It serves the clients.
    Primary(Box<Leading>),
    /// It holds a copy.
    Backup {
        /// Of whose state.
        primary: NodeId,
    },
    /// It receives the state.
    Recruit {
        /// From whom.
        primary: NodeId,
    },
    /// It waits for the view of the promised number.
    Suspended,
    /// It belongs to no view, as far as it knows.
    Idle {
        /// Who is primary, if it knows.
        primary: Option<NodeId>,
    },
}

impl Node for Replica {
    type Config = Config;
    type Message = Message;
    type Timer = ReplicaTimer;
    type Request = Never;
    type Indication = Never;
    type Stable = Disk;

    fn start(disk: &Disk, cx: &mut Context<'_, Self>) -> Self {
        let config = cx.config();
        let first = View::first(config.backups);
        let begins = first.since(cx.id()).unwrap_or_default();
        cx.write(Record::Started { first: begins });
        cx.barrier();
        let is_first = disk.starts == 0;
        let memory = if config.disks { disk.clone() } else { Disk::default() };
        // A view from before may lack members that joined since it was acknowledged.
        let heard = memory.acknowledged;
        let heard = if config.has(Mutant::OldView) { ViewNumber::default() } else { heard };
        let mut replica = Self {
            starts: disk.starts + 1,
            promised: if is_first { ViewNumber::FIRST } else { memory.promised },
            acknowledged: memory.acknowledged,
            since: if is_first { begins } else { memory.since },
            store: memory.store,
            applied: memory.log.last(),
            log: memory.log,
            standing: Standing::Idle { primary: None },
            heard,
            early: BTreeMap::new(),
            assembly: None,
            held: BTreeMap::new(),
        };
        if is_first {
            replica.begin(first, cx);
        }
        replica.show_life(cx);
        replica
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Pong(pong) => self.hear_view_service(pong, cx),
            Message::NewView(view) => self.learn(view, cx),
            Message::Suspend(number) => self.suspend(from, number, cx),
            Message::Forward(forward) => self.take(from, forward, cx),
            Message::Ack(ack) => self.hear_ack(from, &ack, cx),
            Message::Confirm(confirm) => self.confirm(from, &confirm, cx),
            Message::Confirmed(confirm) => self.hear_confirmed(from, &confirm, cx),
            Message::Chunk(chunk) => self.receive_chunk(from, chunk, cx),
            Message::ChunkReply(reply) => self.send_next_chunk(from, &reply, cx),
            Message::Refuse(reign) => self.hear_refusal(reign, cx),
            Message::Persisted(reign, number) => self.count_own_copy(reign, number, cx),
            Message::Request(request) => self.serve(from, request, cx),
            // Of the view service and of clients.
            Message::Ping(_) | Message::Report(_) | Message::Acknowledge(_) | Message::Reply(_) => {
            }
        }
    }

    fn on_timer(&mut self, timer: ReplicaTimer, cx: &mut Context<'_, Self>) {
        match timer {
            ReplicaTimer::Ping => self.show_life(cx),
            ReplicaTimer::Retry => self.send_again(cx),
        }
    }

    fn on_request(&mut self, request: Never, _: &mut Context<'_, Self>) {
        match request {}
    }

    fn role(&self) -> Option<Role> {
        let name = match &self.standing {
            Standing::Primary(_) => Role::LEADER,
            Standing::Backup { .. } => "backup",
            Standing::Recruit { .. } => "recruit",
            Standing::Suspended => "suspended",
            Standing::Idle { .. } => "idle",
        };
        Some(Role::new(name, self.promised.0))
    }

    fn check(&self, _: &Config) {
        assert!(self.log.base() <= self.applied, "forgot what was not applied");
        assert!(self.applied <= self.log.last(), "applied what is not there");
        match &self.standing {
            Standing::Primary(leading) => {
                assert_eq!(leading.view.reign, self.promised, "PB1: the reign is over");
                assert!(leading.persisted <= self.log.last(), "persisted what is not there");
                for progress in leading.progress.values() {
                    assert!(progress.matched <= progress.sent, "matched what was not sent");
                    assert!(progress.sent <= self.log.last(), "sent what is not there");
                }
            }
            _ => assert_eq!(self.applied, self.log.last(), "PB2: a backup applies what it has"),
        }
    }
}

impl Replica {
    /// The latest reign that it has followed or was suspended for.
    #[must_use]
    pub fn promised(&self) -> ViewNumber {
        self.promised
    }

    /// Of which membership its state is; 0 when it has none.
    #[must_use]
    pub fn since(&self) -> ViewNumber {
        self.since
    }

    /// Its state, after the updates up to [`Replica::applied`].
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Its last updates.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The last update that is in its state.
    #[must_use]
    pub fn applied(&self) -> Number {
        self.applied
    }

    /// What it is.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// What it knows as a primary, when it is one.
    #[must_use]
    pub fn leading(&self) -> Option<&Leading> {
        match &self.standing {
            Standing::Primary(leading) => Some(leading),
            _ => None,
        }
    }

    /// Writes a record, where replicas have disks.
    pub(crate) fn write(cx: &mut Context<'_, Self>, record: impl FnOnce() -> Record) {
        if cx.config().disks {
            cx.write(record());
        }
    }

    /// Later messages wait until what was written is durable.
    pub(crate) fn persist(cx: &mut Context<'_, Self>) {
        if cx.config().disks {
            cx.barrier();
        }
    }

    /// The first view, of which everybody knows.
    fn begin(&mut self, view: View, cx: &mut Context<'_, Self>) {
        if view.primary == cx.id() {
            // Even the first time: it may have died in its first step, before anybody heard of it,
            // and the others may have gone on without it.
            self.take_up(view, cx);
        } else if view.members.contains_key(&cx.id()) {
            self.standing = Standing::Backup { primary: view.primary };
        } else {
            self.standing = Standing::Idle { primary: Some(view.primary) };
        }
    }

    /// The memory that it has.
    pub(crate) fn memory(&self, config: &Config) -> Memory {
        let is_one = config.disks || config.has(Mutant::OldChunk);
        if is_one { Memory::FIRST } else { Memory(self.starts) }
    }

    fn show_life(&mut self, cx: &mut Context<'_, Self>) {
        let (config, sent) = (cx.config(), cx.now());
        let leading = self.leading();
        let ping = Ping {
            memory: self.memory(config),
            since: self.since,
            acknowledged: leading.map_or(ViewNumber::default(), |it| it.acknowledged),
            unreached: leading.map_or(Vec::new(), |it| it.unreached(sent, config)),
            sent,
        };
        cx.send(cx.config().view_service(), Message::Ping(ping));
        cx.set_timer(ReplicaTimer::Ping, cx.config().ping);
    }

    /// A client asks.
    fn serve(&mut self, from: NodeId, request: Request, cx: &mut Context<'_, Self>) {
        let operation = request.operation;
        let primary = match &self.standing {
            Standing::Primary(_) => return self.serve_as_primary(from, request, cx),
            Standing::Backup { primary } | Standing::Recruit { primary } => Some(*primary),
            Standing::Idle { primary } => *primary,
            Standing::Suspended => None,
        };
        if cx.config().has(Mutant::Split) && request.command.is_read() {
            return self.answer_read(from, &request, cx);
        }
        if primary.is_some() {
            let answer = Answer::Redirect(primary);
            return cx.send(from, Message::Reply(Reply { operation, answer }));
        }
        self.held.retain(|held, _| held.client != operation.client);
        self.held.insert(operation, from);
    }

    /// Answers a read with the state as it is.
    pub(crate) fn answer_read(
        &self,
        client: NodeId,
        request: &Request,
        cx: &mut Context<'_, Self>,
    ) {
        let value = self.store.get(request.command.key()).map(str::to_owned);
        let answer = Answer::Done(Output::Value(value));
        cx.send(client, Message::Reply(Reply { operation: request.operation, answer }));
    }
}
