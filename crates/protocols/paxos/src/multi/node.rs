//! [`Server`]: proposer, acceptor, learner and replica in one, and the one match that tells the
//! whole protocol.

use std::collections::BTreeMap;
use std::sync::Arc;

use failure_detectors::Omega;
use serde::{Deserialize, Serialize};
use service::{Answer, ChunkAssembly, Reply, Request, Store};
use sim_node::{Context, ImageError, Node, NodeId, Role};

use super::catch_up::Behind;
use super::leader::Pending;
use super::proposer::Proposer;
use super::replica::Replica;
use super::types::RoleName;
use super::{
    Admin, Config, Configurations, Disk, Leader, Log, Message, Mutant, Promise, Reads, Slot,
    Snapshot, Value,
};
use crate::Ballot;

/// A server's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// A commit message is due.
    Heartbeat,
    /// Answers that a proposer waits for are overdue.
    Retry,
    /// A proposer that was outbid may try again.
    Backoff,
    /// What a replica has missed has not come by itself.
    CatchUp,
    /// Admin commands are passed on again.
    Admin,
    /// Of the failure detector.
    Detector(failure_detectors::Timer),
}

/// What a server tells the layer above.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Indication {
    /// An acceptor has voted, and its vote is durable.
    Voted {
        /// The slot.
        slot: Slot,
        /// The ballot.
        ballot: Ballot,
        /// The value.
        value: Value,
    },
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Server {
    pub(super) replica: Replica,
    pub(super) proposer: Proposer,
    /// The detector, where it chooses the leader.
    pub(super) omega: Option<Omega>,
    /// Whether it has received anything from a leader since the last heartbeat was due.
    pub(super) leader_active: bool,
    /// Whether it was outbid, and waits before it tries again.
    pub(super) backing_off: bool,
    /// What others know to be chosen and this replica does not.
    pub(super) behind: Option<Behind>,
    /// A snapshot that is being received.
    pub(super) assembly: Option<ChunkAssembly<Slot>>,
    /// The snapshots that others are fetching. Each is sent to its end, though there may be a newer
    /// one by then.
    pub(super) sending: BTreeMap<NodeId, Arc<Snapshot>>,
    pub(super) pending: Pending,
}

impl Node for Server {
    type Config = Config;
    type Message = Message;
    type Timer = Timer;
    type Request = Admin;
    type Indication = Indication;
    type Stable = Disk;

    fn start(disk: &Disk, cx: &mut Context<'_, Self>) -> Self {
        let omega = (cx.config().leader == Leader::Omega).then(|| Self::start_omega(cx));
        let mut server = Self {
            replica: Replica::restored(disk, cx),
            proposer: Proposer::Idle,
            omega,
            leader_active: false,
            backing_off: false,
            behind: None,
            assembly: None,
            sending: BTreeMap::new(),
            pending: Pending::default(),
        };
        cx.set_timer(Timer::Heartbeat, cx.config().heartbeat);
        server.execute(cx);
        server.reconsider(cx);
        server
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Prepare { ballot, from: slot } => self.on_prepare(from, ballot, slot, cx),
            Message::Accept(accept) => self.on_accept(from, &accept, cx),
            Message::Nack { promised } => self.on_ballot(promised, cx),
            Message::Commit { ballot, upto } => self.on_commit(from, ballot, upto, cx),
            Message::Fetch { after, assembly } => self.on_fetch(from, after, assembly, cx),
            Message::Learn(values) => self.on_learn(values, cx),
            Message::Chunk(chunk) => self.on_chunk(*chunk, cx),
            Message::Confirm { ballot, round } => self.on_confirm(from, ballot, round, cx),
            Message::Detector(heartbeat) => self.on_heartbeat(from, heartbeat, cx),
            Message::Admin(command) => self.on_admin_command(command, cx),
            Message::TakeSnapshot => self.replica.take_snapshot(cx),
            Message::Request(request) => self.on_client_request(from, *request, cx),

            // Answers to a proposer. Those to an earlier ballot of its own come too late.
            Message::Promise(promise) => {
                if self.proposer.ballot() == Some(promise.ballot) {
                    self.on_promise(from, *promise, cx);
                }
            }
            Message::Accepted { ballot, slot } => {
                let leader = self.leader_in(ballot);
                let value =
                    leader.and_then(|mut leader| leader.on_accepted(from, slot, cx.config()));
                if let Some(value) = value {
                    self.learn(slot, ballot, value, cx);
                    self.proceed(cx);
                }
            }
            Message::Confirmed { ballot, round } => {
                if let Some(mut leader) = self.leader_in(ballot) {
                    leader.on_confirmed(from, round, cx);
                }
            }

            // For clients alone.
            Message::Reply(_) => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        match timer {
            Timer::Heartbeat => self.send_commit(cx),
            Timer::Retry => self.retry(cx),
            Timer::Backoff => self.end_backoff(cx),
            Timer::CatchUp => self.catch_up(cx),
            Timer::Admin => self.pass_commands_on(cx),
            Timer::Detector(timer) => self.on_detector_timer(timer, cx),
        }
    }

