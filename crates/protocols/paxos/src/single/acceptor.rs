//! Acceptors: phases 1b and 2b of section 2.2.

use serde::{Deserialize, Serialize};
use sim_node::{Context, NodeId};

use super::{Disk, Indication, Learn, Message, Mutant, Process, Proposal, Record};
use crate::Ballot;

/// What an acceptor must remember, "even if it fails and restarts".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Acceptor {
    /// It answers no request below this; not below what it accepted.
    pub promised: Option<Ballot>,
    /// The highest-numbered proposal that it has accepted.
    pub accepted: Option<Proposal>,
}

impl Acceptor {
    pub(super) fn new(disk: &Disk) -> Self {
        // The disk of a scenario may tell of an acceptance alone.
        let accepted = disk.accepted.map(|proposal| proposal.ballot);
        Self { promised: disk.promised.max(accepted), accepted: disk.accepted }
    }
}

impl Process {
    /// Phase 1b: "P1a. An acceptor can accept a proposal numbered n iff it has not responded to a
    /// prepare request having a number greater than n." A repeated request is answered again.
    pub(super) fn prepare(&mut self, from: NodeId, ballot: Ballot, cx: &mut Context<'_, Self>) {
        let Some(acceptor) = &mut self.acceptor else { return };
        if let Some(promised) = acceptor.promised.filter(|promised| *promised > ballot) {
            return cx.send(from, Message::Refuse(promised));
        }
        if acceptor.promised < Some(ballot) {
            acceptor.promised = Some(ballot);
            if !cx.config().has(Mutant::PromiseCrash) {
                cx.write(Record::Promised(ballot));
            }
            Self::settle(cx);
        }
        cx.send(from, Message::Promise { ballot, accepted: acceptor.accepted });
        self.notice(ballot, cx);
    }

    /// Phase 2b: it accepts, unless it has promised not to. It speaks once that is durable.
    pub(super) fn accept(&mut self, proposal: Proposal, cx: &mut Context<'_, Self>) {
        let Some(acceptor) = &mut self.acceptor else { return };
        let Proposal { ballot, .. } = proposal;
        let promised = acceptor.promised.filter(|promised| *promised > ballot);
        if let Some(promised) = promised
            && !cx.config().has(Mutant::No2bCheck)
        {
            return cx.send(ballot.proposer, Message::Refuse(promised));
        }
        let again = acceptor.accepted == Some(proposal);
        if !again {
            acceptor.promised = acceptor.promised.max(Some(ballot));
            acceptor.accepted = Some(proposal);
            if !cx.config().has(Mutant::PromiseCrash) {
                cx.write(Record::Accepted(proposal));
            }
            Self::settle(cx);
            cx.indicate(Indication::Accepted(proposal));
        }
        match cx.config().learn {
            Learn::FromProposer => cx.send(ballot.proposer, Message::Accepted(proposal)),
            Learn::FromAcceptors => {
                for learner in cx.config().everybody() {
                    cx.send(learner, Message::Accepted(proposal));
                }
            }
        }
        self.notice(ballot, cx);
    }
}
