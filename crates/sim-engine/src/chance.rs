//! Every random draw comes from a stream addressed by (seed, purpose, node).
//!
//! So switching something random on, or adding it, shifts the numbers of nothing that it does not
//! touch.

use std::hint::black_box;

use sim_node::{NodeId, Ratio, Span};

pub(crate) use crate::stream::Stream;

/// What a draw is for. A node's draws for one purpose never shift those for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// How long a message travels; of the sender.
    Delay,
    /// Whether the link loses a message; of the sender.
    Loss,
    /// Whether the network doubles a message; of the sender.
    Duplication,
    /// How long the second copy travels; of the sender.
    CopyDelay,
    /// How long a timer runs; of its owner.
    Timer,
    /// What the protocol chooses.
    Choice,
    /// The place of a message among the events of the instant at which it arrives; of the sender.
    Tie,
    /// The place of a second copy.
    CopyTie,
    /// The place of a timer; of its owner.
    TimerTie,
    /// The place of a message that a node sends to itself.
    OwnTie,
    /// The place of the end of a service or of a sync.
    WorkTie,
    /// The place of a request of the workload; of the node that is asked.
    RequestTie,
    /// How long a node works on an event.
    Service,
    /// How long a sync of the disk takes.
    Sync,
    /// The offset of a clock, then its drift.
    Clock,
}

const PURPOSES: usize = 15;

/// All streams of the nodes of a world, each seeded on its first draw.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
    seed: u64,
    nodes: usize,
    /// By purpose, two to a pair, then by node; a pair that was never drawn from holds nothing.
    pairs: [Vec<Pair>; PURPOSES.div_ceil(2)],
}

/// A node's streams for two purposes: they fill a cache line and lie in one.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Pair([Stream; 2]);

impl Purpose {
    /// The place of its stream: what nearly every event draws for lies side by side.
    #[inline]
    const fn place(self) -> usize {
        match self {
            Self::Choice => Self::Loss as usize,
            Self::Loss => Self::Choice as usize,
            other => other as usize,
        }
    }
}

impl Chance {
    pub(crate) fn new(seed: u64, nodes: usize) -> Self {
        Self { seed, nodes, pairs: Default::default() }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The next word of a node's stream.
    #[inline]
    pub(crate) fn word(&mut self, purpose: Purpose, node: NodeId) -> u64 {
        let place = purpose.place();
        if let Some(pair) = self.pairs[place / 2].get_mut(node.index()) {
            let stream = &mut pair.0[place % 2];
            if !stream.is_unseeded() {
                return stream.word();
            }
        }
        self.first_word(purpose, node)
    }

    /// Reads early what a node's next draws will read.
    #[inline]
    pub(crate) fn look_ahead(&self, node: NodeId) {
        black_box(self.pairs[0].get(node.index()).map(|pair| pair.0[0].is_unseeded()));
    }

    #[cold]
    fn first_word(&mut self, purpose: Purpose, node: NodeId) -> u64 {
        let place = purpose.place();
        let pairs = &mut self.pairs[place / 2];
        if pairs.is_empty() {
            pairs.resize(self.nodes, Pair([Stream::UNSEEDED; 2]));
        }
        let stream = &mut pairs[node.index()].0[place % 2];
        *stream = Stream::of_node(self.seed, purpose as u32, node);
        stream.word()
    }

    /// A length from a span, in nanoseconds. A span of one length draws nothing.
    #[inline]
    pub(crate) fn span(&mut self, span: Span, node: NodeId) -> u64 {
        let (min, max) = (span.shortest().as_nanos(), span.longest().as_nanos());
        if min == max {
            return min;
        }
        between(self.word(Purpose::Timer, node), min, max)
    }
}

/// One of `0..bound`, from one word: no rejection, so every draw takes the same number of words.
/// The bias is below `bound / 2^64`.
#[inline]
pub(crate) fn below(word: u64, bound: u64) -> u64 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u64
}

/// One of `min..=max`, from one word.
#[inline]
pub(crate) fn between(word: u64, min: u64, max: u64) -> u64 {
    match (max - min).checked_add(1) {
        Some(width) => min + below(word, width),
        None => word,
    }
}

/// Whether something of this probability happens, from one word.
#[inline]
pub(crate) fn happens(word: u64, ratio: Ratio) -> bool {
    below(word, 1_000_000_000) < u64::from(ratio.parts_per_billion())
}
