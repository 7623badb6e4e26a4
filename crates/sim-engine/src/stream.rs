//! [`Stream`]: a stream of random words at an address.
//!
//! Xoshiro256++ (Blackman and Vigna 2018), 32 bytes, seeded by ChaCha8. It is spelled out here for
//! the sake of one thing: all zeros, which is no state of the generator, stands for a stream that
//! was never drawn from. So streams lie side by side without a flag each.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use sim_node::NodeId;

use crate::chance::below;

/// Domains keep the addresses of nodes, faults and the rest apart.
const OF_NODES: u64 = 0;
const OF_FAULTS: u64 = 1;
const OF_THE_CORE: u64 = 2;
const OF_FAULTS_BY_NODE: u64 = 3;

/// A stream of 64-bit words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stream([u64; 4]);

impl Stream {
    /// The place of a stream that was not drawn from yet.
    pub(crate) const UNSEEDED: Self = Self([0; 4]);

    fn at(seed: u64, domain: u64, address: u64) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&domain.to_le_bytes());
        key[16..].copy_from_slice(b"rehearsal stream");
        let mut source = ChaCha8Rng::from_seed(key);
        source.set_stream(address);
        Self([(); 4].map(|()| source.next_u64()))
    }

    /// The stream of a node for one purpose.
    pub(crate) fn of_node(seed: u64, purpose: u32, node: NodeId) -> Self {
        Self::at(seed, OF_NODES, u64::from(purpose) << 32 | u64::from(node.number()))
    }

    /// The stream of a fault, by its stable number.
    pub(crate) fn of_fault(seed: u64, id: u64) -> Self {
        Self::at(seed, OF_FAULTS, id)
    }

    /// The stream of a fault for what it draws at one node again and again.
    pub(crate) fn of_fault_at(seed: u64, id: u64, node: NodeId) -> Self {
        Self::at(seed, u64::from(node.number()) << 8 | OF_FAULTS_BY_NODE, id)
    }

    /// The stream from which the calm draws its core.
    pub(crate) fn of_the_core(seed: u64) -> Self {
        Self::at(seed, OF_THE_CORE, 0)
    }

    #[inline]
    pub(crate) fn is_unseeded(&self) -> bool {
        self.0[0] == 0 && self.0 == [0; 4]
    }

    /// The next word.
    #[inline]
    pub(crate) fn word(&mut self) -> u64 {
        let [mut a, mut b, mut c, mut d] = self.0;
        let word = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let shifted = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = d.rotate_left(45);
        self.0 = [a, b, c, d];
        word
    }

    /// `count` of the candidates, drawn, in order.
    pub(crate) fn subset(&mut self, mut candidates: Vec<NodeId>, count: usize) -> Vec<NodeId> {
        let count = count.min(candidates.len());
        for place in 0..count {
            let rest = (candidates.len() - place) as u64;
            let pick = place + usize::try_from(below(self.word(), rest)).expect("an index");
            candidates.swap(place, pick);
        }
        candidates.truncate(count);
        candidates.sort_unstable();
        candidates
    }
}
