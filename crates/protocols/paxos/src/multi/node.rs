//! [`Server`]: proposer, acceptor, learner and replica in one, and the one match that tells the
//! whole protocol.

use std::collections::{BTreeMap, VecDeque};

use failure_detectors::Omega;
use serde::{Deserialize, Serialize};
use service::{Operation, Request, Store};
use sim_node::{Context, Node, NodeId, Role};

use super::catch_up::{Assembly, Behind};
use super::proposer::Proposer;
use super::types::RoleName;
use super::{
    Admin, Config, Configurations, Disk, Leader, Log, Message, Mutant, Record, Slot, Snapshot,
    Value, Wish,
};
use crate::Ballot;

/// A server's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// The leader tells what is chosen; others do while they hear no leader.
    Heartbeat,
    /// Answers that a proposer waits for are overdue.
    Retry,
    /// A proposer that was outbid may try again.
    Backoff,
    /// What a replica has missed has not come by itself.
    CatchUp,
    /// An administrator's wish is passed on again.
    Wish,
    /// Of the failure detector.
    Detector(failure_detectors::Timer),
}

/// What a server tells whoever watches the run.
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
///
/// The fields up to `snapshot` are on disk, or on their way to it; the rest is volatile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Server {
    /// The highest ballot that it has promised or voted in; never decreases.
    pub(super) promised: Option<Ballot>,
    /// The last ballot of its own; never used again.
    pub(super) own: Option<Ballot>,
    /// How many wishes it has numbered.
    pub(super) wished: u64,
    pub(super) log: Log,
    pub(super) snapshot: Option<Snapshot>,
    /// All slots up to this one are chosen and executed.
    pub(super) executed: Slot,
    pub(super) store: Store,
    pub(super) configurations: Configurations,
    pub(super) standing: Standing,
    /// The detector, where it chooses the leader.
    pub(super) omega: Option<Omega>,
    /// Whether a leader was heard since the last heartbeat was due.
    pub(super) heard: bool,
    /// Whether it was outbid, and waits before it tries again.
    pub(super) resting: bool,
    /// What others know to be chosen and this replica does not.
    pub(super) behind: Option<Behind>,
    /// A snapshot that is being received.
    pub(super) assembly: Option<Assembly>,
    /// Snapshots that others are fetching. Each is sent to its end though there may be a newer one
    /// by then: else a busy server would begin anew for ever.
    pub(super) sending: BTreeMap<NodeId, Snapshot>,
    /// Operations that are not proposed yet.
    pub(super) queue: VecDeque<Request>,
    /// The clients that wait for operations in the queue or in slots.
    pub(super) waiting: BTreeMap<Operation, NodeId>,
    /// Wishes that reached this server while it leads, and are not proposed yet.
    pub(super) changes: VecDeque<Wish>,
    /// Its own administrators' wishes that are not known to be done.
    pub(super) wishes: VecDeque<Wish>,
}

