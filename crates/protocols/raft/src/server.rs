//! [`Server`]: a server's state (figure 2), its roles (figure 4), and the one match over messages,
//! timers and requests.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use service::Store;
use sim_node::{Context, ImageError, LocalTime, Never, Node, NodeId, RequestId, Requested, Role};

use crate::common::CommonState;
use crate::leader::{Leader, LeaderState, Outcome};
use crate::snapshots::Receiving;
use crate::types::{Mark, RoleName};
use crate::{Admin, Config, Configuration, Disk, Index, Log, Message, Record, Snapshot, Term};

/// A server's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// A follower or candidate received nothing from a leader for an election timeout (section
    /// 5.2).
    Election,
    /// A leader sends heartbeats.
    Heartbeat,
    /// A leader checks whether a majority still answers it (thesis, 6.2).
    CheckQuorum,
    /// A leadership transfer was not completed within an election timeout (thesis, 3.10).
    Transfer,
    /// A server sends its pending admin commands to the leader again.
    Admin,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Server {
    pub(crate) common: CommonState,
    pub(crate) state: State,
    /// When this server last received a message from a current leader.
    pub(crate) last_contact: Option<LocalTime>,
    /// When it last started from a disk that is not empty; `None` where it was: then it has never
    /// answered a leader, and no lease relies on it.
    pub(crate) restarted_at: Option<LocalTime>,
    /// A snapshot that is being received.
    pub(crate) receiving: Option<Receiving>,
    /// Admin commands that this server accepted and that are not done yet; of equal ones one.
    pub(crate) admin: VecDeque<Requested<Admin>>,
}

/// The state of a server (figure 4).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum State {
    /// It is a follower.
    Follower {
        /// The leader of this term, once it is known.
        leader: Option<NodeId>,
    },
    /// It runs a pre-vote (thesis, 9.6).
    PreCandidate {
        /// The answers, by voter.
        votes: BTreeMap<NodeId, bool>,
    },
    /// It is a candidate.
    Candidate {
        /// The votes, by voter.
        votes: BTreeMap<NodeId, bool>,
        /// The requests for the transfer that began this election; none began any other one.
        #[serde(skip)]
        transfer: BTreeSet<RequestId>,
    },
    /// It is the leader.
    Leader(Box<LeaderState>),
}

impl Node for Server {
    type Config = Config;
    type Message = Message;
    type Timer = Timer;
    type Request = Admin;
    type Indication = Never;
    type Stable = Disk;

