//! KV2: once all faults have ended (`calm`), every operation has a response by the deadline.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::{HasParty, Node, NodeId};

use crate::{Client, ClientIndication, EarlierOperations, ServiceMessage};

/// A node of a world of servers and clients.
pub trait Served: Node<Stable: EarlierOperations> {
    /// Of a client whether all its operations have ended; `None` of a server.
    fn is_done(&self) -> Option<bool>;
    /// What a client tells; `None` for what a server does.
    fn told(indication: &Self::Indication) -> Option<&ClientIndication>;
}

impl<N: Node> Served for N
where
    N: HasParty<Client<<N as Node>::Message>>,
    N::Stable: EarlierOperations,
    N::Message: ServiceMessage,
{
    fn is_done(&self) -> Option<bool> {
        self.party().map(Client::is_done)
    }

    fn told(indication: &N::Indication) -> Option<&ClientIndication> {
        N::indicated_by(indication)
    }
}

/// KV2 completion. The deadline must leave the clients the time to make all their operations.
#[derive(Clone, Debug)]
pub struct Completion;

impl<N: Served> Property<N> for Completion {
    const CLAIM: Claim = Claim {
        code: "KV2",
        name: "completion",
        kind: Kind::Liveness,
        meaning: "once all faults have ended (`calm`), every operation that its client does not \
                  abandon has a response by the deadline",
        source: "Ongaro's thesis 2014, chapter 6; the claim is this project's",
    };

    fn new(_: &N::Config, _: u32) -> Self {
        Self
    }

    fn indicated(
        &mut self,
        _: &View<'_, N>,
        _: NodeId,
        indication: &N::Indication,
        judge: &mut Judge,
    ) {
        if matches!(N::told(indication), Some(ClientIndication::Answered { .. })) {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, N>) -> Option<Obligation> {
        let (node, _) = view.correct().find(|(_, state)| state.is_done() == Some(false))?;
        Some(Obligation { node: Some(node), detail: format!("{node} waits for answers") })
    }
}
