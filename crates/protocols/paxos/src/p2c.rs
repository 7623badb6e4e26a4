//! The invariant P2c of Lamport 2001, section 2.2, over votes that are all known.

use crate::Ballot;

/// Whether a value may be proposed in a ballot: "there is a set S consisting of a majority of
/// acceptors such that either (a) no acceptor in S has accepted any proposal numbered less than n,
/// or (b) v is the value of the highest-numbered proposal among all proposals numbered less than n
/// accepted by the acceptors in S", where S is as large as a quorum of phase 1.
///
/// `highest` has of each acceptor the highest vote below the ballot, if it has cast one, and
/// whether that is for the same value. S may hold all acceptors whose highest vote is not above the
/// highest one for the value, and those that have not voted.
pub(crate) fn holds(
    highest: impl Iterator<Item = Option<(Ballot, bool)>> + Clone,
    quorum: usize,
) -> bool {
    let same = highest.clone().flatten().filter(|(_, same)| *same);
    let limit = same.map(|(ballot, _)| ballot).max();
    highest.filter(|vote| vote.map(|(ballot, _)| ballot) <= limit).count() >= quorum
}
