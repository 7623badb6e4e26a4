//! [`Replica`]: a replica's state, and the one match that tells its side of the protocol.

use std::collections::{BTreeMap, VecDeque, vec_deque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::{ChunkAssembly, Operation, Request, Store};
use sim_node::{Context, ImageError, LocalTime, Never, Node, NodeId, Role};

use crate::joining::{Incoming, Transfer};
use crate::message::RoleName;
use crate::versions::Versions;
use crate::{
    Config, Configuration, Disk, Epoch, Incarnation, Member, Message, Mutant, Position, Progress,
    Record, Report, Update,
};

/// A replica's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// It sends the master its next heartbeat.
    Heartbeat,
    /// Something was not acknowledged in time.
    Retry,
}

/// What a replica tells those that watch it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Indication {
    /// It has added an update to its history.
    Applied(Update),
    /// As the tail: the updates up to here are committed.
    Committed(Position),
    /// It has received the history up to here from the tail.
    Received {
        /// The tail.
        from: NodeId,
        /// The last update in it.
        upto: Position,
    },
    /// It has answered a read of this key.
    Read(service::Key, Version),
}

/// Which version a read was answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Version {
    /// The last one as of this committed update.
    Committed(Position),
    /// The newest there is, as of this update, committed or not.
    Newest(Position),
}

/// A replica. With a disk, its history survives a crash; without one it begins anew as a spare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Replica {
    pub(crate) incarnation: Incarnation,
    /// The incarnation in which it joined the chain; 0 while it has no history.
    pub(crate) origin: Incarnation,
    /// The latest configuration that it knows; it has a part in it only where it is named with
    /// its present incarnation.
    pub(crate) configuration: Arc<Configuration>,
    /// Its place in that chain, from 0 at the head.
    pub(crate) place: Option<usize>,
    /// `Hist`: the state that the updates up to `last` make.
    pub(crate) store: Store,
    pub(crate) last: Position,
    /// Known to be with the tail; at most `last`. Never decreases in an incarnation.
    pub(crate) committed: Position,
    /// `Sent`: the end of the history, without gaps up to `last`. Everything that is not known to
    /// be committed is in it, and at a tail that hands its history over what came since that
    /// began.
    pub(crate) log: VecDeque<Update>,
    /// Updates that overtook those before them on a link that reorders.
    pub(crate) early: BTreeMap<Position, Update>,
    /// The versions that are not known to be committed, where reads are answered by all.
    pub(crate) versions: Versions,
    /// Whether it has all that was ever answered. Who has just joined has not, until its
    /// predecessor has sent it the rest.
    pub(crate) complete: bool,
    /// Whether the successor lacks updates that are not in `log` any more.
    pub(crate) successor_too_old: bool,
    /// Until when reads may be answered; without leases for ever, once the master has answered this
    /// incarnation. One that crashes before its first write is durable finds an empty disk, and
    /// takes the first configuration for the latest.
    pub(crate) lease: Option<LocalTime>,
    /// Reads that wait until the replica is complete, and has a lease.
    pub(crate) waiting: BTreeMap<Operation, Arc<Request>>,
    /// Reads that wait for the tail to say which version is committed.
    pub(crate) asked: BTreeMap<Operation, Arc<Request>>,
    /// The history that it receives, as [`Configuration::joining`].
    pub(crate) incoming: Option<Incoming>,
    /// The history that it sends.
    pub(crate) transfer: Option<Transfer>,
    /// What was acknowledged, and how much of a history, when the timer was set.
    pub(crate) retrying: Option<(Position, u32)>,
}

impl Node for Replica {
    type Config = Config;
    type Message = Message;
    type Timer = Timer;
    type Request = Never;
    type Indication = Indication;
    type Stable = Disk;

