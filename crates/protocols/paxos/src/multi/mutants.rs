//! The known bugs that the tester must find, and what the protocol does when it has one of them.

use sim_node::Context;

use super::{Log, Members, Record, Server, Settings, Slot};
use crate::Ballot;

/// A bug that real systems had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sim_protocol::Mutant)]
#[non_exhaustive]
pub enum Mutant {
    /// A new leader ignores the votes that were reported to it.
    #[mutant("P-anyval")]
    AnyValue,
    /// An acceptor accepts below its promise.
    #[mutant("P-no2bcheck")]
    No2bCheck,
    /// A proposer uses its old ballot again, after a restart above all.
    #[mutant("P-reuse")]
    Reuse,
    /// A new leader takes the value of the lowest ballot that was reported.
    #[mutant("P-lowest")]
    Lowest,
    /// Promises and votes are not written.
    #[mutant("P-promise-crash")]
    PromiseCrash,
    /// Executes a slot before the one before it is chosen.
    #[mutant("MP-hole")]
    Hole,
    /// Quorums of phase 1 are too small to meet those of phase 2.
    #[mutant("FP-quorums")]
    Quorums,
}

/// `P-anyval`, `P-lowest`: whether a vote that is reported in phase 1 counts, where another of this
/// ballot was reported before.
pub(super) fn counts_vote(
    config: &Settings,
    ballot: Ballot,
    known: Option<Ballot>,
) -> Option<bool> {
    if config.has(Mutant::AnyValue) {
        return Some(false);
    }
    config.has(Mutant::Lowest).then(|| known.is_none_or(|known| ballot < known))
}

/// `P-reuse`: the ballot of a proposer that begins phase 1 again.
pub(super) fn reused_ballot(
    config: &Settings,
    own: Option<Ballot>,
    promised: Option<Ballot>,
) -> Option<Ballot> {
    own.filter(|_| config.has(Mutant::Reuse) && own == promised)
}

/// `P-promise-crash`: what an acceptor must remember is not written. Without the bug it is.
pub(super) fn write_promise(record: Record, cx: &mut Context<'_, Server>) {
    if !cx.config().has(Mutant::PromiseCrash) {
        cx.write(record);
    }
}

/// `MP-hole`: the slot that is executed next.
pub(super) fn slot_after_hole(config: &Settings, slot: Slot, log: &Log) -> Option<Slot> {
    (config.has(Mutant::Hole) && !log.is_chosen(slot)).then(|| slot.next())
}

/// `FP-quorums`: how many promises phase 1 waits for.
pub(super) fn small_quorum(config: &Settings, members: Members) -> Option<usize> {
    let accept = config.accept_quorum(members);
    config.has(Mutant::Quorums).then(|| members.len().saturating_sub(accept).max(1))
}
