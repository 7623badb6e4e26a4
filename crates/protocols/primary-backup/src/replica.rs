//! [`Replica`]: a replica's state, and the one match that tells what it does.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::{Answer, ChunkAssembly, Operation, Output, Reply, Request, Store};
use sim_node::{Context, ImageError, Never, Node, NodeId, Role};

use crate::leading::Leading;
use crate::message::RoleName;
use crate::status::Status;
use crate::transfer::Incoming;
use crate::{
    Config, Disk, Incarnation, Log, Message, Mutant, Number, Ping, Record, View, ViewNumber,
};

/// A replica's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReplicaTimer {
    /// It sends the view service its next ping.
    Ping,
    /// A primary sends again what was not answered.
    Retry,
}

/// A replica.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Replica {
    pub(crate) state: State,
    pub(crate) status: Status,
    /// The number of the latest view that it knows of.
    pub(crate) latest: ViewNumber,
    /// Updates that came before those that they follow, in its epoch.
    pub(crate) early: BTreeMap<Number, Arc<Request>>,
    /// A state that is being received.
    pub(crate) assembly: Option<ChunkAssembly<Incoming>>,
    /// Clients that asked while it knew of no primary: they are told as soon as it does.
    pub(crate) held: BTreeMap<Operation, NodeId>,
}

/// What every replica has, whatever its status.
///
/// The fields up to `log` are on disk, or on their way to it, where replicas have disks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct State {
    /// How often it has started, this time included.
    pub(crate) starts: u32,
    /// The latest epoch that it has followed or was suspended for; it takes nothing of earlier
    /// ones. Never decreases.
    pub(crate) epoch: ViewNumber,
    /// The last view that it has acknowledged as primary, in whatever incarnation. From then on the
    /// view service may count that view's recruits among the members, whether the acknowledgement
    /// has arrived or not.
    pub(crate) acknowledged: ViewNumber,
    /// Of which membership its state is; 0 when it has none.
    pub(crate) since: ViewNumber,
    /// The state, after the updates up to `applied`.
    pub(crate) store: Store,
    /// The last updates.
    pub(crate) log: Log,
    /// At a primary, less than the last update while members lack some; else equal to it.
    pub(crate) applied: Number,
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
        let first = View::first(config.backups());
        let begins = first.since(cx.id()).unwrap_or_default();
        cx.write(Record::Started { first: begins });
        cx.barrier();
        let is_first = disk.starts == 0;
        let kept = if config.disks { disk.clone() } else { Disk::default() };
        // A view from before may lack members that joined since it was acknowledged.
        let latest = kept.acknowledged;
        let latest = if config.has(Mutant::OldView) { ViewNumber::default() } else { latest };
        let state = State {
            starts: disk.starts + 1,
            epoch: if is_first { ViewNumber::FIRST } else { kept.epoch },
            acknowledged: kept.acknowledged,
            since: if is_first { begins } else { kept.since },
            store: kept.store,
            applied: kept.log.last(),
            log: kept.log,
        };
        let mut replica = Self {
            state,
            status: Status::Idle { primary: None },
            latest,
            early: BTreeMap::new(),
            assembly: None,
            held: BTreeMap::new(),
        };
        if is_first {
            replica.begin(first, cx);
        }
        replica.send_ping(cx);
        replica
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            // From the view service.
            Message::Pong(pong) => self.receive_pong(pong, cx),
            Message::NewView(view) => self.learn(view, cx),
            Message::Suspend(number) => self.suspend(from, number, cx),
            // From a primary.
            Message::Forward(forward) => self.receive_updates(from, forward, cx),
            Message::Confirm(confirm) => self.confirm(from, confirm, cx),
            Message::Chunk(chunk) => self.receive_chunk(from, *chunk, cx),
            // To a primary.
            Message::Refuse(epoch) => self.receive_refusal(epoch, cx),
            answer @ (Message::Ack(_)
            | Message::Confirmed(_)
            | Message::ChunkReply(_)
            | Message::Persisted(..)) => {
                // It may be none any more.
                if let Some(mut primary) = self.as_primary() {
                    primary.on_message(from, answer, cx);
                }
            }
            Message::Request(request) => self.serve(from, request, cx),
            // To the view service and to clients.
            Message::Ping(_) | Message::Report(_) | Message::Acknowledge(_) | Message::Reply(_) => {
            }
        }
    }

    fn on_timer(&mut self, timer: ReplicaTimer, cx: &mut Context<'_, Self>) {
        match timer {
            ReplicaTimer::Ping => self.send_ping(cx),
            // Set by a primary, and cancelled as it steps down.
            ReplicaTimer::Retry => {
                if let Some(mut primary) = self.as_primary() {
                    primary.send_again(cx);
                }
            }
        }
    }

    fn role(&self) -> Option<Role> {
        let name = match &self.status {
            Status::Primary(_) => RoleName::Leader,
            Status::Backup { .. } => RoleName::Backup,
            Status::Recruit { .. } => RoleName::Recruit,
            Status::Suspended => RoleName::Suspended,
            Status::Idle { .. } => RoleName::Idle,
        };
        Some(Role::new(name.name(), self.state.epoch.0))
    }

    fn check_image(image: &Disk, _: NodeId, config: &Config) -> Result<(), ImageError> {
        image.check(config)
    }

    fn check(&self, _: &Config) {
        let State { epoch, log, applied, .. } = &self.state;
        assert!(log.base() <= *applied, "forgot what was not applied");
        assert!(*applied <= log.last(), "applied what is not there");
        match &self.status {
            Status::Primary(leading) => {
                assert_eq!(leading.view.epoch, *epoch, "PB1: the epoch is over");
                assert!(leading.persisted <= log.last(), "persisted what is not there");
                for progress in leading.progress.values() {
                    assert!(progress.matched <= progress.sent, "matched what was not sent");
                    assert!(progress.sent <= log.last(), "sent what is not there");
                }
            }
            _ => assert_eq!(*applied, log.last(), "PB2: a backup applies what it has"),
        }
    }
}

