//! [`Server`]: a server's state, and the one match that tells the whole protocol.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use service::{Operation, Store};
use sim_node::{Context, LocalTime, Never, Node, NodeId, Role};

use crate::reads::Reading;
use crate::reconfiguration::Plan;
use crate::snapshots::Assembly;
use crate::types::{Mark, RoleName};
use crate::{
    Admin, Config, Configuration, Disk, Entry, Index, Log, Message, Mutant, Payload, Progress,
    Record, Snapshot, Term,
};

/// A server's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// No leader was heard for too long.
    Election,
    /// The leader shows that it lives.
    Heartbeat,
    /// The leader asks itself whether a majority still answers.
    Quorum,
    /// Leadership was not transferred in time.
    Transfer,
    /// An administrator's wish is passed on again.
    Admin,
}

/// A server.
///
/// The fields up to `snapshot` are on disk, or on their way to it; the rest is volatile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Server {
    /// The latest term it has seen; never decreases.
    pub(crate) term: Term,
    /// Whom it voted for in this term; given at most once.
    pub(crate) vote: Option<NodeId>,
    pub(crate) log: Log,
    pub(crate) snapshot: Option<Snapshot>,
    /// Known to be committed; at most the last index. Never decreases.
    pub(crate) commit: Index,
    /// Applied to the store; at most `commit`.
    pub(crate) applied: Index,
    pub(crate) store: Store,
    /// The configurations in the log, by index, and the one before them. The last is in effect.
    pub(crate) configurations: BTreeMap<Index, Configuration>,
    pub(crate) standing: Standing,
    /// When it last heard the leader that it follows.
    pub(crate) heard: Option<LocalTime>,
    /// When it started again; `None` for the first start, before which it promised nothing.
    pub(crate) restarted: Option<LocalTime>,
    /// A snapshot that is being received.
    pub(crate) assembly: Option<Assembly>,
    /// What administrators asked of this server and nobody has done yet.
    pub(crate) wishes: VecDeque<Admin>,
}

/// What a server is (figure 4).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Standing {
    /// It follows, perhaps nobody yet.
    Follower {
        /// The leader of this term, once it is known.
        leader: Option<NodeId>,
    },
    /// It asks whether it would be elected.
    PreCandidate {
        /// Who has answered what.
        votes: BTreeMap<NodeId, bool>,
    },
    /// It campaigns.
    Candidate {
        /// Who has answered what.
        votes: BTreeMap<NodeId, bool>,
    },
    /// It leads.
    Leader(Box<Leading>),
}

/// "Volatile state on leaders" (figure 2), and what leads to answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Leading {
    /// Of everybody else in the configuration.
    pub(crate) progress: BTreeMap<NodeId, Progress>,
    /// The own log is durable up to here.
    pub(crate) persisted: Index,
    /// The operations in the log that clients wait for, and who they are.
    pub(crate) waiting: BTreeMap<Operation, NodeId>,
    pub(crate) reading: Reading,
    /// To whom leadership is being transferred.
    pub(crate) transfer: Option<NodeId>,
    /// Whether a transfer was ever begun in this term: leases are void from then on.
    pub(crate) transfer_begun: bool,
    /// The change of configuration under way.
    pub(crate) plan: Option<Plan>,
}

impl Node for Server {
    type Config = Config;
    type Message = Message;
    type Timer = Timer;
    type Request = Admin;
    type Indication = Never;
    type Stable = Disk;

    fn start(disk: &Disk, cx: &mut Context<'_, Self>) -> Self {
        let snapshot = disk.snapshot.clone();
        let from = snapshot.as_ref().map_or(Index(0), |snapshot| snapshot.index);
        let mut configurations = BTreeMap::new();
        let first = snapshot.as_ref().map_or_else(
            || Configuration::of_voters(cx.config().voters()),
            |snapshot| snapshot.configuration.clone(),
        );
        configurations.insert(from, first);
        for (index, entry) in disk.log.from(from.next()) {
            if let Payload::Configuration(configuration) = &entry.payload {
                configurations.insert(index, configuration.clone());
            }
        }
        let server = Self {
            term: disk.term,
            vote: if cx.config().has(Mutant::ForgetVote) { None } else { disk.vote },
            log: disk.log.clone(),
            commit: from,
            applied: from,
            store: snapshot.as_ref().map(|snapshot| snapshot.store.clone()).unwrap_or_default(),
            snapshot,
            configurations,
            standing: Standing::Follower { leader: None },
            heard: None,
            restarted: (*disk != Disk::default()).then(|| cx.now()),
            assembly: None,
            wishes: VecDeque::new(),
        };
        server.wait_for_leader(cx);
        server
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::PreVote(request) => self.answer_pre_vote(from, &request, cx),
            Message::PreVoteReply(reply) => self.count_pre_vote(from, &reply, cx),
            Message::RequestVote(request) => self.answer_vote(from, &request, cx),
            Message::Vote(reply) => self.count_vote(from, &reply, cx),
            Message::Append(append) => self.follow(from, append, cx),
            Message::AppendReply(reply) => self.hear_follower(from, &reply, cx),
            Message::InstallSnapshot(chunk) => self.receive_chunk(from, chunk, cx),
            Message::SnapshotReply(reply) => self.send_next_chunk(from, &reply, cx),
            Message::TimeoutNow(term) => self.take_over(term, cx),
            Message::Persisted(term, index) => self.count_own_copy(term, index, cx),
            Message::TakeSnapshot => self.take_snapshot(cx),
            Message::Admin(wish) => self.wish(wish, cx),
            Message::Request(request) => self.serve(from, request, cx),
            Message::Reply(_) => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        match timer {
            Timer::Election => self.miss_leader(cx),
            Timer::Heartbeat => self.show_life(cx),
            Timer::Quorum => self.check_quorum(cx),
            Timer::Transfer => self.abort_transfer(cx),
            Timer::Admin => self.pass_wishes_on(cx),
        }
    }