    fn start(disk: &Disk, cx: &mut Context<'_, Self>) -> Self {
        let server = Self {
            common: CommonState::recover(disk, cx),
            state: State::Follower { leader: None },
            last_contact: None,
            restarted_at: (*disk != Disk::default()).then(|| cx.now()),
            receiving: None,
            admin: VecDeque::new(),
        };
        Self::restart_election_timer(cx);
        server
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        let committed = self.common.commit_index;
        self.handle_message(from, message, cx);
        if !self.admin.is_empty() && self.common.commit_index > committed {
            self.forget_admin_done_since(committed, cx);
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        match timer {
            Timer::Election => self.on_election_timeout(cx),
            Timer::Heartbeat => self.if_leader(cx, |leader| leader.on_heartbeat_timeout()),
            Timer::CheckQuorum => self.if_leader(cx, |leader| leader.on_check_quorum()),
            Timer::Transfer => self.if_leader(cx, |leader| leader.on_transfer_timeout()),
            Timer::Admin => self.retry_admin(cx),
        }
    }

    fn on_request(&mut self, command: Admin, cx: &mut Context<'_, Self>) {
        self.on_admin_request(command, cx);
    }

    fn role(&self) -> Option<Role> {
        let name = match &self.state {
            State::Leader(_) => RoleName::Leader,
            State::Candidate { .. } => RoleName::Candidate,
            State::PreCandidate { .. } => RoleName::PreCandidate,
            State::Follower { .. } => RoleName::Follower,
        };
        Some(Role::new(name.name(), self.common.current_term.0))
    }

    fn check_image(image: &Disk, _: NodeId, config: &Config) -> Result<(), ImageError> {
        image.check(config)
    }

    /// The invariants between fields. Those within [`Progress`](crate::Progress) are asserted where
    /// it changes.
    fn check(&self, _: &Config) {
        let CommonState { log, current_term, commit_index, last_applied, .. } = &self.common;
        assert!(last_applied <= commit_index, "applied beyond the commit index");
        assert!(*commit_index <= log.last_index(), "committed beyond the log");
        assert!(log.base() <= *last_applied, "compacted what was not applied");
        assert!(log.last_term() <= *current_term, "an entry of a later term");
        if let State::Leader(state) = &self.state {
            assert!(state.durable_index <= log.last_index(), "durable beyond the log");
        }
    }
}

impl Server {
    /// The one match over messages.
    fn handle_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            // Handled in every role.
            Message::PreVote(request) => self.on_pre_vote(from, &request, cx),
            Message::RequestVote(request) => self.on_request_vote(from, &request, cx),
            Message::AppendEntries(append) => self.on_append_entries(from, append, cx),
            Message::InstallSnapshot(chunk) => self.on_install_snapshot(from, *chunk, cx),
            Message::TimeoutNow(term) => self.on_timeout_now(&term, cx),
            // Replies, to (pre-)candidates and to leaders.
            Message::PreVoteReply(reply) => self.on_pre_vote_reply(from, &reply, cx),
            Message::RequestVoteReply(reply) => self.on_request_vote_reply(from, &reply, cx),
            Message::AppendEntriesReply(reply) => {
                if !self.observe_term(reply.term, cx) {
                    self.if_leader(cx, |leader| leader.on_append_entries_reply(from, &reply));
                }
            }
            Message::InstallSnapshotReply(reply) => {
                if !self.observe_term(reply.term, cx) {
                    self.if_leader(cx, |leader| leader.on_install_snapshot_reply(from, &reply));
                }
            }
            // From a server to itself.
            Message::Persisted(term, index) => {
                self.if_leader(cx, |leader| leader.on_persisted(term, index));
            }
            Message::TakeSnapshot => self.common.take_snapshot(cx),
            // Clients and administrators.
            Message::Request(request) => match self.leader(cx) {
                Some(mut leader) => leader.on_client_request(from, request),
                None => self.redirect(from, request.operation, cx),
            },
            Message::Admin(command) => self.on_admin(command, cx),
            Message::Reply(_) => {}
        }
    }

    /// Its current term.
    #[must_use]
    pub fn term(&self) -> Term {
        self.common.current_term
    }

    /// Its log.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.common.log
    }

    /// The last entry that it has applied.
    #[must_use]
    pub fn last_applied(&self) -> Index {
        self.common.last_applied
    }

    /// The last entry that it knows to be committed.
    #[must_use]
    pub fn commit_index(&self) -> Index {
        self.common.commit_index
    }

    /// Its state machine.
    #[must_use]
    pub fn state_machine(&self) -> &Store {
        &self.common.state_machine
    }

    /// Its latest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.common.snapshot.as_deref()
    }

    /// The configuration in effect: the latest in the log, committed or not (section 6).
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        self.common.configuration()
    }

    /// Whether it is a leader.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        matches!(self.state, State::Leader(_))
    }

    /// The leader that it knows of, itself included.
    pub(crate) fn known_leader(&self, id: NodeId) -> Option<NodeId> {
        match &self.state {
            State::Leader(_) => Some(id),
            State::Follower { leader } => *leader,
            State::PreCandidate { .. } | State::Candidate { .. } => None,
        }
    }

    /// What only a leader does, if this server is one.
    pub(crate) fn leader<'a, 'c>(
        &'a mut self,
        cx: &'a mut Context<'c, Self>,
    ) -> Option<Leader<'a, 'c>> {
        match &mut self.state {
            State::Leader(state) => Some(Leader::new(&mut self.common, state, cx)),
            _ => None,
        }
    }

    /// Lets the leader handle an event; steps down if the handler says so. Does nothing if this
    /// server is not the leader.
    pub(crate) fn if_leader(
        &mut self,
        cx: &mut Context<'_, Self>,
        handle: impl FnOnce(&mut Leader<'_, '_>) -> Outcome,
    ) {
        if let Some(mut leader) = self.leader(cx)
            && let ControlFlow::Break(_) = handle(&mut leader)
        {
            self.become_follower(None, cx);
        }
    }

    /// "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to
    /// follower" (figure 2). Returns whether the term was newer.
    pub(crate) fn observe_term(&mut self, term: Term, cx: &mut Context<'_, Self>) -> bool {
        let is_newer = term > self.common.current_term;
        if is_newer {
            self.enter_term(term, cx);
        }
        is_newer
    }

    /// Enters a newer term as a follower that knows no leader. The new term is written; a message
    /// that names it waits behind a barrier.
    fn enter_term(&mut self, term: Term, cx: &mut Context<'_, Self>) {
        self.common.current_term = term;
        self.common.voted_for = None;
        cx.write(Record::Vote { term, vote: None });
        self.become_follower(None, cx);
    }

    /// Becomes a follower in the same term.
    pub(crate) fn become_follower(&mut self, leader: Option<NodeId>, cx: &mut Context<'_, Self>) {
        if self.is_leader() {
            cx.mark(Mark::SteppedDown);
            for timer in [Timer::Heartbeat, Timer::CheckQuorum, Timer::Transfer] {
                cx.cancel_timer(timer);
            }
        }
        self.state = State::Follower { leader };
        Self::restart_election_timer(cx);
    }

    /// Restarts the election timer with a new random election timeout.
    pub(crate) fn restart_election_timer(cx: &mut Context<'_, Self>) {
        cx.set_timer(Timer::Election, cx.config().election_timeout);
    }
}
