//! Acceptors: phases 1b and 2b of section 2.2.

use serde::{Deserialize, Serialize};
use sim_node::{Context, NodeId};

use super::{Config, Disk, Indication, Learn, Message, Mutant, Process, Proposal, Record, mutants};
use crate::Ballot;

/// What an acceptor must remember, "even if it fails and restarts".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Acceptor {
    /// It answers no request with a lower number. Not lower than what it has accepted.
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

    /// Phase 1b: "P1a. An acceptor can accept a proposal numbered n iff it has not responded to a
    /// prepare request having a number greater than n." A repeated request is answered again.
    /// Returns whether it promises.
    pub(super) fn on_prepare(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        cx: &mut Context<'_, Process>,
    ) -> bool {
        if let Some(promised) = self.promised.filter(|promised| *promised > ballot) {
            cx.send(from, Message::Refuse(promised));
            return false;
        }
        if self.promised < Some(ballot) {
            self.promised = Some(ballot);
            mutants::write_promise(Record::Promised(ballot), cx);
            Process::persist(cx);
        }
        cx.send(from, Message::Promise { ballot, accepted: self.accepted });
        true
    }

    /// Phase 2b: it accepts, unless it has promised not to, and says so once that is durable.
    /// Returns whether it accepts.
    pub(super) fn on_accept(&mut self, proposal: Proposal, cx: &mut Context<'_, Process>) -> bool {
        let Proposal { ballot, .. } = proposal;
        if let Some(promised) = self.promised.filter(|promised| *promised > ballot)
            && !cx.config().has(Mutant::No2bCheck)
        {
            cx.send(ballot.proposer, Message::Refuse(promised));
            return false;
        }
        if self.accepted != Some(proposal) {
            self.promised = self.promised.max(Some(ballot));
            self.accepted = Some(proposal);
            mutants::write_promise(Record::Accepted(proposal), cx);
            Process::persist(cx);
            cx.indicate(Indication::Accepted(proposal));
        }
        for learner in told(ballot.proposer, cx.config()) {
            cx.send(learner, Message::Accepted(proposal));
        }
        true
    }
}

/// Those that an acceptor tells what it has accepted (section 2.3).
fn told(proposer: NodeId, config: &Config) -> impl Iterator<Item = NodeId> + use<> {
    let (one, all) = match config.learn {
        Learn::FromProposer => (Some(proposer), None),
        Learn::FromAcceptors => (None, Some(config.everybody())),
    };
    one.into_iter().chain(all.into_iter().flatten())
}