impl Replica {
    /// The latest epoch that it has followed or was suspended for.
    #[must_use]
    pub fn epoch(&self) -> ViewNumber {
        self.state.epoch
    }

    /// Of which membership its state is; 0 when it has none.
    #[must_use]
    pub fn since(&self) -> ViewNumber {
        self.state.since
    }

    /// Its state, after the updates up to [`Replica::applied`].
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.state.store
    }

    /// Its last updates.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.state.log
    }

    /// The last update that is in its state.
    #[must_use]
    pub fn applied(&self) -> Number {
        self.state.applied
    }

    /// What it is.
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// What it knows as a primary, when it is one.
    #[must_use]
    pub fn leading(&self) -> Option<&Leading> {
        match &self.status {
            Status::Primary(leading) => Some(leading),
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

    /// The first view, which all replicas know.
    fn begin(&mut self, view: View, cx: &mut Context<'_, Self>) {
        if view.primary == cx.id() {
            // Even the first time: it may have crashed in its first step, before anything of it was
            // received, and the others may have gone on without it.
            self.take_up(Arc::new(view), cx);
        } else if view.members.contains_key(&cx.id()) {
            self.status = Status::Backup { primary: view.primary };
        } else {
            self.status = Status::Idle { primary: Some(view.primary) };
        }
    }

    /// The incarnation of its state.
    pub(crate) fn incarnation(&self, config: &Config) -> Incarnation {
        let is_one = config.disks || config.has(Mutant::OldChunk);
        if is_one { Incarnation::FIRST } else { Incarnation(self.state.starts) }
    }

    fn send_ping(&mut self, cx: &mut Context<'_, Self>) {
        let (config, sent) = (cx.config(), cx.now());
        let leading = self.leading();
        let ping = Ping {
            incarnation: self.incarnation(config),
            since: self.state.since,
            acknowledged: leading.map_or(ViewNumber::default(), |it| it.acknowledged),
            unreached: leading.map_or(Vec::new(), |it| it.unreached(sent, config)),
            sent,
        };
        cx.send(cx.config().view_service(), Message::Ping(ping));
        cx.set_timer(ReplicaTimer::Ping, cx.config().ping);
    }

    /// A client asks.
    fn serve(&mut self, from: NodeId, request: Arc<Request>, cx: &mut Context<'_, Self>) {
        if let Some(mut primary) = self.as_primary() {
            return primary.serve(from, request, cx);
        }
        if cx.config().has(Mutant::Split) && request.command.is_read() {
            return self.state.answer_read(from, &request, cx);
        }
        let operation = request.operation;
        let primary = self.status.other_primary();
        if primary.is_some() {
            let answer = Answer::Redirect(primary);
            return cx.send(from, Message::Reply(Reply { operation, answer }));
        }
        self.held.retain(|held, _| held.client != operation.client);
        self.held.insert(operation, from);
    }
}

impl State {
    /// Applies everything that is in the log.
    pub(crate) fn apply_all(&mut self) {
        while self.applied < self.log.last() {
            self.applied = self.applied.next();
            if let Some(update) = self.log.get(self.applied) {
                self.store.execute(update.operation, &update.command);
            }
        }
    }

    /// Answers a read with the state as it is.
    pub(crate) fn answer_read(
        &self,
        client: NodeId,
        request: &Request,
        cx: &mut Context<'_, Replica>,
    ) {
        let value = self.store.get(request.command.key()).map(str::to_owned);
        let answer = Answer::Done(Output::Value(value));
        cx.send(client, Message::Reply(Reply { operation: request.operation, answer }));
    }
}
