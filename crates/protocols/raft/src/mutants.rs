//! Code that only known bugs run: what a [`Mutant`] does instead of the protocol, where that is
//! more than a condition. Without the feature `mutants` none of it has an effect.

use std::borrow::Cow;
use std::collections::BTreeMap;

use service::Store;
use sim_node::{Context, NodeId};

use crate::leader::LeaderState;
use crate::{Configuration, Index, Mutant, Server, VoteReply};

/// Whose vote a reply counts as: its sender's. A counter in the place of a set (`R-dup-vote`) does
/// not know who has voted, and takes a vote that arrives twice for that of another voter.
pub(crate) fn voter_counted(
    from: NodeId,
    reply: &VoteReply,
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
    state_machine.add(snapshot.part(0, snapshot.items()));
}
