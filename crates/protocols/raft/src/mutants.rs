//! Code that only mutants run: what a [`Mutant`] does instead of the protocol, where that is
//! more than a condition.

use std::borrow::Cow;
use std::collections::BTreeMap;

use service::Store;
use sim_node::{Context, NodeId};

use crate::leader::LeaderState;
use crate::{Configuration, Index, Mutant, Record, RequestVoteReply, Server, Term};

/// The voter whom a reply is counted for: the sender. `R-dup-vote` counts replies instead of
/// voters: a duplicate counts as another voter's.
pub(crate) fn voter_counted(
    from: NodeId,
    reply: &RequestVoteReply,
    votes: &BTreeMap<NodeId, bool>,
    configuration: &Configuration,
    cx: &Context<'_, Server>,
) -> NodeId {
    let is_repeated = reply.vote_granted && votes.contains_key(&from);
    if !(cx.config().has(Mutant::DupVote) && is_repeated) {
        return from;
    }
    let mut voters = configuration.voters().into_iter();
    voters.find(|voter| !votes.contains_key(voter)).unwrap_or(from)
}

/// The candidate that has this server's vote. `R-vote2` does not ask.
pub(crate) fn voted_for(voted_for: Option<NodeId>, cx: &Context<'_, Server>) -> Option<NodeId> {
    if cx.config().has(Mutant::Vote2) { None } else { voted_for }
}

/// `R-learner-no-vote`: who is no voter by its own configuration votes for nobody.
pub(crate) fn votes_for_nobody(configuration: &Configuration, cx: &Context<'_, Server>) -> bool {
    cx.config().has(Mutant::LearnerNoVote) && !configuration.is_voter(cx.id())
}

/// The vote that is written before the reply. `R-nonatomic-vote` writes the term alone.
pub(crate) fn vote_before_reply(candidate: NodeId, cx: &Context<'_, Server>) -> Option<NodeId> {
    if cx.config().has(Mutant::NonatomicVote) { None } else { Some(candidate) }
}

/// `R-nonatomic-vote`: the vote is written after the reply.
pub(crate) fn write_vote_after_reply(term: Term, candidate: NodeId, cx: &mut Context<'_, Server>) {
    if cx.config().has(Mutant::NonatomicVote) {
        cx.write(Record::Vote { term, vote: Some(candidate) });
    }
}

/// `R-truncate-always`: entries after the last one kept go although they match, as far as they are
/// not committed.
pub(crate) fn truncates_anyway(
    last_kept: Index,
    commit_index: Index,
    cx: &Context<'_, Server>,
) -> bool {
    cx.config().has(Mutant::TruncateAlways) && last_kept >= commit_index
}

/// `R-keep-conflict`: an entry is kept, whatever its term.
pub(crate) fn keeps_anyway(own: Option<Term>, cx: &Context<'_, Server>) -> bool {
    cx.config().has(Mutant::KeepConflict) && own.is_some()
}

/// The snapshot that a chunk is of. To `R-snapshot-mixed` all are one.
pub(crate) fn snapshot_received(
    index: Index,
    term: Term,
    cx: &Context<'_, Server>,
) -> (Index, Term) {
    if cx.config().has(Mutant::SnapshotMixed) { (Index(0), Term(0)) } else { (index, term) }
}

/// The configuration in which majorities are counted: the one in effect. In joint consensus
/// `R-joint-one-counter` counts one majority, of all voters together.
pub(crate) fn counted_configuration<'a>(
    configuration: &'a Configuration,
    cx: &Context<'_, Server>,
) -> Cow<'a, Configuration> {
    if cx.config().has(Mutant::JointOneCounter) {
        return Cow::Owned(Configuration::of_voters(configuration.voters()));
    }
    Cow::Borrowed(configuration)
}

/// `R-one-ack`: the index that one other server has stored is committed.
pub(crate) fn one_acknowledged(state: &LeaderState, index: Index) -> Index {
    let best = state.progress.values().map(|progress| progress.match_index).max();
    best.unwrap_or(index).min(state.durable_index)
}

/// `R-snapshot-merge`: a snapshot is added to the state machine instead of replacing it.
pub(crate) fn merge(state_machine: &mut Store, snapshot: &Store) {
    state_machine.add(snapshot.items_from(0, snapshot.items()));
}