    fn start(disk: &Disk, cx: &mut Context<'_, Self>) -> Self {
        let is_first = disk.incarnation == Incarnation(0);
        let incarnation = disk.incarnation.next();
        let mut replica = Self::spare(incarnation, Arc::default());
        if is_first {
            replica.begin_first_configuration(cx);
            if cx.config().has(Mutant::FirstKeeps) {
                Self::keep_earlier_try(disk, cx);
            }
        } else if cx.config().disks && disk.origin != Incarnation(0) {
            cx.write(Record::Incarnation);
            replica.recover(disk, cx.config());
        } else {
            cx.write(Record::Reset);
        }
        cx.barrier();
        replica.send_heartbeat(cx);
        replica
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Request(request) => self.serve(request, cx),
            // From neighbours, if they have been neighbours since it was sent.
            Message::Update(epoch, update) => {
                let is_linked = self.is_from_predecessor(from, epoch);
                self.receive_update(from, is_linked, update, cx);
            }
            Message::Resume(epoch, updates) => {
                if self.is_from_predecessor(from, epoch) {
                    self.resume(updates, cx);
                }
            }
            Message::Ack(epoch, upto) => {
                if self.is_from_successor(from, epoch) {
                    self.commit(upto.min(self.last), cx);
                }
            }
            Message::Pull(epoch, last) => {
                if self.is_from_successor(from, epoch) {
                    self.answer_pull(from, last, cx);
                }
            }
            // To the tail: what reaches another replica was meant for what it was before.
            Message::Again(request) => {
                if let Some(tail) = self.as_tail() {
                    tail.answer_update(request.operation, cx);
                }
            }
            Message::VersionQuery(request) => {
                if let Some(tail) = self.as_tail() {
                    tail.answer_version(from, request, cx);
                }
            }
            Message::ChunkReply(reply) => self.send_next_chunk(from, &reply, cx),
            // From the tail.
            Message::Chunk(chunk) => self.receive_chunk(from, *chunk, cx),
            Message::Version(request, position) => self.learn_version(request, position, cx),
            // From the master.
            Message::Configure(assignment) => self.configure(assignment, cx),
            Message::Grant(grant) => self.renew_lease(grant, cx),
            // To the master and to clients.
            Message::Installed(_) | Message::Alive(..) => {}
            Message::Reply(_) | Message::Routes(_) => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        match timer {
            Timer::Heartbeat => self.send_heartbeat(cx),
            Timer::Retry => self.retry(cx),
        }
    }

    fn role(&self) -> Option<Role> {
        let length = self.configuration.chain.len();
        let name = match self.place {
            None if self.incoming.is_some() => RoleName::Joining,
            None => RoleName::Spare,
            Some(0) => RoleName::Head,
            Some(place) if place + 1 == length => RoleName::Tail,
            Some(_) => RoleName::Middle,
        };
        Some(Role::new(name.name(), self.configuration.epoch.0))
    }

    fn check_image(image: &Disk, _: NodeId, config: &Config) -> Result<(), ImageError> {
        image.check(config)
    }

    fn check(&self, _: &Config) {
        assert!(self.committed <= self.last, "committed beyond the history");
        assert!(self.base() <= self.committed, "forgot what is not committed");
        let ends = self.log.back().is_none_or(|update| update.position == self.last);
        assert!(ends, "the end of the history is not that of the log");
        let whole = self.last.0 - self.base().0 == self.log.len() as u64;
        assert!(whole, "a gap in what was sent");
        let is_early = self.early.keys().all(|at| *at > self.last.next());
        assert!(is_early, "an update waits for nothing");
        if let Some(transfer) = &self.transfer {
            assert!(self.base() <= transfer.base, "forgot what who joins will lack");
        }
        if self.incoming.is_some() {
            let has_nothing = self.place.is_none() && self.log.is_empty() && self.early.is_empty();
            assert!(has_nothing, "it joins, and takes part already");
            assert!(
                self.configuration.joining.is_some(),
                "it joins, and the master knows nothing of it"
            );
        }
    }
}

