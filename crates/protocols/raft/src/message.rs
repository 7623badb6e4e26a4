//! What servers and clients send each other (figures 2 and 13).
//!
//! candidateId and leaderId are the sender of the message. Fields that the figures do not have are
//! documented as such.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::{Reply, Request, ServiceMessage, StoreChunk};
use sim_node::{LocalTime, NodeId, Requested};
use sim_protocol::Asks;

use crate::{Change, Configuration, Entry, Index, Term};

/// A message of the cluster.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// Would the receiver vote for the sender in the next term (thesis, 9.6)?
    PreVote(RequestVote),
    /// The reply to PreVote.
    PreVoteReply(RequestVoteReply),
    /// RequestVote (figure 2).
    RequestVote(RequestVote),
    /// The reply to RequestVote.
    RequestVoteReply(RequestVoteReply),
    /// AppendEntries (figure 2): with entries, as a heartbeat, or as a heartbeat of a round of
    /// ReadIndex.
    #[message(
        by = AppendEntries::kind_index,
        kinds(AppendEntries, Heartbeat(Heartbeat), ReadIndex)
    )]
    AppendEntries(AppendEntries),
    /// The reply to AppendEntries.
    #[message(
        by = AppendEntriesReply::kind_index,
        kinds(AppendEntriesReply, Heartbeat(HeartbeatReply), ReadIndexReply),
        interleave
    )]
    AppendEntriesReply(AppendEntriesReply),
    /// InstallSnapshot (figure 13): one chunk.
    InstallSnapshot(Box<InstallSnapshot>),
    /// The reply to InstallSnapshot.
    InstallSnapshotReply(InstallSnapshotReply),
    /// The leader of this term transfers its leadership: start an election at once (thesis, 3.10).
    TimeoutNow(Requested<Term>),
    /// From a server to itself, released when the writes before it are durable: the log up to this
    /// index, written in this term, is durable.
    Persisted(Term, Index),
    /// From a server to itself: it is time for a snapshot.
    TakeSnapshot,
    /// An admin command, on its way to the leader.
    #[message(Client)]
    Admin(Requested<Admin>),
    /// A client requests an operation.
    #[message(Client)]
    Request(Arc<Request>),
    /// The reply to a client.
    #[message(Client)]
    Reply(Reply),
}

/// A message is moved several times on its way, so what is large and rare is behind a pointer.
const _: () = assert!(size_of::<Message>() <= 72);

/// The arguments of RequestVote and PreVote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestVote {
    /// The candidate's term; of a PreVote the term in which it would campaign.
    pub term: Term,
    /// The index of the candidate's last entry.
    pub last_log_index: Index,
    /// The term of that entry.
    pub last_log_term: Term,
    /// Whether the current leader has asked for this election, by a leadership transfer: then no
    /// server disregards it (not in the figure; thesis, 4.2.3).
    pub leadership_transfer: bool,
}

/// The results of RequestVote and PreVote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestVoteReply {
    /// The voter's term; of a PreVote that is granted, the term that it asked about.
    pub term: Term,
    /// Whether the candidate receives the vote.
    pub vote_granted: bool,
}

/// The arguments of AppendEntries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AppendEntries {
    /// The leader's term.
    pub term: Term,
    /// The index before the first entry.
    pub prev_log_index: Index,
    /// The term of the entry there.
    pub prev_log_term: Term,
    /// The entries; none in a heartbeat.
    pub entries: Arc<[Entry]>,
    /// The leader's commit index.
    pub leader_commit: Index,
    /// The leader's clock when it sent this, returned in the reply: leases count from it (not in
    /// the figure).
    pub sent_at: LocalTime,
    /// The latest round of ReadIndex that is not confirmed; 0 when there is none (not in the
    /// figure).
    pub round: u64,
}

/// How an AppendEntries is shown and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AppendKind {
    /// With entries.
    Entries,
    /// A heartbeat.
    Heartbeat,
    /// A heartbeat of a ReadIndex round.
    ReadIndex,
}

impl AppendEntries {
    /// Which of its kinds it is, as a number.
    fn kind_index(&self) -> usize {
        self.kind() as usize
    }

    /// How it is shown and counted.
    #[must_use]
    pub fn kind(&self) -> AppendKind {
        if !self.entries.is_empty() {
            AppendKind::Entries
        } else if self.round > 0 {
            AppendKind::ReadIndex
        } else {
            AppendKind::Heartbeat
        }
    }
}

