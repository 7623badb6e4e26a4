//! [`Mutation`]: the choices of a Byzantine node that changes what it says.

use crate::NodeId;

/// What a message is changed by: the choices that the driver draws, and whose signature the liar
/// can make. See [`Message::mutate`](crate::Message::mutate).
pub struct Mutation<'a> {
    signer: Option<NodeId>,
    choose: &'a mut dyn FnMut(u64) -> u64,
}

impl<'a> Mutation<'a> {
    /// Made by a driver for one message. `signer` is the node that changes its own words and signs
    /// them again; `None` when content is damaged that nobody signs again. `choose(n)` is one of
    /// `0..n`.
    pub fn new(signer: Option<NodeId>, choose: &'a mut dyn FnMut(u64) -> u64) -> Self {
        Self { signer, choose }
    }

    /// One of `0..alternatives`.
    ///
    /// # Panics
    /// When there are no alternatives.
    pub fn choose(&mut self, alternatives: u64) -> u64 {
        assert!(alternatives > 0, "a choice needs at least one alternative");
        (self.choose)(alternatives)
    }

    /// One of `0..values` that is not `value`; `None` when there is no other. Of two equal values
    /// the same choice makes two equal ones, so that a liar can tell one lie in several messages.
    pub fn other_than(&mut self, value: u64, values: u64) -> Option<u64> {
        if values < 2 {
            return (values == 1 && value != 0).then_some(0);
        }
        if value >= values {
            return Some(self.choose(values));
        }
        Some((value + 1 + self.choose(values - 1)) % values)
    }

    /// The node whose signature it can make.
    pub(crate) fn signer(&self) -> Option<NodeId> {
        self.signer
    }
}
