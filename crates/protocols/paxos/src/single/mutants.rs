//! The known bugs that the tester must find, and what a process does when it has one of them.

use std::collections::BTreeMap;

use sim_node::{Context, NodeId};

use super::{Config, Disk, Process, Proposal, Record};
use crate::Ballot;

/// A known bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sim_protocol::Mutant)]
#[non_exhaustive]
pub enum Mutant {
    /// Phase 2a ignores the values reported in phase 1.
    #[mutant("P-anyval")]
    AnyValue,
    /// Promises and accepted proposals are not written to the disk.
    #[mutant("P-promise-crash")]
    PromiseCrash,
    /// An acceptor accepts below its promise.
    #[mutant("P-no2bcheck")]
    No2bCheck,
    /// A restarted proposer uses its last number again.
    #[mutant("P-reuse")]
    Reuse,
    /// Phase 2a adopts the value of the lowest reported proposal.
    #[mutant("P-lowest")]
    Lowest,
    /// A proposer counts promises to numbers that it has abandoned.
    #[mutant("P-stale-promise")]
    StalePromise,
    /// Phase 2 waits for one acceptor too few to meet every quorum of phase 1.
    #[mutant("FP-quorums")]
    MissingQuorums,
}

/// `P-promise-crash`: what an acceptor must remember is not written. Without the bug it is.
pub(super) fn write_promise(record: Record, cx: &mut Context<'_, Process>) {
    if !cx.config().has(Mutant::PromiseCrash) {
        cx.write(record);
    }
}

/// `P-reuse`: the number with which a restarted proposer begins.
pub(super) fn reused_ballot(config: &Config, disk: &Disk) -> Option<Ballot> {
    disk.ballot.filter(|_| config.has(Mutant::Reuse))
}

/// `P-anyval`, `P-lowest`: which of the reported proposals phase 2 takes the value of. Without a
/// bug it is the highest-numbered one.
pub(super) fn reported(
    config: &Config,
    promises: &BTreeMap<NodeId, Option<Proposal>>,
) -> Option<Proposal> {
    let reported = promises.values().flatten().copied();
    if config.has(Mutant::AnyValue) {
        return None;
    }
    if config.has(Mutant::Lowest) { reported.min() } else { reported.max() }
}
