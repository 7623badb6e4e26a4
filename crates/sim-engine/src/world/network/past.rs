//! [`PastCuts`]: which cuts there have been, for streams.

use std::collections::VecDeque;
use std::sync::Arc;

use sim_node::NodeId;

use super::rules::CutRule;

/// The cuts since the oldest message that is under way, whether or not they are over: a cut kills
/// the connections between those that it parts, and that it is over revives nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct PastCuts {
    /// In the order in which they began.
    cuts: VecDeque<Past>,
    /// How many were left the last time that some were forgotten.
    left: usize,
}

/// A cut.
#[derive(Clone, Debug)]
struct Past {
    fault: u32,
    /// The sequence number at which it began.
    began: u64,
    rule: Arc<CutRule>,
}

/// So few are not worth looking at.
const FEW: usize = 64;

impl PastCuts {
    /// A cut of this fault begins at a sequence number.
    pub(super) fn add(&mut self, fault: u32, began: u64, rule: Arc<CutRule>) {
        self.cuts.push_back(Past { fault, began, rule });
    }

    /// Whether a cut has parted these two since a sequence number.
    pub(super) fn parted(&self, from: NodeId, to: NodeId, since: u64) -> bool {
        self.those_that_parted(from, to, since).next().is_some()
    }

    /// The faults whose cuts have parted these two since a sequence number, the latest first. It
    /// looks at the cuts since then only, which for a message under way are few.
    pub(super) fn those_that_parted(
        &self,
        from: NodeId,
        to: NodeId,
        since: u64,
    ) -> impl Iterator<Item = u32> + '_ {
        let later = self.cuts.iter().rev().take_while(move |cut| cut.began > since);
        later.filter(move |cut| cut.rule.parts(from, to)).map(|cut| cut.fault)
    }

    /// Whether there are twice as many as the last time that some were forgotten.
    pub(super) fn are_many(&self) -> bool {
        self.cuts.len() > 2 * self.left.max(FEW)
    }

    /// Forgets those that began before a sequence number.
    pub(super) fn forget_before(&mut self, oldest: u64) {
        let over = self.cuts.partition_point(|cut| cut.began < oldest);
        self.cuts.drain(..over);
        self.left = self.cuts.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: NodeId = NodeId::new(0);
    const B: NodeId = NodeId::new(1);

    fn from_a_to_b() -> Arc<CutRule> {
        Arc::new(CutRule::OneWay(vec![true, false], vec![false, true]))
    }

    #[test]
    fn a_cut_parts_what_was_sent_before_it_in_its_direction() {
        let mut past = PastCuts::default();
        past.add(7, 5, from_a_to_b());
        assert!(past.parted(A, B, 4));
        assert!(!past.parted(A, B, 5) && !past.parted(B, A, 4));
        past.add(8, 6, from_a_to_b());
        let faults = |since| past.those_that_parted(A, B, since).collect::<Vec<_>>();
        assert_eq!((faults(4), faults(5), faults(6)), (vec![8, 7], vec![8], vec![]));
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten_and_nothing_else() {
        let mut past = PastCuts::default();
        for since in 0..1_000 {
            past.add(0, since, from_a_to_b());
            if past.are_many() {
                past.forget_before(since.saturating_sub(10));
            }
            assert!(past.parted(A, B, since.saturating_sub(10)) || since == 0);
        }
        assert!(past.cuts.len() <= 2 * FEW, "{} cuts", past.cuts.len());
    }
}