/// What a server is as a proposer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Standing {
    /// It proposes nothing.
    Follower,
    /// It is in phase 1.
    Candidate(Box<Proposer>),
    /// It has done phase 1 for all slots.
    Leader(Box<Proposer>),
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
        let snapshot = disk.snapshot.as_ref();
        let first = || Configurations::first(cx.config().first_members());
        // A vote is a promise, too, and so is a ballot of its own.
        let votes = disk.log.after(disk.log.base()).filter(|(_, entry)| !entry.chosen);
        let voted = votes.map(|(_, entry)| entry.ballot).max();
        let mut server = Self {
            promised: disk.promised.max(disk.own).max(voted),
            own: disk.own,
            wished: disk.last_wish(cx.id()),
            log: disk.log.clone(),
            executed: snapshot.map_or(Slot(0), |snapshot| snapshot.slot),
            store: snapshot.map(|snapshot| snapshot.store.clone()).unwrap_or_default(),
            configurations: snapshot.map_or_else(first, |snapshot| snapshot.configurations.clone()),
            snapshot: disk.snapshot.clone(),
            standing: Standing::Follower,
            omega,
            heard: false,
            resting: false,
            behind: None,
            assembly: None,
            sending: BTreeMap::new(),
            queue: VecDeque::new(),
            waiting: BTreeMap::new(),
            changes: VecDeque::new(),
            wishes: VecDeque::new(),
        };
        // A crash may have lost some of the slots that were kept behind the snapshot.
        let mut kept = server.log.base().0 + 1..=server.executed.0;
        if !kept.all(|slot| server.log.is_chosen(Slot(slot))) {
            server.log.compact(server.executed);
        }
        if server.wished > disk.wished {
            // The log may forget it, before anybody has executed it.
            cx.write(Record::Wished(server.wished));
            Self::persist(cx);
        }
        cx.set_timer(Timer::Heartbeat, cx.config().heartbeat);
        server.execute(cx);
        server.reconsider(cx);
        server
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Prepare { ballot, from: slot } => self.answer_prepare(from, ballot, slot, cx),
            Message::Promise(promise) => self.count_promise(from, promise, cx),
            Message::Accept(accept) => self.answer_accept(from, accept, cx),
            Message::Accepted { ballot, slot } => self.count_vote(from, ballot, slot, cx),
            Message::Nack { promised } => self.hear_ballot(promised, cx),
            Message::Commit { ballot, upto } => self.hear_commit(from, ballot, upto, cx),
            Message::Fetch { after, assembly } => self.answer_fetch(from, after, assembly, cx),
            Message::Learn(values) => self.learn_all(from, values, cx),
            Message::Chunk(chunk) => self.receive_chunk(from, chunk, cx),
            Message::Confirm { ballot, round } => self.answer_confirm(from, ballot, round, cx),
            Message::Confirmed { ballot, round } => self.count_confirmed(from, ballot, round, cx),
            Message::Detector(heartbeat) => self.hear_heartbeat(from, heartbeat, cx),
            Message::Wish(wish) => self.hear_wish(wish, cx),
            Message::TakeSnapshot => self.take_snapshot(cx),
            Message::Request(request) => self.serve(from, request, cx),
            Message::Reply(_) => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        match timer {
            Timer::Heartbeat => self.tell_commit(cx),
            Timer::Retry => self.retry(cx),
            Timer::Backoff => self.end_backoff(cx),
            Timer::CatchUp => self.catch_up(cx),
            Timer::Wish => self.pass_wishes_on(cx),
            Timer::Detector(timer) => self.detector_timer(timer, cx),
        }
    }

    fn on_request(&mut self, wish: Admin, cx: &mut Context<'_, Self>) {
        self.wish(&wish, cx);
    }

    fn role(&self) -> Option<Role> {
        let name = match &self.standing {
            Standing::Leader(_) => RoleName::Leader,
            Standing::Candidate(_) => RoleName::Candidate,
            Standing::Follower => RoleName::Follower,
        };
        let ballot = self.proposer().map(|proposer| proposer.ballot).or(self.promised);
        // By round, and then by proposer: servers are fewer than this.
        let rank = |ballot: Ballot| ballot.round * 1_000 + u64::from(ballot.proposer.number());
        Some(Role::new(name.name(), ballot.map_or(0, rank)))
    }

    fn check(&self, config: &Config) {
        assert!(self.log.base() <= self.executed, "compacted what was not executed");
        assert!(self.own <= self.promised, "a ballot of its own above its promise");
        if let Some(proposer) = self.proposer() {
            assert!(Some(proposer.ballot) == self.own, "it proposes with its last ballot only");
            assert!(Some(proposer.ballot) == self.promised, "it proposes below its promise");
            // What comes next may be beyond: slots that are known to be chosen are passed over.
            let (ends, last) =
                (self.executed.plus(config.alpha), proposer.proposals.last_key_value());
            assert!(last.is_none_or(|(slot, _)| *slot <= ends), "a proposal beyond the window");
            let first = proposer.proposals.first_key_value();
            assert!(first.is_none_or(|(slot, _)| *slot > self.executed), "an old proposal");
        }
        let last = self.log.get(self.executed);
        let known = self.executed == self.log.base() || last.is_some_and(|entry| entry.chosen);
        assert!(known || config.has(Mutant::Hole), "executed what is not known to be chosen");
    }
}

impl Server {
    /// The highest ballot that it has promised.
    #[must_use]
    pub fn promised(&self) -> Option<Ballot> {
        self.promised
    }

    /// Its votes, and what it knows to be chosen.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The last slot that it has executed.
    #[must_use]
    pub fn executed(&self) -> Slot {
        self.executed
    }

    /// Its state machine.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Its latest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.snapshot.as_ref()
    }

    /// Who the members of each slot are, as far as it knows.
    #[must_use]
    pub fn configurations(&self) -> &Configurations {
        &self.configurations
    }

    /// Whether it leads: phase 1 is done.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        matches!(self.standing, Standing::Leader(_))
    }

    /// The ballot with which it proposes, if it does.
    #[must_use]
    pub fn ballot(&self) -> Option<Ballot> {
        self.proposer().map(|proposer| proposer.ballot)
    }

    pub(super) fn proposer(&self) -> Option<&Proposer> {
        match &self.standing {
            Standing::Follower => None,
            Standing::Candidate(proposer) | Standing::Leader(proposer) => Some(proposer),
        }
    }

    pub(super) fn proposer_mut(&mut self) -> Option<&mut Proposer> {
        match &mut self.standing {
            Standing::Follower => None,
            Standing::Candidate(proposer) | Standing::Leader(proposer) => Some(proposer),
        }
    }

    /// Later messages wait until what was written is durable.
    pub(super) fn persist(cx: &mut Context<'_, Self>) {
        if cx.config().barrier {
            cx.barrier();
        }
    }

    /// What survives a crash is written, unless it is forgotten by mistake.
    pub(super) fn write_vow(record: Record, cx: &mut Context<'_, Self>) {
        if !cx.config().has(Mutant::PromiseCrash) {
            cx.write(record);
        }
    }
}