/// The results of AppendEntries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AppendEntriesReply {
    /// The follower's term.
    pub term: Term,
    /// The kind of the AppendEntries (not in the figure).
    pub kind: AppendKind,
    /// As in the AppendEntries (not in the figure).
    pub sent_at: LocalTime,
    /// As in the AppendEntries (not in the figure).
    pub round: u64,
    /// Whether the logs match.
    pub result: AppendResult,
}

impl AppendEntriesReply {
    /// Which of its kinds it is, as a number.
    fn kind_index(&self) -> usize {
        self.kind as usize
    }
}

/// Whether a follower's log contained the entry at prevLogIndex. In the figure this is `success`, a
/// truth value; the rest saves the leader from asking index by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AppendResult {
    /// It did. Its log matches the leader's up to this index, durably.
    Success(Index),
    /// It did not. What it has there instead lets the leader decrement nextIndex by a whole term at
    /// a time (end of section 5.3).
    Rejected {
        /// The prevLogIndex that was rejected.
        rejected: Index,
        /// The term of the follower's entry there; `None` when its log is too short.
        conflict_term: Option<Term>,
        /// The follower's first index of that term, or the index after its last entry.
        first_index: Index,
    },
    /// The AppendEntries was of an older term than the follower's.
    StaleTerm,
}

/// The arguments of InstallSnapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InstallSnapshot {
    /// The leader's term.
    pub term: Term,
    /// The last entry that the snapshot covers.
    pub last_included_index: Index,
    /// The term of that entry.
    pub last_included_term: Term,
    /// The configuration as of that entry (section 7).
    pub configuration: Arc<Configuration>,
    /// The chunk: some items of the state machine, where the figure has bytes.
    pub data: StoreChunk,
}

/// The results of InstallSnapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InstallSnapshotReply {
    /// The follower's term.
    pub term: Term,
    /// The snapshot that it is about (not in the figure).
    pub last_included_index: Index,
    /// Number of items of it that the follower has (not in the figure).
    pub received: u32,
    /// Whether the follower's state covers the snapshot: it has installed it now, or had committed
    /// its last entry before, and installed nothing (not in the figure).
    pub is_covered: bool,
}

/// Requests of an administrator, accepted by any server. The leader executes each once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Asks)]
pub enum Admin {
    /// Adds a server as a voter, once it has caught up.
    #[ask("AddVoter(3)")]
    AddVoter(NodeId),
    /// Adds a server as a learner (non-voting), or makes a voter a learner.
    #[ask("AddLearner(4)")]
    AddLearner(NodeId),
    /// Removes a server.
    #[ask("Remove(1)")]
    Remove(NodeId),
    /// Several changes at once, by joint consensus.
    #[ask("Joint([AddVoter(4), AddLearner(0), Remove(1)])")]
    Joint(Vec<Change>),
    /// Transfers leadership to this server.
    #[ask("Transfer(2)")]
    Transfer(NodeId),
}

impl Admin {
    /// The servers that it is about.
    #[must_use]
    pub fn servers(&self) -> Vec<NodeId> {
        match self {
            Self::AddVoter(node)
            | Self::AddLearner(node)
            | Self::Remove(node)
            | Self::Transfer(node) => vec![*node],
            Self::Joint(changes) => changes.iter().map(Change::server).collect(),
        }
    }

    /// Whether it asks for something: for at least one change, and for one of each server.
    ///
    /// # Errors
    /// What is wrong with it and what would be right, one sentence without a full stop.
    pub fn validate(&self) -> Result<(), String> {
        let Self::Joint(changes) = self else { return Ok(()) };
        if changes.is_empty() {
            let message = "a joint change needs a change: `Joint([AddVoter(3), Remove(1)])`";
            return Err(message.to_owned());
        }
        let twice = changes.iter().enumerate().find_map(|(place, second)| {
            let first = changes[..place].iter().find(|one| one.server() == second.server())?;
            Some((first, second))
        });
        twice.map_or(Ok(()), |(first, second)| {
            let server = first.server().number();
            let why = if first == second { "one is enough" } else { "they contradict each other" };
            Err(format!("a joint change names server {server} twice, and {why}"))
        })
    }
}

impl ServiceMessage for Message {
    fn request(request: Request) -> Self {
        Self::Request(Arc::new(request))
    }

    fn into_reply(self) -> Result<Reply, Self> {
        match self {
            Self::Reply(reply) => Ok(reply),
            other => Err(other),
        }
    }
}
