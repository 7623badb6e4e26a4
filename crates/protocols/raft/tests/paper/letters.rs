//! What is said to a server, and what it says: messages and disks, made and taken apart.

use raft::{
    Append, AppendReply, Disk, Entry, Index, Matching, Message, Payload, Purpose, Term, VoteReply,
    VoteRequest,
};
use service::{ClientId, Command, Key, Operation, Request};
use sim_node::{LocalTime, NodeId};

use crate::hand::{CLIENT, Letter, node};

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
    Entry { term: Term(term), payload: Payload::Command(Request { operation, command }) }
}

pub(crate) fn operation(sequence: u64) -> Operation {
    Operation { client: ClientId { node: CLIENT, session: 0 }, sequence }
}

pub(crate) fn request(sequence: u64, command: Command) -> Message {
    Message::Request(Request { operation: operation(sequence), command })
}

pub(crate) fn put(value: &str) -> Command {
    Command::Put(Key(1), value.to_owned())
}

pub(crate) fn get() -> Command {
    Command::Get(Key(1))
}

/// A candidate of this term, whose log ends so, asks for a vote.
pub(crate) fn vote_request(term: u64, last: u64, last_term: u64) -> Message {
    let (last, last_term) = (Index(last), Term(last_term));
    Message::RequestVote(VoteRequest { term: Term(term), last, last_term, transfer: false })
}

pub(crate) fn vote(term: u64, granted: bool) -> Message {
    Message::Vote(VoteReply { term: Term(term), granted })
}

/// An append of a leader of this term.
pub(crate) fn append(term: u64, previous: (u64, u64), entries: Vec<Entry>, commit: u64) -> Message {
    Message::Append(Append {
        term: Term(term),
        previous: Index(previous.0),
        previous_term: Term(previous.1),
        entries,
        commit: Index(commit),
        sent: LocalTime::default(),
        round: 0,
    })
}

/// A sign of life from a leader of this term, who knows nothing of the follower's log.
pub(crate) fn heartbeat(term: u64) -> Message {
    append(term, (0, 0), Vec::new(), 0)
}

/// A follower of this term has the log up to an index.
pub(crate) fn matched(term: u64, upto: u64) -> Message {
    reply(term, Matching::Upto(Index(upto)))
}

pub(crate) fn reply(term: u64, matching: Matching) -> Message {
    Message::AppendReply(AppendReply {
        term: Term(term),
        purpose: Purpose::Entries,
        sent: LocalTime::default(),
        round: 0,
        matching,
    })
}

/// The votes among letters: to whom, in which term, granted or not.
pub(crate) fn votes(letters: &[Letter]) -> Vec<(u32, u64, bool)> {
    let vote = |(to, message): &Letter| match message {
        Message::Vote(VoteReply { term, granted }) => Some((to.number(), term.0, *granted)),
        _ => None,
    };
    letters.iter().filter_map(vote).collect()
}

/// The appends among letters, to whom.
pub(crate) fn appends(letters: &[Letter]) -> Vec<(u32, &Append)> {
    let append = |letter| match letter {
        &(ref to, Message::Append(ref append)) => Some((NodeId::number(*to), append)),
        _ => None,
    };
    letters.iter().filter_map(append).collect()
}

/// The appends with entries.
pub(crate) fn entries(letters: &[Letter]) -> Vec<(u32, &Append)> {
    let mut appends = appends(letters);
    appends.retain(|(_, append)| !append.entries.is_empty());
    appends
}

/// What the answers to appends say of the log.
pub(crate) fn matchings(letters: &[Letter]) -> Vec<Matching> {
    let matching = |(_, message): &Letter| match message {
        Message::AppendReply(reply) => Some(reply.matching),
        _ => None,
    };
    letters.iter().filter_map(matching).collect()
}

/// What a client is answered.
pub(crate) fn answers(letters: &[Letter]) -> Vec<service::Answer> {
    let answer = |(to, message): &Letter| match message {
        Message::Reply(reply) if *to == CLIENT => Some(reply.answer.clone()),
        _ => None,
    };
    letters.iter().filter_map(answer).collect()
}

/// The names of the kinds of letters, by receiver.
pub(crate) fn kinds(letters: &[Letter]) -> Vec<(u32, &'static str)> {
    use sim_node::Message as _;
    letters.iter().map(|(to, message)| (to.number(), Message::KINDS[message.kind()].0)).collect()
}