    fn on_request(&mut self, request: Admin, cx: &mut Context<'_, Self>) {
        self.on_admin_request(&request, cx);
    }

    fn role(&self) -> Option<Role> {
        let name = match &self.proposer {
            Proposer::Leading(_) => RoleName::Leader,
            Proposer::Preparing(_) => RoleName::Candidate,
            Proposer::Idle => RoleName::Follower,
        };
        let ballot = self.proposer.ballot().or(self.replica.promised);
        // By round, and then by proposer: servers are fewer than this.
        let rank = |ballot: Ballot| ballot.round * 1_000 + u64::from(ballot.proposer.number());
        Some(Role::new(name.name(), ballot.map_or(0, rank)))
    }

    fn check_image(image: &Disk, id: NodeId, config: &Config) -> Result<(), ImageError> {
        image.check(id, config)
    }

    fn check(&self, config: &Config) {
        let Replica { promised, own, log, executed, .. } = &self.replica;
        assert!(log.base() <= *executed, "compacted what was not executed");
        assert!(own <= promised, "a ballot of its own above its promise");
        if let Some(ballot) = self.proposer.ballot() {
            assert!(Some(ballot) == *own, "it proposes with its last ballot only");
            assert!(Some(ballot) == *promised, "it proposes below its promise");
        }
        if let Proposer::Leading(leading) = &self.proposer {
            leading.check(*executed, config);
        }
        let known = *executed == log.base() || log.get(*executed).is_some_and(|last| last.chosen);
        assert!(known || config.has(Mutant::Hole), "executed what is not known to be chosen");
    }
}

impl Server {
    /// The highest ballot that it has promised.
    #[must_use]
    pub fn promised(&self) -> Option<Ballot> {
        self.replica.promised
    }

    /// Its votes, and what it knows to be chosen.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.replica.log
    }

    /// The last slot that it has executed.
    #[must_use]
    pub fn executed(&self) -> Slot {
        self.replica.executed
    }

    /// Its state machine.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.replica.store
    }

    /// Its latest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.replica.snapshot.as_deref()
    }

    /// The members of each slot, as far as it knows.
    #[must_use]
    pub fn configurations(&self) -> &Configurations {
        &self.replica.configurations
    }

    /// Whether it leads: phase 1 is done.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        matches!(self.proposer, Proposer::Leading(_))
    }

    /// The ballot with which it proposes, if it does.
    #[must_use]
    pub fn ballot(&self) -> Option<Ballot> {
        self.proposer.ballot()
    }

    /// A promise for the ballot with which it proposes.
    fn on_promise(&mut self, from: NodeId, mut promise: Promise, cx: &mut Context<'_, Self>) {
        let (executed, chosen) = (promise.executed, std::mem::take(&mut promise.chosen));
        if let Some(phase_1) = self.proposer.phase_1_mut() {
            phase_1.count(from, promise, cx.config());
        }
        for (slot, ballot, value) in chosen {
            self.learn(slot, ballot, value, cx);
        }
        // The promise tells nothing of what the acceptor has executed: that must be fetched.
        if executed > self.replica.executed && from != cx.id() {
            self.fall_behind(from, executed, cx);
            self.catch_up(cx);
        }
        self.proceed(cx);
    }

    /// A client's request. One that is done is answered again.
    fn on_client_request(&mut self, from: NodeId, request: Request, cx: &mut Context<'_, Self>) {
        let operation = request.operation;
        let reply = |answer| Message::Reply(Box::new(Reply { operation, answer }));
        if let Some(output) = self.replica.store.cached_response(operation) {
            return cx.send(from, reply(Answer::Done(output.clone())));
        }
        if cx.config().leader == Leader::Omega && self.proposer.ballot().is_none() {
            let leader = Some(self.trusted()).filter(|leader| *leader != cx.id());
            return cx.send(from, reply(Answer::Redirect(leader)));
        }
        let needs_no_slot = request.command.is_read() && cx.config().reads != Reads::Log;
        match self.leader().filter(|_| needs_no_slot) {
            Some(mut leader) => leader.read(from, request, cx),
            None => {
                // A retry of what is under way waits for that.
                if self.pending.waiting.insert(operation, from).is_none() {
                    self.pending.queue.push_back(request);
                }
                self.reconsider(cx);
                self.advance(cx);
            }
        }
    }
}
