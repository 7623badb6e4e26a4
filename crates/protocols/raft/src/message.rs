//! What servers and clients send each other (figures 2 and 13).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::{Piece, Reply, Request, ServiceMessage};
use sim_node::{LocalTime, NodeId};
use sim_protocol::Asks;

use crate::{Change, Configuration, Entry, Index, Term};

/// A message of the cluster.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// Would the receiver vote for the sender in the next term? (thesis, 9.6)
    PreVote(RequestVote),
    /// The answer to PreVote.
    PreVoteReply(VoteReply),
    /// RequestVote (figure 2).
    RequestVote(RequestVote),
    /// The answer to RequestVote.
    Vote(VoteReply),
    /// AppendEntries (figure 2): with entries, as a heartbeat, or as a heartbeat of a round of
    /// ReadIndex.
    #[message(by = AppendEntries::kind, kinds(AppendEntries, Heartbeat(Heartbeat), ReadIndex))]
    AppendEntries(AppendEntries),
    /// The answer to AppendEntries.
    #[message(
        by = AppendReply::kind,
        kinds(AppendReply, Heartbeat(HeartbeatReply), ReadIndexReply),
        interleave
    )]
    AppendReply(AppendReply),
    /// InstallSnapshot (figure 13): one chunk.
    InstallSnapshot(Box<InstallSnapshot>),
    /// The answer to InstallSnapshot.
    SnapshotReply(SnapshotReply),
    /// The leader of this term transfers its leadership: start an election at once (thesis, 3.10).
    TimeoutNow(Term),
    /// From a server to itself, behind a barrier: its log of this term is durable up to this index.
    Persisted(Term, Index),
    /// From a server to itself: it is time for a snapshot.
    TakeSnapshot,
    /// An admin command, on its way to the leader.
    #[message(Client)]
    Admin(Admin),
    /// A client requests an operation.
    #[message(Client)]
    Request(Arc<Request>),
    /// The answer to a client.
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
    /// server withholds its vote.
    pub leadership_transfer: bool,
}

/// The results of RequestVote and PreVote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VoteReply {
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
    /// The leader's clock when it sent this, returned in the answer: leases count from it.
    pub sent_at: LocalTime,
    /// The latest round of ReadIndex that is not confirmed; 0 when there is none.
    pub round: u64,
}

/// What an AppendEntries is for. Its kind says so, and messages are counted by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Purpose {
    /// To bring entries.
    Entries,
    /// As a heartbeat.
    Heartbeat,
    /// As a heartbeat that confirms leadership for reads.
    ReadIndex,
}

impl AppendEntries {
    /// Which of its kinds it is.
    fn kind(&self) -> usize {
        self.purpose() as usize
    }

    /// What it is for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        if !self.entries.is_empty() {
            Purpose::Entries
        } else if self.round > 0 {
            Purpose::ReadIndex
        } else {
            Purpose::Heartbeat
        }
    }
}

/// The results of AppendEntries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AppendReply {
    /// The follower's term.
    pub term: Term,
    /// What the AppendEntries was for.
    pub purpose: Purpose,
    /// As in the AppendEntries.
    pub sent_at: LocalTime,
    /// As in the AppendEntries.
    pub round: u64,
    /// Whether the logs match.
    pub result: AppendResult,
}

impl AppendReply {
    /// Which of its kinds it is.
    fn kind(&self) -> usize {
        self.purpose as usize
    }
}

/// Whether a follower's log contained the entry before those that were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AppendResult {
    /// It did. Its log matches up to this index, durably.
    Success(Index),
    /// It did not. What it has there instead lets the leader go back by a term at a time.
    Conflict {
        /// The index before the entries that were sent.
        rejected: Index,
        /// The term of the follower's entry there; `None` when its log ends before.
        term: Option<Term>,
        /// The follower's first index of that term, or the index after its last entry.
        first: Index,
    },
    /// The AppendEntries was of an older term than the follower's.
    OldTerm,
}

/// The arguments of InstallSnapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InstallSnapshot {
    /// The leader's term.
    pub term: Term,
    /// The last entry that the snapshot stands for.
    pub last_included_index: Index,
    /// The term of that entry.
    pub last_included_term: Term,
    /// The configuration as of that entry.
    pub configuration: Arc<Configuration>,
    /// The chunk: some items of the state machine.
    pub piece: Piece,
}

/// The results of InstallSnapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SnapshotReply {
    /// The follower's term.
    pub term: Term,
    /// Which snapshot.
    pub last_included_index: Index,
    /// How many items of it the follower has.
    pub received: u32,
    /// Whether the follower has installed it, or had committed all that it stands for.
    pub installed: bool,
}

/// What an administrator may ask any server for. The leader executes it once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Asks)]
pub enum Admin {
    /// One server more with a vote, once it has caught up.
    #[ask("AddVoter(3)")]
    AddVoter(NodeId),
    /// One server more without a vote; a voter loses its vote.
    #[ask("AddLearner(4)")]
    AddLearner(NodeId),
    /// One server less.
    #[ask("Remove(1)")]
    Remove(NodeId),
    /// Several changes at once, by joint consensus.
    #[ask("Joint([AddVoter(4), AddLearner(0), Remove(1)])")]
    Joint(Vec<Change>),
    /// Leadership goes to this server.
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
