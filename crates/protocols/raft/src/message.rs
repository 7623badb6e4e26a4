//! What servers and clients say to each other.

use serde::{Deserialize, Serialize};
use service::{Reply, Request, ServiceMessage};
use sim_node::{LocalTime, NodeId};
use sim_protocol::Asks;

use crate::{Change, Configuration, Entry, Index, Part, Term};

/// A message of the cluster.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// Would you vote for me? (thesis, 9.6)
    PreVote(VoteRequest),
    /// The answer to it.
    PreVoteReply(VoteReply),
    /// RequestVote (figure 2).
    RequestVote(VoteRequest),
    /// The answer to it.
    Vote(VoteReply),
    /// AppendEntries (figure 2): with entries, as a heartbeat, or to confirm leadership for reads.
    #[message(by = Append::kind, kinds(AppendEntries, Heartbeat(Heartbeat), ReadIndex))]
    Append(Append),
    /// The answer to it.
    #[message(
        by = AppendReply::kind,
        kinds(AppendReply, Heartbeat(HeartbeatReply), ReadIndexReply),
        interleave
    )]
    AppendReply(AppendReply),
    /// InstallSnapshot (section 7), one chunk.
    InstallSnapshot(Chunk),
    /// The answer to it.
    SnapshotReply(ChunkReply),
    /// Start an election at once: leadership is transferred to you (thesis, 3.10).
    TimeoutNow(Term),
    /// To itself, behind a barrier: the log up to this index is durable.
    Persisted(Term, Index),
    /// To itself: the log is long enough for a snapshot.
    TakeSnapshot,
    /// An administrator's wish, on its way to the leader.
    #[message(Client)]
    Admin(Admin),
    /// A client asks.
    #[message(Client)]
    Request(Request),
    /// A client is answered.
    #[message(Client)]
    Reply(Reply),
}

/// The arguments of RequestVote and of a pre-vote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VoteRequest {
    /// The candidate's term; of a pre-vote the term it would campaign in.
    pub term: Term,
    /// The index of its last entry.
    pub last: Index,
    /// The term of that entry.
    pub last_term: Term,
    /// The leader wants it so: nobody withholds the vote for that leader's sake.
    pub transfer: bool,
}

/// The results of RequestVote and of a pre-vote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VoteReply {
    /// The voter's term; of a pre-vote that is granted, the term that was asked for.
    pub term: Term,
    /// Whether the vote is given.
    pub granted: bool,
}

/// The arguments of AppendEntries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Append {
    /// The leader's term.
    pub term: Term,
    /// The index before the first entry.
    pub previous: Index,
    /// The term there.
    pub previous_term: Term,
    /// The entries; none in a heartbeat.
    pub entries: Vec<Entry>,
    /// The leader's commit index.
    pub commit: Index,
    /// The leader's clock when it sent this, echoed in the answer: leases count from it.
    pub sent: LocalTime,
    /// The round in which leadership is confirmed for reads; 0 when there is none to confirm.
    pub round: u64,
}

/// What an append was for, which decides how it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Purpose {
    /// It brought entries.
    Entries,
    /// It was a sign of life.
    Heartbeat,
    /// It confirmed leadership for reads.
    Read,
}

impl Append {
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
            Purpose::Read
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
    /// What the append was for.
    pub purpose: Purpose,
    /// Echoed.
    pub sent: LocalTime,
    /// Echoed.
    pub round: u64,
    /// Whether the logs match.
    pub matching: Matching,
}

impl AppendReply {
    /// Which of its kinds it is.
    fn kind(&self) -> usize {
        self.purpose as usize
    }
}

/// Whether a follower's log matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Matching {
    /// Up to this index, durably.
    Upto(Index),
    /// Not at `rejected`. The follower's entries of the term that it has there begin at `first`
    /// (that term is `None` when its log ends before), so that the leader can back up by a term
    /// at a time.
    Conflict {
        /// The previous index of the append.
        rejected: Index,
        /// The follower's term there.
        term: Option<Term>,
        /// Where that term begins, or the end of the log.
        first: Index,
    },
    /// The append was of an old term.
    Stale,
}

/// The arguments of InstallSnapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Chunk {
    /// The leader's term.
    pub term: Term,
    /// The last entry that the snapshot stands for.
    pub index: Index,
    /// That entry's term.
    pub last_term: Term,
    /// The configuration as of that entry.
    pub configuration: Configuration,
    /// How many items came before this chunk.
    pub offset: u32,
    /// The items of this chunk.
    pub part: Part,
    /// Whether it is the last.
    pub done: bool,
}

/// The results of InstallSnapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChunkReply {
    /// The follower's term.
    pub term: Term,
    /// Which snapshot.
    pub index: Index,
    /// How many items it has.
    pub received: u32,
    /// Whether the snapshot is installed, or what it stands for was known.
    pub installed: bool,
}

/// What an administrator may want. It is done once, by whoever leads.
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
    pub fn names(&self) -> Vec<NodeId> {
        match self {
            Self::AddVoter(node)
            | Self::AddLearner(node)
            | Self::Remove(node)
            | Self::Transfer(node) => vec![*node],
            Self::Joint(changes) => changes
                .iter()
                .map(|change| match change {
                    Change::AddVoter(node) | Change::AddLearner(node) | Change::Remove(node) => {
                        *node
                    }
                })
                .collect(),
        }
    }
}

impl ServiceMessage for Message {
    fn request(request: Request) -> Self {
        Self::Request(request)
    }

    fn into_reply(self) -> Result<Reply, Self> {
        match self {
            Self::Reply(reply) => Ok(reply),
            other => Err(other),
        }
    }
}