    fn on_request(&mut self, wish: Admin, cx: &mut Context<'_, Self>) {
        self.wish(wish, cx);
    }

    fn role(&self) -> Option<Role> {
        let name = match &self.standing {
            Standing::Leader(_) => RoleName::Leader,
            Standing::Candidate { .. } => RoleName::Candidate,
            Standing::PreCandidate { .. } => RoleName::Precandidate,
            Standing::Follower { .. } => RoleName::Follower,
        };
        Some(Role::new(name.name(), self.term.0))
    }

    fn check(&self, _: &Config) {
        assert!(self.applied <= self.commit, "applied beyond the commit index");
        assert!(self.commit <= self.log.last(), "committed beyond the log");
        assert!(self.log.base() <= self.applied, "compacted what was not applied");
        assert!(self.log.last_term() <= self.term, "an entry of a term to come");
        if let Standing::Leader(leading) = &self.standing {
            assert!(leading.persisted <= self.log.last(), "persisted beyond the log");
            for progress in leading.progress.values() {
                assert!(progress.matched < progress.next, "matched beyond what is next");
            }
        }
    }
}

impl Server {
    /// Its term.
    #[must_use]
    pub fn term(&self) -> Term {
        self.term
    }

    /// Its log.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The last entry that it has applied.
    #[must_use]
    pub fn applied(&self) -> Index {
        self.applied
    }

    /// The last entry that it knows to be committed.
    #[must_use]
    pub fn commit(&self) -> Index {
        self.commit
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

    /// Whether it leads.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        matches!(self.standing, Standing::Leader(_))
    }

    /// The configuration in effect: the latest in the log, committed or not (section 6).
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        let latest = self.configurations.last_key_value();
        latest.map(|(_, configuration)| configuration).expect("there is always one")
    }

    /// The configuration in effect as majorities are counted in it.
    pub(crate) fn quorums(&self, cx: &Context<'_, Self>) -> Cow<'_, Configuration> {
        let configuration = self.configuration();
        if cx.config().has(Mutant::JointOneCounter) {
            return Cow::Owned(Configuration::of_voters(configuration.voters()));
        }
        Cow::Borrowed(configuration)
    }

    /// The index of the configuration in effect.
    pub(crate) fn configuration_index(&self) -> Index {
        self.configurations.last_key_value().map(|(index, _)| *index).unwrap_or_default()
    }

    /// The leader it knows of, itself included.
    pub(crate) fn leader(&self, id: NodeId) -> Option<NodeId> {
        match &self.standing {
            Standing::Leader(_) => Some(id),
            Standing::Follower { leader } => *leader,
            _ => None,
        }
    }

    /// Everybody else who receives the log.
    pub(crate) fn others(&self, id: NodeId) -> BTreeSet<NodeId> {
        let mut members = self.configuration().members();
        members.remove(&id);
        members
    }

    /// A term that is newer than its own: it follows, nobody yet (figure 2, "rules for servers").
    /// The new term is written; whoever speaks of it sets a barrier first.
    pub(crate) fn enter_term(&mut self, term: Term, cx: &mut Context<'_, Self>) {
        self.term = term;
        self.vote = None;
        cx.write(Record::Vote { term, vote: None });
        self.step_down(None, cx);
    }

    /// Whatever it was, it follows now, in the same term.
    pub(crate) fn step_down(&mut self, leader: Option<NodeId>, cx: &mut Context<'_, Self>) {
        if self.is_leader() {
            cx.mark(Mark::SteppedDown);
            for timer in [Timer::Heartbeat, Timer::Quorum, Timer::Transfer] {
                cx.cancel_timer(timer);
            }
        }
        self.standing = Standing::Follower { leader };
        self.wait_for_leader(cx);
    }

    pub(crate) fn wait_for_leader(&self, cx: &mut Context<'_, Self>) {
        cx.set_timer(Timer::Election, cx.config().election_timeout);
    }

    /// Later messages wait until what was written is durable.
    pub(crate) fn persist(cx: &mut Context<'_, Self>) {
        if cx.config().barrier {
            cx.barrier();
        }
    }

    /// Adds entries after `after`, in memory and on disk, removing what conflicts.
    pub(crate) fn write_entries(
        &mut self,
        after: Index,
        entries: Vec<Entry>,
        cx: &mut Context<'_, Self>,
    ) {
        let after_term = self.log.term_at(after).expect("what the entries follow is there");
        self.log.truncate_after(after);
        self.configurations.retain(|index, _| *index <= after);
        for entry in &entries {
            let index = self.log.push(entry.clone());
            if let Payload::Configuration(configuration) = &entry.payload {
                self.configurations.insert(index, configuration.clone());
            }
        }
        cx.write(Record::Append { after, after_term, entries });
    }
}
