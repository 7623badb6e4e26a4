//! Messages to a server, what a server sends, and disks: made and taken apart.

use std::sync::Arc;

use raft::{
    AppendEntries, AppendEntriesReply, AppendKind, AppendResult, Disk, Entry, Index, Message,
    Payload, RequestVote, RequestVoteReply, Term,
};
use service::{ClientId, Command, Key, Operation, Request};
use sim_node::{LocalTime, NodeId};

use crate::server::{CLIENT, Sent, node};

/// A disk with a log of entries of these terms, in the last of them or a later term.
pub(crate) fn disk(term: u64, terms: &[u64]) -> Disk {
    let mut disk = Disk { term: Term(term), ..Disk::default() };
    for (place, term) in terms.iter().enumerate() {
        disk.log.push(entry(*term, place as u64 + 1));
    }
    disk
}

/// An entry of this term: it puts `number` at key 1, in a session of its own.
pub(crate) fn entry(term: u64, number: u64) -> Entry {
    let client = ClientId { node: node(200), session: 1_000 * term + number };
    let operation = Operation { client, sequence: 1 };
    let command = Command::Put(Key(1), format!("{term}.{number}"));
    Entry { term: Term(term), payload: Payload::Command(Arc::new(Request { operation, command })) }
}

pub(crate) fn operation(sequence: u64) -> Operation {
    Operation { client: ClientId { node: CLIENT, session: 0 }, sequence }
}

pub(crate) fn request(sequence: u64, command: Command) -> Message {
    Message::Request(Arc::new(Request { operation: operation(sequence), command }))
}

pub(crate) fn put(value: &str) -> Command {
    Command::Put(Key(1), value.to_owned())
}

pub(crate) fn get() -> Command {
    Command::Get(Key(1))
}

/// A candidate of this term, whose log ends so, asks for a vote.
pub(crate) fn vote_request(term: u64, last: u64, last_term: u64) -> Message {
    let (last_log_index, last_log_term) = (Index(last), Term(last_term));
    Message::RequestVote(RequestVote {
        term: Term(term),
        last_log_index,
        last_log_term,
        leadership_transfer: false,
    })
}

pub(crate) fn vote(term: u64, vote_granted: bool) -> Message {
    Message::RequestVoteReply(RequestVoteReply { term: Term(term), vote_granted })
}

/// An append of a leader of this term.
pub(crate) fn append(term: u64, previous: (u64, u64), entries: Vec<Entry>, commit: u64) -> Message {
    Message::AppendEntries(AppendEntries {
        term: Term(term),
        prev_log_index: Index(previous.0),
        prev_log_term: Term(previous.1),
        entries: entries.into(),
        leader_commit: Index(commit),
        sent_at: LocalTime::default(),
        round: 0,
    })
}

/// A heartbeat of a leader of this term that knows nothing of the follower's log.
pub(crate) fn heartbeat(term: u64) -> Message {
    append(term, (0, 0), Vec::new(), 0)
}

/// A follower of this term has the log up to an index.
pub(crate) fn matched(term: u64, upto: u64) -> Message {
    reply(term, AppendResult::Success(Index(upto)))
}

pub(crate) fn reply(term: u64, result: AppendResult) -> Message {
    Message::AppendEntriesReply(AppendEntriesReply {
        term: Term(term),
        kind: AppendKind::Entries,
        sent_at: LocalTime::default(),
        round: 0,
        result,
    })
}

/// The votes among these messages: receiver, term, granted or not.
pub(crate) fn votes(sent: &[Sent]) -> Vec<(u32, u64, bool)> {
    let vote = |(to, message): &Sent| match message {
        Message::RequestVoteReply(RequestVoteReply { term, vote_granted }) => {
            Some((to.number(), term.0, *vote_granted))
        }
        _ => None,
    };
    sent.iter().filter_map(vote).collect()
}

/// The AppendEntries among these messages, with their receivers.
pub(crate) fn appends(sent: &[Sent]) -> Vec<(u32, &AppendEntries)> {
    let append = |one| match one {
        &(ref to, Message::AppendEntries(ref append)) => Some((NodeId::number(*to), append)),
        _ => None,
    };
    sent.iter().filter_map(append).collect()
}

/// The AppendEntries with entries.
pub(crate) fn entries(sent: &[Sent]) -> Vec<(u32, &AppendEntries)> {
    let mut appends = appends(sent);
    appends.retain(|(_, append)| !append.entries.is_empty());
    appends
}

/// The results in answers to AppendEntries.
pub(crate) fn results(sent: &[Sent]) -> Vec<AppendResult> {
    let result = |(_, message): &Sent| match message {
        Message::AppendEntriesReply(reply) => Some(reply.result),
        _ => None,
    };
    sent.iter().filter_map(result).collect()
}

/// What a client is answered.
pub(crate) fn answers(sent: &[Sent]) -> Vec<service::Answer> {
    let answer = |(to, message): &Sent| match message {
        Message::Reply(reply) if *to == CLIENT => Some(reply.answer.clone()),
        _ => None,
    };
    sent.iter().filter_map(answer).collect()
}

/// The names of the kinds of these messages, by receiver.
pub(crate) fn kinds(sent: &[Sent]) -> Vec<(u32, &'static str)> {
    use sim_node::Message as _;
    sent.iter().map(|(to, message)| (to.number(), Message::KINDS[message.kind()].0)).collect()
}
