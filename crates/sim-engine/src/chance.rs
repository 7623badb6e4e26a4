//! Every random draw comes from a stream addressed by (seed, purpose, node).
//!
//! So switching something random on, or adding it, shifts the numbers of nothing that it does not
//! touch. A stream is a Xoshiro256++ of 32 bytes, seeded by ChaCha8 at its address on its first
//! draw.

use std::hint::black_box;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use sim_node::{NodeId, Ratio, Span};

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

/// Domains keep the addresses of nodes, faults and the rest apart.
const OF_NODES: u64 = 0;
const OF_FAULTS: u64 = 1;
const OF_THE_CORE: u64 = 2;
const OF_FAULTS_BY_NODE: u64 = 3;
const OF_PAIRS: u64 = 4;
const OF_TARGETS: u64 = 5;
const OF_PLACES: u64 = 6;
const OF_LOSSES: u64 = 7;
const OF_FAULTS_BY_MESSAGE: u64 = 8;

/// A stream of 64-bit words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stream(Xoshiro256PlusPlus);

impl Stream {
    fn at(seed: u64, domain: u64, address: u64) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&domain.to_le_bytes());
        key[16..].copy_from_slice(b"rehearsal stream");
        let mut source = ChaCha8Rng::from_seed(key);
        source.set_stream(address);
        let mut state = [0_u8; 32];
        source.fill_bytes(&mut state);
        Self(Xoshiro256PlusPlus::from_seed(state))
    }

    /// The stream of a pair of nodes, the lesser first.
    pub(crate) fn of_pair(seed: u64, a: NodeId, b: NodeId) -> Self {
        Self::at(seed, OF_PAIRS, u64::from(a.number()) << 32 | u64::from(b.number()))
    }

    /// The stream from which the calm draws its core.
    pub(crate) fn of_the_core(seed: u64) -> Self {
        Self::at(seed, OF_THE_CORE, 0)
    }

    /// The next word.
    #[inline]
    pub(crate) fn word(&mut self) -> u64 {
        self.0.next_u64()
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

/// What a fault draws, from streams of its own, addressed by its stable number.
///
/// Each purpose has a stream, and begins a new one each time that the fault is set off. So whom it
/// strikes depends on nothing that it has drawn before: neither on how many writes a crash before
/// found, nor on whether a time passed because the fault was still in force.
#[derive(Clone, Debug)]
pub(crate) struct FaultChance {
    seed: u64,
    id: u64,
    /// How often it has been set off.
    turn: u64,
    times: Option<Stream>,
    targets: Option<Stream>,
    places: Option<Stream>,
    losses: Option<Stream>,
}

impl FaultChance {
    /// That of the fault with this stable number.
    pub(crate) fn new(seed: u64, id: u64) -> Self {
        Self { seed, id, turn: 0, times: None, targets: None, places: None, losses: None }
    }

    /// It is set off.
    pub(crate) fn next_turn(&mut self) {
        self.turn += 1;
        (self.places, self.losses) = (None, None);
    }

    /// It looks for its targets, for the first time in its turn or once more: the same are drawn
    /// among the same.
    pub(crate) fn look_for_targets(&mut self) {
        self.targets = None;
    }

    /// When it strikes: the only stream that goes on from turn to turn.
    pub(crate) fn times(&mut self) -> &mut Stream {
        self.times.get_or_insert_with(|| Stream::at(self.seed, OF_FAULTS, self.id))
    }

    /// Whom it strikes, and what it draws at once of everybody: halves, orders.
    pub(crate) fn targets(&mut self) -> &mut Stream {
        let domain = self.turn << 8 | OF_TARGETS;
        self.targets.get_or_insert_with(|| Stream::at(self.seed, domain, self.id))
    }

    /// How many effects of a step take place.
    pub(crate) fn places(&mut self) -> &mut Stream {
        let domain = self.turn << 8 | OF_PLACES;
        self.places.get_or_insert_with(|| Stream::at(self.seed, domain, self.id))
    }

    /// What is lost in a crash.
    pub(crate) fn losses(&mut self) -> &mut Stream {
        let domain = self.turn << 8 | OF_LOSSES;
        self.losses.get_or_insert_with(|| Stream::at(self.seed, domain, self.id))
    }

    /// A stream for what it draws at one node again and again.
    pub(crate) fn at(&self, node: NodeId) -> Stream {
        let domain = self.turn << 40 | u64::from(node.number()) << 8 | OF_FAULTS_BY_NODE;
        Stream::at(self.seed, domain, self.id)
    }

    /// A stream for what it draws of one message after the other.
    pub(crate) fn by_message(&self) -> Stream {
        Stream::at(self.seed, self.turn << 8 | OF_FAULTS_BY_MESSAGE, self.id)
    }
}

/// All streams of the nodes of a world.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
    seed: u64,
    nodes: usize,
    /// By purpose, then by node; a purpose that was never drawn from holds nothing.
    streams: [Vec<Option<Stream>>; PURPOSES],
}

impl Chance {
    pub(crate) fn new(seed: u64, nodes: usize) -> Self {
        Self { seed, nodes, streams: Default::default() }
    }

    /// There are so many nodes now.
    pub(crate) fn grow(&mut self, nodes: usize) {
        self.nodes = nodes;
        let used = self.streams.iter_mut().filter(|streams| !streams.is_empty());
        used.for_each(|streams| streams.resize(nodes, None));
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The next word of a node's stream.
    #[inline]
    pub(crate) fn word(&mut self, purpose: Purpose, node: NodeId) -> u64 {
        match self.streams[purpose as usize].get_mut(node.index()) {
            Some(Some(stream)) => stream.word(),
            _ => self.first_word(purpose, node),
        }
    }

    /// Reads early what a node's next draws will read: nearly every event draws for these.
    pub(crate) fn look_ahead(&self, node: NodeId) {
        for purpose in [Purpose::Delay, Purpose::Choice] {
            let stream = self.streams[purpose as usize].get(node.index());
            black_box(stream.is_some_and(Option::is_some));
        }
    }

    #[cold]
    fn first_word(&mut self, purpose: Purpose, node: NodeId) -> u64 {
        let streams = &mut self.streams[purpose as usize];
        if streams.is_empty() {
            streams.resize(self.nodes, None);
        }
        let address = (purpose as u64) << 32 | u64::from(node.number());
        streams[node.index()].insert(Stream::at(self.seed, OF_NODES, address)).word()
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