impl Replica {
    /// One that knows nothing.
    pub(crate) fn spare(incarnation: Incarnation, configuration: Arc<Configuration>) -> Self {
        Self {
            incarnation,
            origin: Incarnation(0),
            configuration,
            place: None,
            store: Store::default(),
            last: Position(0),
            committed: Position(0),
            log: VecDeque::new(),
            early: BTreeMap::new(),
            versions: Versions::default(),
            complete: false,
            successor_too_old: false,
            lease: None,
            waiting: BTreeMap::new(),
            asked: BTreeMap::new(),
            incoming: None,
            transfer: None,
            retrying: None,
        }
    }

    /// Its incarnation.
    #[must_use]
    pub fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// The latest configuration that it knows.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Its state: what the history makes of an empty store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The last update in its history.
    #[must_use]
    pub fn last(&self) -> Position {
        self.last
    }

    /// What it knows to be committed.
    #[must_use]
    pub fn committed(&self) -> Position {
        self.committed
    }

    /// `Sent`: the end of the history, which the successor may lack.
    #[must_use]
    pub fn sent(&self) -> &VecDeque<Update> {
        &self.log
    }

    /// Where `Sent` begins: the update before it.
    #[must_use]
    pub fn base(&self) -> Position {
        self.log.front().map_or(self.last, |first| Position(first.position.0 - 1))
    }

    /// Whether it has all that was ever answered.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether it has found out that its successor lacks more than is in `Sent`.
    #[must_use]
    pub fn knows_successor_too_old(&self) -> bool {
        self.successor_too_old
    }

    /// Who is behind it in the chain.
    #[must_use]
    pub fn next_in_chain(&self) -> Option<NodeId> {
        self.successor().map(|member| member.node)
    }

    /// Whether it is in the chain of the configuration that it knows.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.place.is_some()
    }

    pub(crate) fn is_head(&self) -> bool {
        self.place == Some(0)
    }

    /// Whether it is the tail and has all that the one before it had.
    pub(crate) fn is_acting_tail(&self) -> bool {
        self.complete && self.place.is_some_and(|place| place + 1 == self.configuration.chain.len())
    }

    pub(crate) fn predecessor(&self) -> Option<&Member> {
        self.configuration.chain.get(self.place?.checked_sub(1)?)
    }

    pub(crate) fn successor(&self) -> Option<&Member> {
        self.configuration.chain.get(self.place? + 1)
    }

    /// Whether a message comes from the predecessor, and was sent to this replica as it is. What
    /// the predecessor sent before the latest change of the chain is good as long as the two have
    /// been neighbours since: its history only grows.
    pub(crate) fn is_from_predecessor(&self, from: NodeId, epoch: Epoch) -> bool {
        self.predecessor().is_some_and(|member| member.node == from)
            && self.linked().is_some_and(|linked| epoch >= linked)
    }

    /// Since when it has had the predecessor that it has.
    pub(crate) fn linked(&self) -> Option<Epoch> {
        Some(self.configuration.chain.get(self.place?)?.linked)
    }

    pub(crate) fn is_from_successor(&self, from: NodeId, epoch: Epoch) -> bool {
        self.successor().is_some_and(|member| member.node == from && epoch >= member.linked)
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.configuration.epoch
    }

    /// The updates after this one, as far as they are in `Sent`.
    pub(crate) fn after(&self, position: Position) -> vec_deque::Iter<'_, Update> {
        let gone = position.0.saturating_sub(self.base().0);
        let gone = usize::try_from(gone).map_or(self.log.len(), |gone| gone.min(self.log.len()));
        self.log.range(gone..)
    }

    /// How things are here.
    pub(crate) fn report(&self) -> Report {
        let progress = match &self.incoming {
            _ if self.successor_too_old => Progress::SuccessorTooOld,
            _ if self.complete => Progress::Complete,
            Some(Incoming::Chunks(chunks)) => {
                Progress::Lacking(chunks.as_ref().map_or(0, ChunkAssembly::received))
            }
            None if self.origin == Incarnation(0) => Progress::Lacking(0),
            _ => Progress::CatchingUp,
        };
        let (incarnation, origin) = (self.incarnation, self.origin);
        Report { incarnation, origin, epoch: self.epoch(), last: self.last, progress }
    }
}
