//! The claims: the two invariants of chain replication by their names, what they are for, and what
//! CRAQ adds.

mod answers;
mod bounded_reads;
mod chain_repair;
mod commit_agreement;
mod committed;
mod committed_reads;
mod histories;
mod inprocess_requests;
mod update_propagation;

pub use bounded_reads::BoundedReads;
pub use chain_repair::ChainRepair;
pub use commit_agreement::CommitAgreement;
pub use committed_reads::CommittedReads;
pub use inprocess_requests::InprocessRequests;
use service::{Completion, Linearizability};
use sim_check::{View, suite};
use sim_node::{Effect, HasParty, NodeId};
pub use update_propagation::UpdatePropagation;

use crate::{Configuration, Indication, Master, Party, PartyIndication, Replica};

/// All claims about chain replication with its clients.
pub type Suite = suite![
    UpdatePropagation,
    InprocessRequests,
    CommitAgreement,
    ChainRepair,
    Linearizability,
    Completion,
];

/// All claims about CRAQ with its clients.
pub type CraqSuite = suite![
    UpdatePropagation,
    InprocessRequests,
    CommitAgreement,
    ChainRepair,
    CommittedReads,
    BoundedReads,
    Linearizability,
    Completion,
];

/// A replica that is up.
fn replica<'a>(view: &View<'a, Party>, node: NodeId) -> Option<&'a Replica> {
    view.state(node)?.party()
}

/// What the master has last made of the chain; `None` while the master is down.
fn configuration<'a>(view: &View<'a, Party>) -> Option<&'a Configuration> {
    let master: &Master = view.state(view.config.replica.config.master())?.party()?;
    Some(master.configuration())
}

/// What a replica has told in a step.
fn told(effects: &[Effect<Party>]) -> impl Iterator<Item = &Indication> {
    effects.iter().filter_map(|effect| match effect {
        Effect::Indicate(indication) => of_replica(indication),
        _ => None,
    })
}

/// What a replica tells.
fn of_replica(indication: &PartyIndication) -> Option<&Indication> {
    <Party as HasParty<Replica>>::indicated_by(indication)
}

/// The replicas that have finished installing the latest configuration, from head to tail.
fn installed<'a>(view: &View<'a, Party>) -> impl Iterator<Item = (NodeId, &'a Replica)> {
    let configuration = configuration(view);
    let members =
        configuration.into_iter().flat_map(|it| it.chain.iter().map(move |one| (it, one)));
    members.filter_map(|(configuration, member)| {
        let replica = replica(view, member.node)?;
        let has = replica.incarnation() == member.incarnation
            && replica.is_member()
            && replica.configuration().epoch == configuration.epoch;
        has.then_some((member.node, replica))
    })
}

/// Each of them with the next one.
fn installed_pairs<'a>(view: &View<'a, Party>) -> impl Iterator<Item = [(NodeId, &'a Replica); 2]> {
    let mut before = None;
    installed(view).filter_map(move |one| before.replace(one).map(|before| [before, one]))
}
